"""Edits of the person's own week: the change, the repair of the plan that it needs, and the way back."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from accounts.models import User
from accounts.services.changes import changing
from availability.models import Event
from scheduling.domain.placing import Difference
from scheduling.domain.week import wanted
from scheduling.domain.words import change_words
from scheduling.models import Block, Habit, Plan, Task
from scheduling.selectors.planning import Scope, load_week
from scheduling.selectors.plans import newest_applied
from scheduling.services.jobs import search_in_background
from scheduling.services.journal import Journal
from scheduling.services.placement import place
from scheduling.services.plans import drop_own_ideas, save_applied

Change = Callable[[], Model | Iterable[Model] | None]


@dataclass(frozen=True)
class WeekEdit:
    """What an edit did: the rows it made, what moved, the words for both, and the plan through which to undo it."""

    plan: Plan
    created: tuple[Model, ...]
    difference: Difference
    words: str


def edit_week(
    *,
    user: User,
    now: datetime,
    words: str,
    change: Change,
    touches: Sequence[Model] = (),
    places: Collection[str] = (),
    places_created: bool = False,
    starts_from: datetime | None = None,
) -> WeekEdit:
    """Carry out `change` and repair the plan in the same transaction.

    `words` say what the person did ("Finished Report"). `touches` are the rows that `change` alters or deletes;
    what it returns are rows that it created. Both are remembered, so that undo restores the former and removes the
    latter. `places` are ids of tasks and habits to be planned now although they had no blocks, `places_created`
    adds those that `change` made; the touched ones that had some are planned again anyway. What moves or is new
    starts at `starts_from` or later. Whatever `change` refuses leaves everything as it was.
    """
    with changing(user.pk) as person:
        journal = Journal()
        journal.expect([*touches, *_events_of(touches)])
        made = change()
        created = (made,) if isinstance(made, Model) else tuple(made or ())
        journal.made(created)
        _remove_orphans(person)
        if places_created:
            places = [*places, *_work_ids(row for row in created if isinstance(row, Task | Habit))]
        scope = _scope(person, {*places, *_work_ids(touches)}, places, starts_from)
        week = load_week(person, now, effort="repair", scope=scope)
        result = week.plan()
        found = place(user=person, wanted=wanted(result), works=week.works, journal=journal, now=now)
        summary = change_words(words, found, week)
        plan = save_applied(
            user=person,
            week=week,
            result=result,
            origin=Plan.Origin.EDIT,
            summary=summary,
            journal=journal,
            now=now,
        )
        drop_own_ideas(user=person, now=now)
        if week.standing:
            search_in_background(user=person, now=now)
    return WeekEdit(plan=plan, created=created, difference=found, words=summary)


def _scope(person: User, changed: Collection[str], places: Collection[str], starts_from: datetime | None) -> Scope:
    """An edit sees the week up to the end of the plan in force, so that nothing is added behind that."""
    current = newest_applied(person)
    horizon_end = current.horizon_ends_at if current and not places else None
    return Scope(works=places, changed=changed, starts_from=starts_from, horizon_end=horizon_end)


def _work_ids(rows: Iterable[Model]) -> set[str]:
    found = {str(row.pk) for row in rows if isinstance(row, Task | Habit)}
    return found | {str(row.work_id) for row in rows if isinstance(row, Block)}


def _events_of(rows: Sequence[Model]) -> list[Event]:
    """The events behind the blocks of touched work: a deleted task takes its blocks along, but not their events."""
    tasks = [row.pk for row in rows if isinstance(row, Task)]
    habits = [row.pk for row in rows if isinstance(row, Habit)]
    events = list(Event.objects.filter(block__task__in=tasks)) if tasks else []
    events += list(Event.objects.filter(block__habit__in=habits)) if habits else []
    return events + [row.event for row in rows if isinstance(row, Block)]


def _remove_orphans(person: User) -> None:
    Event.objects.of(person).filter(source=Event.Source.BLOCK, block__isnull=True).delete()
