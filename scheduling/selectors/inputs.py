"""Rows of tasks and habits as the planner's input."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import User
from accounts.selectors.zones import ZoneOn, zone_at
from scheduling.domain.placing import Wanted
from scheduling.domain.planner import HabitInput, TaskInput
from scheduling.models import Block, Dependency, Habit, HabitCheck, Task
from scheduling.selectors.worked import worked_by_task
from timeflow.lib import bounds

ONE_MINUTE = timedelta(minutes=1)
ONE_WEEK = timedelta(days=8)
Moments = tuple[datetime, datetime]


@dataclass(frozen=True)
class OpenTask:
    """An open task, the minutes that are left of it and the open tasks that it waits for."""

    row: Task
    left: int
    waits_for: tuple[str, ...]


def waiting(user: User) -> dict[str, list[str]]:
    """Open task to the tasks that it depends on, finished ones too: asked which are open, a database that just got many
    rows tries each with each. One query.
    """
    waits: dict[str, list[str]] = defaultdict(list)
    rows = Dependency.objects.filter(task__user=user, task__completed_at=None)
    for task, predecessor in rows.order_by("id").values_list("task_id", "predecessor_id"):
        waits[str(task)].append(str(predecessor))
    return waits


def with_predecessors(works: Iterable[str], waits: Mapping[str, Sequence[str]]) -> set[str]:
    """`works` and everything that they wait for, directly or not."""
    found = set(works)
    queue = list(found)
    while queue:
        for other in waits.get(queue.pop(), ()):
            if other not in found:
                found.add(other)
                queue.append(other)
    return found


def open_tasks(user: User, rows: Mapping[str, Task], wanted: Iterable[str], now: datetime) -> list[OpenTask]:
    """Those of `rows` that are wanted, or awaited by one that is, and have minutes left. Two queries."""
    waits = waiting(user)
    worked = worked_by_task(user, now)
    left = {key: task.minutes - worked.get(task.pk, 0) for key, task in rows.items()}
    keys = {key for key in with_predecessors(wanted, waits) if left.get(key, 0) > 0}
    return [
        OpenTask(rows[key], left[key], tuple(other for other in waits.get(key, ()) if other in keys))
        for key in sorted(keys)
    ]


def task_inputs(tasks: Iterable[OpenTask], previous: Iterable[Wanted], now: datetime) -> list[TaskInput]:
    """Fixed blocks count towards the minutes, so a task never asks for less than they hold."""
    pinned = _pins(previous)
    fixed: dict[str, int] = defaultdict(int)
    for block in previous:
        if block.is_pinned or block.start < now:
            fixed[block.work] += int((block.end - block.start) / ONE_MINUTE)
    return [_task_input(task, pinned, fixed[str(task.row.pk)]) for task in tasks]


def _task_input(task: OpenTask, pinned: Mapping[str, list[Moments]], fixed: int) -> TaskInput:
    row, minutes = task.row, min(max(task.left, fixed), bounds.TASK_MINUTES.most)
    longest = min(row.max_block_minutes, row.max_minutes_per_day or row.max_block_minutes)
    # What is left of a task may be less than its shortest block, or lie between two numbers of blocks.
    pieces = -(-(minutes - fixed) // longest) or 1
    shortest = max(1, min(row.min_block_minutes, (minutes - fixed) // pieces or minutes))
    return TaskInput(
        id=str(row.pk),
        minutes=minutes,
        priority=row.priority,
        due=row.due_at or row.due_on,
        due_kind=row.due_kind,
        earliest_start=row.earliest_at or row.earliest_on,
        splittable=row.is_splittable,
        min_block=min(shortest, longest),
        max_block=longest,
        max_per_day=row.max_minutes_per_day,
        depends_on=task.waits_for,
        preferred=row.preferred or None,
        pinned=pinned.get(str(row.pk), ()),
    )


def habit_inputs(
    habits: Sequence[Habit], previous: Iterable[Wanted], zones: ZoneOn, now: datetime, until: datetime
) -> list[HabitInput]:
    """With the dates on which each habit was done: checked, or over and not denied. Two queries."""
    pinned = _pins(previous)
    done: dict[str, set[date]] = defaultdict(set)
    first, last = (now - ONE_WEEK).date(), (until + ONE_WEEK).date()
    for habit, on in HabitCheck.objects.filter(habit__in=habits, on__range=(first, last)).values_list("habit", "on"):
        done[str(habit)].add(on)
    over = Block.objects.filter(habit__in=habits, event__ends_at__lte=now, event__ends_at__gt=now - ONE_WEEK)
    for block in over.exclude(outcome=Block.Outcome.NOT).select_related("event"):
        start = block.event.starts_at
        done[str(block.habit_id)].add(start.astimezone(zone_at(zones, start)).date())
    return [
        HabitInput(
            id=str(habit.pk),
            minutes=habit.minutes,
            times_per_week=habit.times_per_week,
            priority=habit.priority,
            preferred=habit.preferred or None,
            weekdays=frozenset(int(day) for day in habit.weekdays),
            min_days_between=habit.min_days_between,
            done=frozenset(done[str(habit.pk)]),
            pinned=pinned.get(str(habit.pk), ()),
        )
        for habit in habits
    ]


def _pins(blocks: Iterable[Wanted]) -> dict[str, list[Moments]]:
    pins: dict[str, list[Moments]] = defaultdict(list)
    for block in blocks:
        if block.is_pinned:
            pins[block.work].append((block.start, block.end))
    return pins
