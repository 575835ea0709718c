"""An independent judge of plans: the rules and the cost written down a second time, as plainly as possible.

It reads a `Problem` and a `Result` and shares no code with the planner but their dataclasses.
"""

from collections import defaultdict

from scheduling.domain.planner import Habit, Problem, Result, Task

Span = tuple[int, int]
WEIGHT = {1: 8, 2: 4, 3: 2, 4: 1}


class Judge:
    def __init__(self, problem: Problem, result: Result) -> None:
        self.problem, self.result = problem, result
        self.owners: dict[str, Task | Habit] = {item.id: item for item in (*problem.tasks, *problem.habits)}
        self.spans: dict[str, list[Span]] = defaultdict(list)
        for block in result.blocks:
            self.spans[block.task].append((block.start, block.end))
        self.fixed = {owner: fixed_spans(problem, item) for owner, item in self.owners.items()}
        self.free = {
            owner: [span for span in self.spans[owner] if span not in self.fixed[owner]] for owner in self.owners
        }

    # Rules

    def placed(self) -> list[tuple[str, int, int]]:
        return [(owner, start, end) for owner, spans in self.free.items() for start, end in spans]

    def day(self, minute: int) -> int:
        return max(number for number, day in enumerate(self.problem.days) if day.start <= minute)

    def busy(self) -> list[Span]:
        """Events rounded outwards to the grid of their days."""
        rounded = []
        for start, end in self.problem.busy:
            if end > start and end > self.problem.days[0].start and start < self.problem.days[-1].end:
                rounded.append((self.grid_point(start, up=False), self.grid_point(end, up=True)))
        return rounded

    def grid_point(self, minute: int, *, up: bool) -> int:
        while not self.on_grid(minute):
            minute += 1 if up else -1
        return minute

    def on_grid(self, minute: int) -> bool:
        if minute < self.problem.days[0].start:
            return (minute - self.problem.days[0].start) % self.problem.grid == 0
        return (minute - self.problem.days[self.day(minute)].start) % self.problem.grid == 0

    def in_hours(self, start: int, end: int) -> bool:
        return any(low <= start and end <= high for low, high in self.problem.windows)

    def minutes_by_day(self, spans: list[Span]) -> dict[int, int]:
        by_day: dict[int, int] = defaultdict(int)
        for start, end in spans:
            for number, day in enumerate(self.problem.days):
                shared = min(end, day.end) - max(start, day.start)
                if shared > 0:
                    by_day[number] += shared
        return by_day

    # Cost

    def cost(self) -> int:
        return sum(
            self.task_cost(item) if isinstance(item, Task) else self.habit_cost(item) for item in self.owners.values()
        )

    def task_cost(self, task: Task) -> int:
        now, horizon = self.problem.now, self.problem.horizon_end
        spans, weight, cost = self.spans[task.id], WEIGHT[task.priority], 0
        placed = sum(end - start for start, end in spans)
        if spans:
            last = max(end for _, end in spans)
            if task.due is not None:
                cost += weight * max(0, last - max(task.due, now))
            cost += weight * max(0, last - now) // 60
            cost += 90 * (len(spans) - 1)
        left = max(0, task.minutes - placed)
        cost += weight * (10_080 + max(0, horizon - (horizon if task.due is None else task.due))) * left // task.minutes
        cost += self.outside(task, spans)
        return cost + self.changed(task.id, None)

    def habit_cost(self, habit: Habit) -> int:
        now, horizon, cost = self.problem.now, self.problem.horizon_end, 0
        for week in sorted({day.week for day in self.problem.days}):
            week_end = max(day.end for day in self.problem.days if day.week == week)
            spans = [span for span in self.spans[habit.id] if self.problem.days[self.day(span[0])].week == week]
            weight = WEIGHT[habit.priority]
            for _, end in spans:
                cost += weight * max(0, end - max(week_end, now)) + weight * max(0, end - now) // 60
            missing = max(0, self.asked(habit, week) - len(spans))
            cost += weight * (10_080 + max(0, horizon - week_end)) * missing
            cost += self.outside(habit, spans) + self.changed(habit.id, week)
        return cost

    def asked(self, habit: Habit, week: object) -> int:
        problem = self.problem
        hours = [
            day
            for day in problem.days
            if any(
                min(end, day.end, problem.horizon_end) > max(start, day.start, problem.now)
                for start, end in problem.windows
            )
        ]
        eligible = [
            day
            for day in problem.days
            if day.week == week
            and day.on.weekday() in habit.weekdays
            and day.on not in habit.done
            and day.end > problem.now
            and day.start < problem.horizon_end
            and (day in hours or not hours)
        ]
        done = sum(day.week == week and day.on in habit.done for day in problem.days)
        return max(0, min(habit.times_per_week - done, len(eligible)))

    def outside(self, item: Task | Habit, spans: list[Span]) -> int:
        if item.preferred is None:
            return 0
        parts = self.problem.parts[item.preferred]
        return 120 * sum(not any(low <= start and end <= high for low, high in parts) for start, end in spans)

    def changed(self, owner: str, week: object) -> int:
        old = [
            (block.start, block.end)
            for block in self.problem.previous
            if block.task == owner
            and block.end > self.problem.now
            and (week is None or self.problem.days[self.day(block.start)].week == week)
        ]
        return 60 if any(span not in self.spans[owner] for span in old) else 0


def fixed_spans(problem: Problem, item: Task | Habit) -> list[Span]:
    """Pins, and old blocks that began or begin within the frozen time."""
    spans = list(item.pinned)
    for block in problem.previous:
        begun = block.start <= problem.now or block.start < problem.now + problem.freeze
        if block.task == item.id and block.end > problem.now and begun and (block.start, block.end) not in spans:
            spans.append((block.start, block.end))
    return spans
