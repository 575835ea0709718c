"""The board: free time with blocks on it, cheap to change and to change back.

It knows what a legal block is (working hours, busy time, buffers, grid, daily maximum); which block is wanted is
decided elsewhere. Blocks on the board are the ones that may move; fixed ones are part of the ground.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

from scheduling.domain.planner.calendar import Calendar, bins, busy_spans, padded
from scheduling.domain.planner.cost import job_cost
from scheduling.domain.planner.jobs import FOREVER, JobMaker
from scheduling.domain.planner.problem import Problem, Span

Spans = tuple[Span, ...]


class Ground:
    """What does not change while a problem is planned: calendar, jobs, bins, cycles, fixed blocks."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.calendar = calendar = Calendar(problem)
        maker = JobMaker(problem, calendar)
        self.jobs = maker.jobs()
        self.knots = maker.knots
        self.fixed = maker.fixed_blocks
        self.busy = busy_spans(problem, calendar)
        fixed_spans = [(block.start, block.end) for block in self.fixed]
        self.bins = bins(problem, calendar, padded([*self.busy, *fixed_spans], problem.buffer))
        self.daily_max = problem.daily_max
        self.day_used = [0] * len(calendar.days)
        for start, end in fixed_spans:
            for day, minutes in calendar.shares(start, end):
                self.day_used[day] += minutes
        low, high = problem.starts_within or (-FOREVER, FOREVER)
        self.first_start, self.last_start = calendar.up(max(low, problem.now)), high


class Board:
    """Blocks of jobs on the ground. `spans[i]` are the blocks of job i in time order, `costs[i]` its cost."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.jobs = ground.jobs
        self.up = ground.calendar.up
        self.buffer = ground.problem.buffer
        self.daily_max = ground.daily_max
        self.starts = [start for start, _ in ground.bins]
        self.ends = [end for _, end in ground.bins]
        self.room = [end - start for start, end in ground.bins]
        self.blocks: list[list[tuple[int, int, int, int]]] = [[] for _ in ground.bins]
        self.day_used = list(ground.day_used)
        self.spans: list[Spans] = [()] * len(self.jobs)
        self.is_tight = False
        self._bare_costs = [job_cost(job, ()) for job in self.jobs]
        self._bare_complete = [job.is_complete(()) for job in self.jobs]
        self.costs = list(self._bare_costs)
        self.is_complete = list(self._bare_complete)
        self.total = sum(self.costs)
        self._before: dict[int, tuple[Spans, int, bool]] | None = None

    def take(self, index: int) -> None:
        """Take all blocks of a job off the board."""
        old = self.spans[index]
        if not old:
            return
        if self._before is not None and index not in self._before:
            self._before[index] = (old, self.costs[index], self.is_complete[index])
        for start, end in old:
            self._lift(start, end)
        self._note(index, (), self._bare_costs[index], self._bare_complete[index])

    def put(self, index: int, spans: Spans, cost: int | None = None) -> None:
        """Give job `index` these blocks instead of what it has. They must be legal; `cost` saves counting it again."""
        self.take(index)
        if not spans:
            return
        if self._before is not None and index not in self._before:
            self._before[index] = ((), self.costs[index], self.is_complete[index])
        for start, end in spans:
            self._lay(start, end, index)
        job = self.jobs[index]
        self._note(index, spans, job_cost(job, spans) if cost is None else cost, job.is_complete(spans))

    def begin(self) -> None:
        """Remember what changes from here on, for `undo`."""
        self._before = {}

    def undo(self) -> None:
        """Put everything back to where it was at `begin`."""
        changed, self._before = self._before or {}, None
        for index in changed:
            for start, end in self.spans[index]:
                self._lift(start, end)
        for index, (spans, cost, is_complete) in changed.items():
            for start, end in spans:
                self._lay(start, end, index)
            self._note(index, spans, cost, is_complete)

    def _note(self, index: int, spans: Spans, cost: int, is_complete: bool) -> None:
        self.spans[index] = spans
        self.total += cost - self.costs[index]
        self.costs[index] = cost
        self.is_complete[index] = is_complete

    def _lay(self, start: int, end: int, index: int) -> None:
        position = bisect_right(self.starts, start) - 1
        insort(self.blocks[position], (start, end, self.up(end + self.buffer), index))
        self._measure(position)
        if self.daily_max is not None:
            for day, minutes in self.ground.calendar.shares(start, end):
                self.day_used[day] += minutes

    def _lift(self, start: int, end: int) -> None:
        position = bisect_right(self.starts, start) - 1
        here = self.blocks[position]
        del here[bisect_left(here, (start, end))]
        self._measure(position)
        if self.daily_max is not None:
            for day, minutes in self.ground.calendar.shares(start, end):
                self.day_used[day] -= minutes

    def _measure(self, position: int) -> None:
        """Longest gap of one bin."""
        longest, free, buffer = 0, self.starts[position], self.buffer
        for start, _, after, _ in self.blocks[position]:
            longest = max(longest, start - buffer - free)
            free = after
        last = self.ends[position] - free
        self.room[position] = last if last > longest else longest

    def gaps(self, low: int, minutes: int, high: int = FOREVER) -> Iterator[Span]:
        """Free gaps of at least `minutes`, in time order, cut to start at or after `low` (on the grid) and before
        `high`. Both ends are on the ground's terms: a block may start at a gap's start and end at its end."""
        room, starts, buffer = self.room, self.starts, self.buffer
        for position in range(bisect_right(self.ends, low), len(starts)):
            if room[position] < minutes:
                continue
            free = starts[position]
            free = max(free, low)
            if free >= high:
                return
            for start, _, after, _ in self.blocks[position]:
                if start - buffer - free >= minutes:
                    yield free, start - buffer
                free = max(free, after)
            if self.ends[position] - free >= minutes and free < high:
                yield free, self.ends[position]

    def is_free(self, start: int, end: int) -> bool:
        """Whether [start, end) lies in one gap; the daily maximum is not looked at."""
        position = bisect_right(self.starts, start) - 1
        if position < 0 or end > self.ends[position]:
            return False
        here = self.blocks[position]
        place = bisect_left(here, (start,))
        if place and here[place - 1][1] + self.buffer > start:
            return False
        return place == len(here) or end + self.buffer <= here[place][0]

    def in_the_way(self, start: int, end: int) -> list[int]:
        """Jobs with a block that [start, end) would come too close to."""
        position = bisect_right(self.starts, start) - 1
        buffer = self.buffer
        return [index for low, high, _, index in self.blocks[position] if low < end + buffer and start < high + buffer]

    def day_start_after(self, start: int, end: int) -> int | None:
        """None if the daily maximum leaves room for [start, end), else the next start worth trying."""
        if self.daily_max is None:
            return None
        for day, minutes in self.ground.calendar.shares(start, end):
            left = self.daily_max - self.day_used[day]
            if minutes > left:
                return self.up(max(start + 1, self.ground.calendar.days[day].end - max(0, left)))
        return None

    def end_of(self, index: int) -> int:
        """The end of the last block of a job, fixed ones included."""
        spans, job = self.spans[index], self.jobs[index]
        return max(job.fixed_end, spans[-1][1]) if spans else job.fixed_end
