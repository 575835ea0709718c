"""Series of tasks: how one starts, and how the next task of one is brought.

The newest task of a series carries its rule. Bringing the next hands the rule on, under the person's lock and the
constraint that an occurrence exists once; so it may be tried any number of times.
"""

import uuid
from datetime import UTC, date, datetime, timedelta

from accounts.models import User
from accounts.selectors.zones import ZoneOn, zone_at, zone_on
from accounts.services.changes import changing
from scheduling.domain import recurrence
from scheduling.models import ChecklistItem, Task
from scheduling.services.task_rules import due_instant, earliest_instant
from timeflow.lib.errors import Invalid
from timeflow.lib.ids import new_id
from timeflow.lib.time import MINUTES_PER_DAY, edge

ONE_DAY = timedelta(days=1)
COPIED = (
    "title",
    "notes",
    "minutes",
    "priority",
    "due_kind",
    "is_splittable",
    "min_block_minutes",
    "max_block_minutes",
    "max_minutes_per_day",
    "preferred",
    "rrule",
    "recurrence_root",
    "recurs_from",
)


def local_today(zones: ZoneOn, now: datetime) -> date:
    """The person's date at `now`."""
    return now.astimezone(zone_at(zones, now)).date()


def follow_rule(task: Task, *, old_rrule: str, zones: ZoneOn, now: datetime) -> None:
    """Make the unsaved `task`, whose rule is sound, fit its rule: begin a series, change its rule, or leave it.

    A series begins on the day the task is due; without a due that is the rule's first day from today on, and the
    task becomes due then. Raises `Invalid` if there is none.
    """
    if task.rrule == old_rrule:
        return
    if not task.rrule:
        task.recurrence_root = task.occurs_on = task.recurs_from = None
        return
    if task.occurs_on is None:
        task.recurrence_root = new_id()
        task.occurs_on = task.due_on or _local_date(task.due_at, zones)
    if task.occurs_on is None:
        task.occurs_on = recurrence.first_occurrence(recurrence.read(task.rrule), local_today(zones, now))
        task.due_on = task.occurs_on
    if task.occurs_on is None:
        raise Invalid.field("rrule", "This repeats on no day from today on.")
    task.recurs_from = task.occurs_on


def bring_next_after_done(*, task: Task, person: User, now: datetime) -> Task | None:
    """The next task of the series of `task`, which was just completed: the first from today on.

    None if it carries no rule, or the rule is over. Call inside `changing(person.pk)`.
    """
    if not task.rrule or task.occurs_on is None:
        return None
    zones = zone_on(person)
    after = max(task.occurs_on, local_today(zones, now) - ONE_DAY)
    on = _next(task, after, person)
    return _bring(task, on, zones, now) if on else None


def bring_recurring_tasks(*, now: datetime) -> int:
    """Bring the next task of every series whose day has come, done or not; how many were brought.

    Of days that were missed (nothing ran) only the last is brought.
    """
    tomorrow_somewhere = now.astimezone(UTC).date() + ONE_DAY
    waiting = Task.objects.open().exclude(rrule="").filter(occurs_on__lt=tomorrow_somewhere)
    brought = 0
    for person in User.objects.filter(pk__in=waiting.values("user"), is_active=True).iterator(chunk_size=500):
        zones = zone_on(person)
        for task in waiting.filter(user=person):
            if _day_that_came(task, person, zones, now):
                brought += _bring_on_its_day(person, task.pk, zones, now)
    return brought


def _bring_on_its_day(person: User, task_id: uuid.UUID, zones: ZoneOn, now: datetime) -> int:
    with changing(person.pk):
        task = Task.objects.of(person).open().filter(pk=task_id).first()
        on = task and _day_that_came(task, person, zones, now)
        return 1 if task and on and _bring(task, on, zones, now) else 0


def _day_that_came(task: Task, person: User, zones: ZoneOn, now: datetime) -> date | None:
    if not task.rrule or task.occurs_on is None:
        return None
    today, found = local_today(zones, now), None
    on = _next(task, task.occurs_on, person)
    while on and on <= today:
        found, on = on, _next(task, on, person)
    return found


def _next(task: Task, after: date, person: User) -> date | None:
    start = task.recurs_from or task.occurs_on or after
    return recurrence.next_occurrence(task.rrule, after, start, week_start=person.week_start)


def _bring(task: Task, on: date, zones: ZoneOn, now: datetime) -> Task | None:
    """Hand the rule of `task` to a copy of it for the date `on`; None if that occurrence is there already."""
    following = None
    if not Task.objects.filter(recurrence_root=task.recurrence_root, occurs_on=on).exists():
        following = Task(
            user_id=task.user_id,
            occurs_on=on,
            created_at=now,
            updated_at=now,
            **{name: getattr(task, name) for name in COPIED},
        )
        _set_times(following, task, on, zones)
        following.save(force_insert=True)
        following.labels.set(task.labels.all())
        steps = task.checklist.order_by("position", "id").values_list("text", flat=True)
        ChecklistItem.objects.bulk_create(
            ChecklistItem(task=following, text=text, position=place) for place, text in enumerate(steps)
        )
    Task.objects.filter(pk=task.pk).update(rrule="")
    task.rrule = ""
    return following


def _set_times(following: Task, task: Task, on: date, zones: ZoneOn) -> None:
    """Due on the new date at the same time of day; not to be begun while the old occurrence's day lasts."""
    if task.due_at:
        following.due_at = edge(on, _minute_of_day(task.due_at, zones), zones(on))
    elif task.due_on:
        following.due_on = on
    old_on = task.occurs_on or on
    begins = old_on + ONE_DAY
    earliest_day = task.earliest_on or _local_date(task.earliest_at, zones)
    if earliest_day:
        lead = max(timedelta(0), old_on - earliest_day)
        begins = max(begins, on - lead)
    if task.earliest_at and begins > old_on + ONE_DAY:
        following.earliest_at = edge(begins, _minute_of_day(task.earliest_at, zones), zones(begins))
    else:
        following.earliest_on = begins
    due, earliest = due_instant(following, zones), earliest_instant(following, zones)
    if due and earliest and due <= earliest:
        following.earliest_at = following.earliest_on = None


def _minute_of_day(instant: datetime, zones: ZoneOn) -> int:
    local = instant.astimezone(zone_at(zones, instant))
    return min(local.hour * 60 + local.minute, MINUTES_PER_DAY)


def _local_date(instant: datetime | None, zones: ZoneOn) -> date | None:
    return local_today(zones, instant) if instant else None
