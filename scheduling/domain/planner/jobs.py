"""Jobs: what the search places. A task is one job; a habit is one job for each of its weeks."""

from bisect import bisect_right
from dataclasses import dataclass

from scheduling.domain.planner.calendar import Calendar
from scheduling.domain.planner.check import largest_block
from scheduling.domain.planner.cycles import members_of_cycles
from scheduling.domain.planner.problem import Block, Habit, Problem, Span, Task, can_be_split
from scheduling.domain.planner.weights import NOT_PLACED, WEIGHT_OF_PRIORITY

FOREVER = 1 << 60


@dataclass(slots=True, eq=False)
class Job:
    """One thing to place, with what its cost needs. `rest` is what fixed blocks leave to be placed; `old` are the
    previous blocks that are not fixed; `start` and `end` bound its new blocks; `is_open` = it may be placed at all."""

    index: int
    id: str
    weight: int
    minutes: int
    rest: int
    now: int
    due: int | None
    late_from: int
    left_out: int
    start: int
    end: int
    preferred: tuple[Span, ...] | None
    fixed: tuple[Span, ...]
    old: tuple[Span, ...]
    is_open: bool = True
    splittable: bool = False
    min_block: int = 0
    max_block: int = 0
    max_per_day: int | None = None
    habit: int | None = None
    count: int = 0
    days: tuple[int, ...] = ()
    min_days_between: int = 0
    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    fixed_minutes: int = 0
    fixed_count: int = 0
    fixed_end: int = -FOREVER
    fixed_outside: int = 0

    def __post_init__(self) -> None:
        if not self.fixed:
            return
        self.fixed_minutes = sum(end - start for start, end in self.fixed)
        self.fixed_count = len(self.fixed)
        self.fixed_end = max((end for _, end in self.fixed), default=-FOREVER)
        if self.preferred is not None:
            for start, end in self.fixed:
                position = bisect_right(self.preferred, (start, FOREVER)) - 1
                self.fixed_outside += position < 0 or self.preferred[position][1] < end

    @property
    def wants(self) -> bool:
        """Whether there is anything left to place."""
        return self.rest > 0 if self.habit is None else self.count > 0

    def is_complete(self, spans: tuple[Span, ...]) -> bool:
        """Whether `spans` are all that was left to place."""
        if self.habit is not None:
            return len(spans) >= self.count
        if len(spans) == 1:
            return spans[0][1] - spans[0][0] >= self.rest
        return sum(end - start for start, end in spans) >= self.rest


def fixed_and_old(problem: Problem) -> tuple[dict[str, list[Span]], dict[str, list[Span]]]:
    """Per id: the fixed spans (pins, and old blocks that began or begin before now + freeze) and the other old ones.

    Old blocks that ended by now are left out; with `only`, every old block of the others is fixed.
    """
    fixed: dict[str, list[Span]] = {}
    old: dict[str, list[Span]] = {}
    for item in problem.owners:
        if item.pinned:
            fixed[item.id] = list(item.pinned)
    for block in problem.previous:
        if block.end <= problem.now:
            continue
        span = (block.start, block.end)
        is_fixed = block.start <= problem.now or block.start < problem.now + problem.freeze
        if is_fixed or not is_chosen(problem, block.task):
            if span not in fixed.setdefault(block.task, []):
                fixed[block.task].append(span)
        elif span not in fixed.get(block.task, ()):
            old.setdefault(block.task, []).append(span)
    return fixed, old


def is_chosen(problem: Problem, owner: str) -> bool:
    """Whether this plan may place blocks for `owner`."""
    return problem.only is None or owner in problem.only


