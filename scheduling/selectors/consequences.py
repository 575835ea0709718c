"""The price of a yes: what one change would do to the plan, computed by repair and not saved."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import User
from availability.models import Event
from scheduling.domain.planner import Block as PlannerBlock
from scheduling.domain.planner import Change, Consequences, Task, can_be_split, consequences, span_of
from scheduling.domain.week import Week, Work
from scheduling.domain.words import consequence_words
from scheduling.models import Block
from scheduling.models import Task as TaskRow
from scheduling.selectors.planning import Scope, load_week
from scheduling.selectors.plans import planned_until
from scheduling.selectors.preferences import usual_minutes
from scheduling.selectors.quick import quick_entry, task_fields
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned
from timeflow.lib.time import edge, from_minutes, minutes_since_epoch

TYPED = "typed"


@dataclass(frozen=True)
class Price:
    """What a change would do: the sentence, the blocks that move, come or go, and the titles of what gets late."""

    sentence: str
    moved: list[dict[str, Any]]
    new: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    late: list[str]


def price_of_drag(user: User, block_id: uuid.UUID, start: datetime, end: datetime, now: datetime) -> Price:
    """A block is put to [start, end) and pinned there. Raises `NotFound`."""
    block = owned(Block.objects.of(user).select_related("event"), block_id)
    work = str(block.work_id)
    was = PlannerBlock(work, minutes_since_epoch(block.event.starts_at), minutes_since_epoch(block.event.ends_at))
    week = _week(user, now)
    change = Change(drags=((was, PlannerBlock(work, minutes_since_epoch(start), minutes_since_epoch(end))),))
    grown = int((end - start - (block.event.ends_at - block.event.starts_at)) / timedelta(minutes=1))
    row = next((task for task in week.problem.tasks if task.id == work), None)
    if row and grown and (grown > 0 or not row.splittable):
        longer = replace(row, minutes=max(1, row.minutes + grown))
        change = replace(change, tasks=(_splittable_if_possible(longer),))
    return _price(week, change, ignore=work, warning=_warning(user, week, start, end))


def _warning(user: User, week: Week, start: datetime, end: datetime) -> str:
    """What speaks against work at [start, end): a meeting there, or hours in which the person does not work."""
    if start < week.now:
        return "This is in the past"
    meeting = Event.objects.of(user).busy().exclude(source=Event.Source.BLOCK).overlapping(start, end).first()
    if meeting:
        return f"Clashes with {meeting.title}"
    first, last = span_of(start, end)
    is_inside = any(low <= first and last <= high for low, high in week.problem.windows)
    return "" if is_inside else "Outside your working hours"


def price_of_event(
    user: User, start: datetime, end: datetime, now: datetime, *, instead_of: uuid.UUID | None = None
) -> Price:
    """A meeting at [start, end) is accepted, or an event is moved there. Raises `NotFound`."""
    free: tuple[tuple[int, int], ...] = ()
    if instead_of:
        event = owned(Event.objects.of(user).select_related("calendar"), instead_of)
        if event.is_busy and event.calendar.is_busy:
            free = (span_of(event.starts_at, event.ends_at),)
    return _price(_week(user, now), Change(busy=(span_of(start, end),), free=free))


def price_of_task(user: User, now: datetime, *, task_id: uuid.UUID | None = None, **fields: Any) -> Price:
    """An open task with other minutes, priority or due, or a new one planned at once. Raises `NotFound`, `Invalid`."""
    week = _week(user, now, works=[str(task_id)] if task_id else [])
    if task_id:
        owned(TaskRow.objects.of(user), task_id)
        task = next((task for task in week.problem.tasks if task.id == str(task_id)), None)
        if task is None:
            return Price("Nothing of it is left to plan", [], [], [], [])
    else:
        task = Task(id=TYPED, minutes=usual_minutes(user))
        week.works[TYPED] = Work("task", str(fields.pop("title", "") or "It"))
    wish = {name: fields[name] for name in ("minutes", "priority") if fields.get(name)}
    if "due_at" in fields or "due_on" in fields:
        wish["due"] = _due(week, fields.get("due_at"), fields.get("due_on"))
    if fields.get("is_splittable") is not None:
        wish["splittable"] = fields["is_splittable"]
    task = replace(task, **wish)
    return _price(week, Change(tasks=(_splittable_if_possible(task),)), subject=task.id)


def price_of_text(user: User, text: str, now: datetime) -> Price:
    """A line of quick entry is planned at once. Raises `Invalid` about `text` if nothing can be made of it."""
    entry = quick_entry(user, text, now)
    if entry.error:
        raise Invalid.field("text", entry.error)
    said = {"minutes", "priority", "due_at", "due_on", "is_splittable", "title"}
    fields: dict[str, Any] = {name: value for name, value in task_fields(entry).items() if name in said}
    return price_of_task(user, now, **fields)


def price_of_finishing(user: User, task_id: uuid.UUID, now: datetime) -> Price:
    """A task is done: its time is free. Raises `NotFound`."""
    owned(TaskRow.objects.of(user), task_id)
    return _price(_week(user, now), Change(without=frozenset({str(task_id)})), ignore=str(task_id))


def _week(user: User, now: datetime, works: list[str] | None = None) -> Week:
    scope = Scope(works=works or (), horizon_end=planned_until(user))
    return load_week(user, now, effort="repair", scope=scope)


def _due(week: Week, due_at: datetime | None, due_on: date | None) -> int | None:
    if due_at:
        return minutes_since_epoch(due_at)
    if due_on is None:
        return None
    if not bounds.FIRST_DAY <= due_on <= bounds.LAST_DAY:
        raise Invalid.field("due_on", "Pick a date between 1970 and 2199.")
    after = due_on + timedelta(days=1)
    return minutes_since_epoch(edge(after, 0, week.zones(after)))


def _splittable_if_possible(task: Task) -> Task:
    if task.splittable and not can_be_split(task.minutes, task.min_block, task.max_block):
        return replace(task, splittable=False)
    return task


def _price(week: Week, change: Change, *, subject: str = "", ignore: str = "", warning: str = "") -> Price:
    found = consequences(week.problem, week.problem.previous, change, subject=subject or None)
    return Price(
        sentence=consequence_words(found, week, subject=subject, ignore=ignore, warning=warning),
        moved=[_shift(week, b.task, b.start, b.end, b.previous) for b in found.moved if b.task != ignore],
        new=[_shift(week, b.task, b.start, b.end, None) for b in found.new],
        removed=[_shift(week, b.task, b.start, b.end, None) for b in found.removed if b.task != ignore],
        late=late_titles(found, week),
    )


def late_titles(found: Consequences, week: Week) -> list[str]:
    """What would be late that was not."""
    return [
        week.works[slip.id].title
        for slip in found.slips
        if slip.after.status == "late" and not (slip.before and slip.before.status == "late")
    ]


def _shift(week: Week, work: str, start: int, end: int, was: tuple[int, int] | None) -> dict[str, Any]:
    return {
        "work": work,
        "title": week.works[work].title if work in week.works else "",
        "start": from_minutes(start),
        "end": from_minutes(end),
        "was_start": from_minutes(was[0]) if was else None,
        "was_end": from_minutes(was[1]) if was else None,
    }
