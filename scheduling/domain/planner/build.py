"""Rows become a `Problem`: wall clock and dates turned into minutes, every rule about the input checked once.

The JSON format goes through here too, so pages, API and `manage.py solve` refuse the same things.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from availability.domain.hours import ONE_DAY, DateOverrides, WeeklyRules, edge_minutes, windows
from scheduling.domain.planner.check import Checker, check_habits, check_settings, check_tasks
from scheduling.domain.planner.problem import Block, Day, Effort, Habit, Problem, Span, Task
from timeflow.lib import bounds
from timeflow.lib.time import (
    first_weekday_on_or_before,
    minutes_since_epoch,
)

ZoneOn = Callable[[date], ZoneInfo]
Moments = Sequence[tuple[datetime, datetime]]

DEFAULT_PARTS: Mapping[str, Span] = {"morning": (360, 720), "afternoon": (720, 1020), "evening": (1020, 1320)}
EVERY_DAY = frozenset(range(7))
MAX_TASKS, MAX_HABITS = 5000, 500


@dataclass(frozen=True, slots=True)
class TaskInput:
    """A task as rows know it. A `due` that is a date lasts until that date ends, an `earliest_start` from where it
    begins. `minutes` is what remains, pinned blocks included."""

    id: str
    minutes: int
    priority: int = 2
    due: datetime | date | None = None
    due_kind: str = "soft"
    earliest_start: datetime | date | None = None
    splittable: bool = False
    min_block: int = 30
    max_block: int = 120
    max_per_day: int | None = None
    depends_on: Sequence[str] = ()
    preferred: str | None = None
    pinned: Moments = ()


@dataclass(frozen=True, slots=True)
class HabitInput:
    """A habit as rows know it. `weekdays` are 0 (Monday) to 6, `done` the local dates on which it was done."""

    id: str
    minutes: int
    times_per_week: int
    priority: int = 3
    preferred: str | None = None
    weekdays: Collection[int] = EVERY_DAY
    min_days_between: int = 0
    done: Collection[date] = ()
    pinned: Moments = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """How a person likes to be planned. `week_start` is 0 (Monday) to 6; parts of the day in minutes of the day."""

    grid_minutes: int = 5
    seed: int = 0
    iterations: int | None = None
    effort: Effort = "full"
    buffer_minutes: int = 0
    daily_max_minutes: int | None = None
    freeze_minutes: int = 0
    week_start: int = 0
    parts_of_day: Mapping[str, Span] = field(default_factory=lambda: dict(DEFAULT_PARTS))


DEFAULTS = Settings()


def build_problem(
    *,
    zone_on: ZoneOn,
    now: datetime,
    horizon_end: datetime,
    hours: WeeklyRules,
    date_overrides: DateOverrides | None = None,
    events: Iterable[tuple[datetime, datetime]] = (),
    tasks: Sequence[TaskInput] = (),
    habits: Sequence[HabitInput] = (),
    previous: Sequence[tuple[str, datetime, datetime]] = (),
    settings: Settings = DEFAULTS,
    starts_within: tuple[datetime, datetime] | None = None,
    only: Collection[str] | None = None,
    changed: Collection[str] = (),
) -> Problem:
    """The one way to a `Problem`; raises `InvalidProblem` with everything that is wrong.

    Datetimes are aware. Events are opaque ones only; they are rounded outwards to whole minutes, `now` up. `hours`
    and `date_overrides` are (start, end) minutes of the day by weekday and by date (rule 1 of the booking rules).
    `starts_within`, `only` and `changed`: see `Problem`.
    """
    check = Checker()
    check_settings(check, settings, DEFAULT_PARTS)
    _horizon(check, now, horizon_end)
    busy = _events(check, events)
    known = _owners(check, tasks, habits)
    blocks = _previous(check, previous, known)
    _ids(check, known, only=only or (), changed=changed)
    check.stop()
    days = _days(now, horizon_end, zone_on, settings.week_start)
    first, last = days[0].on - ONE_DAY, days[-1].on
    return Problem(
        now=_up(now),
        horizon_end=minutes_since_epoch(horizon_end),
        days=days,
        windows=tuple(windows(first, last, hours, date_overrides or {}, zone_on)),
        busy=tuple(sorted(busy)),
        parts=_parts(settings.parts_of_day, first, last, zone_on),
        tasks=tuple(sorted((_task(task, zone_on) for task in tasks), key=lambda task: task.id)),
        habits=tuple(sorted((_habit(habit) for habit in habits), key=lambda habit: habit.id)),
        previous=tuple(sorted(blocks, key=lambda block: (block.start, block.end, block.task))),
        starts_within=None if starts_within is None else (_up(starts_within[0]), minutes_since_epoch(starts_within[1])),
        only=None if only is None else frozenset(only),
        changed=frozenset(changed),
        **_of_settings(settings),
    )


def _of_settings(settings: Settings) -> dict[str, Any]:
    """The fields of a problem that are settings as they are."""
    return {
        "grid": settings.grid_minutes,
        "seed": settings.seed,
        "iterations": settings.iterations,
        "effort": settings.effort,
        "buffer": settings.buffer_minutes,
        "daily_max": settings.daily_max_minutes,
        "freeze": settings.freeze_minutes,
    }


def span_of(start: datetime, end: datetime) -> Span:
    """[start, end) rounded outwards to whole minutes."""
    return minutes_since_epoch(start), _up(end)


def _up(instant: datetime) -> int:
    minutes = minutes_since_epoch(instant)
    return minutes + (instant.second > 0 or instant.microsecond > 0)


def _events(check: Checker, events: Iterable[tuple[datetime, datetime]]) -> list[Span]:
    spans = []
    for position, (start, end) in enumerate(events):
        if check.order(f"events[{position}]", start, end, empty_is_fine=True):
            spans.append(span_of(start, end))
    return spans


def _owners(check: Checker, tasks: Sequence[TaskInput], habits: Sequence[HabitInput]) -> set[str]:
    """The ids of all tasks and habits."""
    for name, items, most in (("tasks", tasks, MAX_TASKS), ("habits", habits, MAX_HABITS)):
        if len(items) > most:
            check.fail(name, f"more than {most} {name}")
            check.stop()
    return check_habits(check, habits, check_tasks(check, tasks))


def _ids(check: Checker, known: set[str], **fields: Collection[str]) -> None:
    """Each field names known ids only."""
    for name, ids in fields.items():
        for unknown in sorted(set(ids) - known):
            check.fail(name, f"unknown id {unknown!r}")


def _previous(
    check: Checker, previous: Sequence[tuple[str, datetime, datetime]], known: Collection[str]
) -> list[Block]:
    blocks = []
    for position, (owner, start, end) in enumerate(previous):
        place = f"previous[{position}]"
        if owner not in known:
            check.fail(f"{place}.task", f"unknown id {owner!r}")
        if check.block(place, start, end):
            blocks.append(Block(owner, minutes_since_epoch(start), minutes_since_epoch(end)))
    return blocks


def _horizon(check: Checker, now: datetime, horizon_end: datetime) -> None:
    if not (check.instant("now", now) and check.instant("horizon_end", horizon_end)):
        return
    if horizon_end <= now:
        check.fail("horizon_end", "must be after now")
    elif horizon_end - now > timedelta(days=bounds.HORIZON_DAYS.most, hours=1):
        check.fail("horizon_end", "must be at most 26 weeks after now")


def _days(now: datetime, horizon_end: datetime, zone_on: ZoneOn, week_start: int) -> tuple[Day, ...]:
    """Every local date of each week that meets [now, horizon_end]; a later date never starts before an earlier one."""
    day = first_weekday_on_or_before(now.astimezone(UTC).date() - 2 * ONE_DAY, week_start)
    last = first_weekday_on_or_before(horizon_end.astimezone(UTC).date() + ONE_DAY, week_start) + timedelta(days=7)
    days = []
    start = edge_minutes(day, 0, zone_on)
    while day < last:
        end = max(start, edge_minutes(day + ONE_DAY, 0, zone_on))
        days.append(Day(day, first_weekday_on_or_before(day, week_start), start, end))
        day, start = day + ONE_DAY, end
    return tuple(days)


def _parts(parts: Mapping[str, Span], first: date, last: date, zone_on: ZoneOn) -> Mapping[str, tuple[Span, ...]]:
    return {
        name: tuple(windows(first, last, {weekday: [span] for weekday in range(7)}, {}, zone_on))
        for name, span in parts.items()
    }


def _task(task: TaskInput, zone_on: ZoneOn) -> Task:
    due, earliest = task.due, task.earliest_start
    if due is not None:
        due_at = minutes_since_epoch(due) if isinstance(due, datetime) else edge_minutes(due + ONE_DAY, 0, zone_on)
    if earliest is not None:
        earliest_at = _up(earliest) if isinstance(earliest, datetime) else edge_minutes(earliest, 0, zone_on)
    return Task(
        id=task.id,
        minutes=task.minutes,
        priority=task.priority,
        due=None if due is None else due_at,
        hard=task.due_kind == "hard",
        earliest_start=None if earliest is None else earliest_at,
        splittable=task.splittable,
        min_block=task.min_block,
        max_block=task.max_block,
        max_per_day=task.max_per_day,
        depends_on=tuple(sorted(task.depends_on)),
        preferred=task.preferred,
        pinned=_pins(task.pinned),
    )


def _habit(habit: HabitInput) -> Habit:
    return Habit(
        id=habit.id,
        minutes=habit.minutes,
        times_per_week=habit.times_per_week,
        priority=habit.priority,
        preferred=habit.preferred,
        weekdays=frozenset(habit.weekdays),
        min_days_between=habit.min_days_between,
        done=frozenset(habit.done),
        pinned=_pins(habit.pinned),
    )


def _pins(pinned: Moments) -> tuple[Span, ...]:
    return tuple(sorted((minutes_since_epoch(start), minutes_since_epoch(end)) for start, end in pinned))