class JobMaker:
    """Makes the jobs of one problem; `fixed_blocks` are its fixed blocks in time order, `knots` its cycles."""

    def __init__(self, problem: Problem, calendar: Calendar) -> None:
        self.problem, self.calendar = problem, calendar
        self._fixed, self._old = fixed_and_old(problem)
        self.knots = members_of_cycles({task.id: task.depends_on for task in problem.tasks if task.depends_on})
        self.fixed_blocks = sorted(
            (Block(owner, start, end) for owner, spans in self._fixed.items() for start, end in spans),
            key=lambda block: (block.start, block.end, block.task),
        )

    def jobs(self) -> list[Job]:
        """Tasks in the order of their ids, then the weeks of each habit."""
        tasks = self.problem.tasks
        position = {task.id: index for index, task in enumerate(tasks)}
        jobs = [self._task(task, index) for index, task in enumerate(tasks)]
        for index, task in enumerate(tasks):
            if task.depends_on:
                jobs[index].before = tuple(position[other] for other in task.depends_on)
                for other in jobs[index].before:
                    jobs[other].after += (index,)
        for number, habit in enumerate(self.problem.habits):
            jobs += self._habit(habit, number, len(jobs))
        return jobs

    def _spans_of(self, owner: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
        """(fixed, old) spans of a task or habit, in time order."""
        return tuple(sorted(self._fixed.get(owner, ()))), tuple(self._old.get(owner, ()))

    def _task(self, task: Task, index: int) -> Job:
        problem = self.problem
        fixed, old = self._spans_of(task.id)
        weight = WEIGHT_OF_PRIORITY[task.priority]
        due = problem.horizon_end if task.due is None else task.due
        rest, largest = task.minutes, largest_block(task)
        if fixed:
            rest = max(0, rest - sum(end - start for start, end in fixed))
            while task.splittable and not can_be_split(rest, task.min_block, largest):
                rest -= 1
        return Job(
            index=index,
            id=task.id,
            weight=weight,
            minutes=task.minutes,
            rest=rest,
            now=problem.now,
            due=task.due,
            late_from=max(due, problem.now),
            left_out=weight * (NOT_PLACED + max(0, problem.horizon_end - due)),
            start=self.calendar.up(max(problem.now, task.earliest_start or problem.now)),
            end=min(problem.horizon_end, due) if task.hard else problem.horizon_end,
            preferred=None if task.preferred is None else problem.parts[task.preferred],
            fixed=fixed,
            old=old,
            is_open=is_chosen(problem, task.id) and task.id not in self.knots,
            splittable=task.splittable,
            min_block=task.min_block,
            max_block=largest,
            max_per_day=task.max_per_day if task.splittable else None,
        )

    def _habit(self, habit: Habit, number: int, first_index: int) -> list[Job]:
        """One job for each week that asks for an occurrence or has a block of the habit."""
        jobs: list[Job] = []
        days, day_index = self.calendar.days, self.calendar.day_index
        fixed, old = self._spans_of(habit.id)
        eligible = _eligible_days(self.problem, self.calendar, habit)
        taken = {day_index(start) for start, _ in fixed}
        taken |= {index for index, day in enumerate(days) if day.on in habit.done}
        apart = [index for index in eligible if all(abs(index - other) > habit.min_days_between for other in taken)]
        for first in range(0, len(days), 7):
            week = range(first, first + 7)
            done = sum(days[index].on in habit.done for index in week)
            asked = min(habit.times_per_week - done, sum(index in week for index in eligible))
            week_fixed = tuple(span for span in fixed if day_index(span[0]) in week)
            week_old = tuple(span for span in old if day_index(span[0]) in week)
            count = max(0, asked - len(week_fixed))
            if count or week_fixed or week_old:
                job = self._habit_week(habit, days[week[-1]].end, week_fixed, week_old)
                job.index, job.habit, job.count = first_index + len(jobs), number, count
                job.days = tuple(index for index in apart if index in week)
                jobs.append(job)
        return jobs

    def _habit_week(self, habit: Habit, due: int, fixed: tuple[Span, ...], old: tuple[Span, ...]) -> Job:
        problem = self.problem
        weight = WEIGHT_OF_PRIORITY[habit.priority]
        return Job(
            index=0,
            id=habit.id,
            weight=weight,
            minutes=habit.minutes,
            rest=habit.minutes,
            now=problem.now,
            due=due,
            late_from=max(due, problem.now),
            left_out=weight * (NOT_PLACED + max(0, problem.horizon_end - due)),
            start=self.calendar.up(problem.now),
            end=problem.horizon_end,
            preferred=None if habit.preferred is None else problem.parts[habit.preferred],
            fixed=fixed,
            old=old,
            is_open=is_chosen(problem, habit.id),
            min_days_between=habit.min_days_between,
        )


def _eligible_days(problem: Problem, calendar: Calendar, habit: Habit) -> list[int]:
    """Days on which the habit could still be done: its weekdays that are not done and have working hours left.

    Without any working hours its weekdays alone count, so that the plan can say what is missing.
    """
    low, high = problem.now, problem.horizon_end
    worked: set[int] = set()
    for start, end in problem.windows:
        if end > low and start < high:
            worked.update(day for day, _ in calendar.shares(max(start, low), min(end, high)))
    return [
        index
        for index, day in enumerate(calendar.days)
        if day.on.weekday() in habit.weekdays
        and day.on not in habit.done
        and day.end > low
        and day.start < high
        and (index in worked or not worked)
    ]
