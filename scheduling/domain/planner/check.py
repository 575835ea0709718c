"""What a problem may hold. Everything wrong is collected, with the field and the reason, before anything is refused."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from scheduling.domain.planner.problem import PARTS, InputError, InvalidProblem, Span, can_be_split
from timeflow.lib import bounds

if TYPE_CHECKING:
    from scheduling.domain.planner.build import HabitInput, Settings, TaskInput

MAX_ID = 200
MAX_SEED = 2**63
FIRST_YEAR, LAST_YEAR = 1970, 2999
EFFORTS = ("repair", "greedy", "full")


class Checker:
    """Collects what is wrong; each check answers whether its value may be used."""

    def __init__(self) -> None:
        self.errors: list[InputError] = []

    def fail(self, field: str, reason: str) -> bool:
        self.errors.append(InputError(field, reason))
        return False

    def stop(self) -> None:
        """Raise `InvalidProblem` if anything was wrong so far."""
        if self.errors:
            raise InvalidProblem(self.errors)

    def whole(self, field: str, value: Any, low: int, high: int) -> bool:
        if not isinstance(value, int) or isinstance(value, bool):
            return self.fail(field, "must be a whole number")
        if not low <= value <= high:
            return self.fail(field, f"must be {low} to {high}")
        return True

    def flag(self, field: str, value: Any) -> bool:
        return isinstance(value, bool) or self.fail(field, "must be true or false")

    def choice(self, field: str, value: Any, choices: Sequence[str]) -> bool:
        return (isinstance(value, str) and value in choices) or self.fail(field, f"must be one of {', '.join(choices)}")

    def name(self, field: str, value: Any) -> bool:
        if not isinstance(value, str):
            return self.fail(field, "must be text")
        return 1 <= len(value) <= MAX_ID or self.fail(field, f"must be 1 to {MAX_ID} characters")

    def date(self, field: str, value: Any) -> bool:
        if not isinstance(value, date):
            return self.fail(field, "must be a date")
        return FIRST_YEAR <= value.year <= LAST_YEAR or self.fail(
            field, f"must be in the years {FIRST_YEAR} to {LAST_YEAR}"
        )

    def instant(self, field: str, value: Any) -> bool:
        if not self.date(field, value):
            return False
        if not isinstance(value, datetime):
            return self.fail(field, "must have a time")
        return value.tzinfo is not None or self.fail(field, "must have an offset")

    def moment(self, field: str, value: Any) -> bool:
        """A date or an instant."""
        return self.instant(field, value) if isinstance(value, datetime) else self.date(field, value)

    def order(self, field: str, start: Any, end: Any, *, empty_is_fine: bool = False) -> bool:
        if not (self.instant(f"{field}.start", start) and self.instant(f"{field}.end", end)):
            return False
        if end < start or (end == start and not empty_is_fine):
            return self.fail(f"{field}.end", "must be after its start")
        return True

    def block(self, field: str, start: Any, end: Any) -> bool:
        """A block begins and ends on whole minutes and has at most `bounds.TASK_MINUTES.most`."""
        if not self.order(field, start, end):
            return False
        if any(moment.second or moment.microsecond for moment in (start, end)):
            return self.fail(field, "must begin and end on whole minutes")
        return end - start <= timedelta(minutes=bounds.TASK_MINUTES.most) or self.fail(
            field, f"must be at most {bounds.TASK_MINUTES.most} minutes"
        )


def check_settings(check: Checker, settings: "Settings", parts: Mapping[str, Span]) -> None:
    check.whole("grid_minutes", settings.grid_minutes, 1, 240)
    check.whole("seed", settings.seed, -MAX_SEED, MAX_SEED)
    if settings.iterations is not None:
        check.whole("iterations", settings.iterations, 0, 1_000_000)
    check.choice("effort", settings.effort, EFFORTS)
    check.whole("buffer_minutes", settings.buffer_minutes, 0, 1440)
    if settings.daily_max_minutes is not None:
        check.whole("daily_max_minutes", settings.daily_max_minutes, 0, bounds.TASK_MINUTES.most)
    check.whole("freeze_minutes", settings.freeze_minutes, 0, 26 * 7 * 1440)
    check.whole("week_start", settings.week_start, 0, 6)
    for name in parts:
        if name not in settings.parts_of_day:
            check.fail(f"parts_of_day.{name}", "is missing")
    for name in settings.parts_of_day:
        if name not in parts:
            check.fail(f"parts_of_day.{name}", "unknown field")


def check_tasks(check: Checker, tasks: Sequence["TaskInput"]) -> set[str]:
    """Each task by itself, then dependencies; the ids. A cycle is no input error: the plan names it as a reason."""
    known: set[str] = set()
    for position, task in enumerate(tasks):
        field = f"tasks[{position}]"
        _identity(check, field, task, known)
        check.choice(f"{field}.due_kind", task.due_kind, ("soft", "hard"))
        check.flag(f"{field}.splittable", task.splittable)
        for name in ("due", "earliest_start"):
            value = getattr(task, name)
            if value is not None:
                check.moment(f"{field}.{name}", value)
        _block_limits(check, field, task)
    for position, task in enumerate(tasks):
        seen: set[str] = set()
        for place, other in enumerate(task.depends_on):
            field = f"tasks[{position}].depends_on[{place}]"
            if not isinstance(other, str) or other not in known:
                check.fail(field, f"unknown id {other!r}")
            elif other in seen:
                check.fail(field, f"duplicate id {other!r}")
            else:
                seen.add(other)
    return known


def check_habits(check: Checker, habits: Sequence["HabitInput"], known: set[str]) -> set[str]:
    """Each habit by itself; `known` are the ids that tasks have taken. All ids come back."""
    for position, habit in enumerate(habits):
        field = f"habits[{position}]"
        _identity(check, field, habit, known)
        check.whole(f"{field}.times_per_week", habit.times_per_week, 1, 7)
        check.whole(f"{field}.min_days_between", habit.min_days_between, 0, 6)
        if not habit.weekdays:
            check.fail(f"{field}.weekdays", "must name at least one day")
        for weekday in habit.weekdays:
            check.whole(f"{field}.weekdays", weekday, 0, 6)
        for day in habit.done:
            check.date(f"{field}.done", day)
    return known


def _identity(check: Checker, field: str, item: "TaskInput | HabitInput", known: set[str]) -> None:
    """What tasks and habits share; adds the id to `known`."""
    if check.name(f"{field}.id", item.id):
        if item.id in known:
            check.fail(f"{field}.id", f"duplicate id {item.id!r}")
        known.add(item.id)
    check.whole(f"{field}.minutes", item.minutes, 1, bounds.TASK_MINUTES.most)
    check.whole(f"{field}.priority", item.priority, 1, 4)
    if item.preferred is not None:
        check.choice(f"{field}.preferred", item.preferred, PARTS)
    for place, (start, end) in enumerate(item.pinned):
        check.block(f"{field}.pinned[{place}]", start, end)


def _block_limits(check: Checker, field: str, task: "TaskInput") -> None:
    """Sizes of blocks. They bind splittable tasks only; what pins leave over may end up unplaced, with a reason."""
    sizes = [
        check.whole(f"{field}.min_block", task.min_block, 1, bounds.TASK_MINUTES.most),
        check.whole(f"{field}.max_block", task.max_block, 1, bounds.TASK_MINUTES.most),
        task.max_per_day is None or check.whole(f"{field}.max_per_day", task.max_per_day, 1, bounds.TASK_MINUTES.most),
    ]
    if not all(sizes) or task.splittable is not True or not isinstance(task.minutes, int):
        return
    if task.max_block < task.min_block:
        check.fail(f"{field}.max_block", "must be at least min_block")
    elif task.max_per_day is not None and task.max_per_day < task.min_block:
        check.fail(f"{field}.max_per_day", "must be at least min_block")
    elif not task.pinned and not can_be_split(task.minutes, task.min_block, largest_block(task)):
        check.fail(f"{field}.minutes", "cannot be made from blocks of min_block to max_block minutes")


def largest_block(task: Any) -> int:
    """The longest block that a splittable task may have."""
    return task.max_block if task.max_per_day is None else min(task.max_block, task.max_per_day)
