"""Why a task is late, partial or left out: the first reason that holds, with facts that anyone can recompute.

"Alone" means with every other unfixed task removed. The limit is the due time, else the horizon's end. Questions
about free time leave the daily limits aside, so that DAILY_MAXIMUM can say when they are what stands in the way.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from heapq import nsmallest
from itertools import islice
from typing import Any

from scheduling.domain.planner.board import Board, Ground
from scheduling.domain.planner.first_fit import first_fit
from scheduling.domain.planner.fit import is_whole, propose
from scheduling.domain.planner.jobs import Job
from scheduling.domain.planner.occurrences import occurrences
from scheduling.domain.planner.problem import Reason, Span, Task
from scheduling.domain.planner.split import fillings

MOST_NAMED = 20


class Reasoner:
    """Answers for one finished board."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.ground: Ground = board.ground
        self.problem = board.ground.problem
        self.knots = board.ground.knots
        self._blocks: dict[int, list[tuple[int, int, str]]] = {}
        self.alone = Board(self.ground)
        self.alone.daily_max = None
        self.tasks: dict[str, Task] = {task.id: task for task in self.problem.tasks}
        self.has_hours = any(
            end > self.problem.now and start < self.problem.horizon_end for start, end in self.problem.windows
        )

    def reason(self, job: Job) -> Reason:
        """Why `job` is not planned as it should be."""
        return next(self._reasons(job))

    def clash(self, job: Job) -> Reason | None:
        """PIN_CONFLICT if a fixed block of `job` meets an event, another fixed block, or its predecessor's end."""
        for start, end in job.fixed:
            for busy_start, busy_end in self.problem.busy:
                if start < busy_end and busy_start < end:
                    return _reason("PIN_CONFLICT", block=(start, end), event=(busy_start, busy_end))
            for other in self.ground.fixed:
                same = other.task == job.id and (other.start, other.end) == (start, end)
                if start < other.end and other.start < end and not same:
                    return _reason("PIN_CONFLICT", block=(start, end), other=(other.start, other.end), task=other.task)
            for index in job.before:
                if self.board.end_of(index) > start:
                    return _reason("PIN_CONFLICT", block=(start, end), predecessor=self.board.jobs[index].id)
        return None

    def _reasons(self, job: Job) -> Iterator[Reason]:
        problem, due = self.problem, job.due
        limit = min(problem.horizon_end, problem.horizon_end if due is None else due)
        if job.id in self.knots:
            yield _reason("DEPENDENCY_CYCLE", tasks=self.knots[job.id])
        open_ends = [self.board.jobs[other].id for other in job.before if not is_whole(self.board, other)]
        if open_ends:
            yield _reason("DEPENDENCY_UNSCHEDULED", tasks=tuple(open_ends))
        clash = self.clash(job)
        if clash:
            yield clash
        if not job.is_open:
            yield _reason("NOT_CHOSEN")
        if due is not None and due <= problem.now:
            yield _reason("OVERDUE", due=due, overdue_minutes=problem.now - due)
        task = self.tasks.get(job.id)
        start = task.earliest_start if task else None
        if due is not None and start is not None and start >= due:
            yield _reason("START_AFTER_DUE", earliest_start=start, due=due)
        if not self.has_hours:
            yield _reason("NO_WORKING_HOURS", horizon_end=problem.horizon_end)
        yield from self._free_time(job, task, limit)
        if self._limits_stand_in_the_way(job, limit):
            yield _reason(
                "DAILY_MAXIMUM",
                needs_minutes=job.rest,
                limit=limit,
                daily_max_minutes=problem.daily_max,
                max_per_day=job.max_per_day,
            )
        yield self._taken(job, limit)

    def _free_time(self, job: Job, task: Task | None, limit: int) -> Iterator[Reason]:
        """The reasons that hold whatever else is planned: none if the job fits alone by its limit."""
        needs = job.minutes - job.fixed_minutes if job.habit is None else job.minutes
        usable = self._usable(job, limit)
        if usable >= needs:
            return
        gaps = [end - start for start, end in self._gaps(job, limit)]
        longest = max(gaps, default=0)
        if task and task.hard:
            yield _reason(
                "HARD_DUE_IMPOSSIBLE",
                needs_minutes=needs,
                free_minutes=sum(gaps),
                longest_gap_minutes=longest,
                splittable=job.splittable,
                due=job.due,
            )
        if not job.splittable and longest < needs:
            yield _reason("NO_GAP_LONG_ENOUGH", needs_minutes=needs, longest_gap_minutes=longest, limit=limit)
        if job.splittable and job.due is not None:
            yield _reason("NOT_ENOUGH_FREE_TIME", needs_minutes=needs, free_minutes=usable, due=job.due)
        end = self.problem.horizon_end
        usable = self._usable(job, end)
        if usable < needs:
            yield _reason("BEYOND_HORIZON", needs_minutes=needs, free_minutes=usable, horizon_end=end)

    def _low(self, job: Job) -> int:
        """The first start that `job` may have alone: predecessors count with their fixed blocks only."""
        low = max(job.start, self.ground.first_start)
        for other in job.before:
            low = max(low, self.board.jobs[other].fixed_end)
        return self.board.up(low)

    def _gaps(self, job: Job, limit: int) -> list[Span]:
        """Free gaps for `job` alone before the limit, on its days if it is a habit."""
        low, high = self._low(job), min(limit, self.ground.last_start)
        gaps = [(start, min(end, limit)) for start, end in self.alone.gaps(low, 1, high)]
        if job.habit is None:
            return gaps
        days = [self.ground.calendar.days[day] for day in job.days]
        return [gap for gap in gaps if any(day.start < gap[1] and gap[0] < day.end for day in days)]

    def _usable(self, job: Job, limit: int) -> int:
        """Minutes of `job` that can be placed alone before `limit`, the daily limits aside."""
        if job.habit is not None:
            placed = occurrences(self.alone, replace(job, index=-2), ())
            return job.minutes if len(placed) >= job.count else 0
        limit = min(limit, job.end)
        if not job.splittable:
            return job.rest if first_fit(self.alone, job.rest, self._low(job), limit) is not None else 0
        free = replace(job, end=limit, max_per_day=None)
        options = fillings(self.alone, free, self._low(job))
        return max((sum(end - start for start, end in spans) for spans in options), default=0)

    def _limits_stand_in_the_way(self, job: Job, limit: int) -> bool:
        """Whether a daily limit exists and without it the job would fit by the limit, in this plan or alone only so."""
        if self.problem.daily_max is None and job.max_per_day is None:
            return False
        board, kept = self.board, self.board.spans[job.index]
        board.take(job.index)
        board.daily_max = None
        unlimited = replace(job, max_per_day=None, preferred=None, old=())
        spans, _ = propose(board, unlimited)
        board.daily_max = self.problem.daily_max
        board.put(job.index, kept)
        if job.is_complete(spans) and spans and spans[-1][1] <= limit:
            return True
        limited = Board(self.ground)
        limited.is_complete = [True] * len(board.jobs)
        spans, _ = propose(limited, replace(job, before=(), end=min(job.end, limit)))
        return not job.is_complete(spans)

    def _taken(self, job: Job, limit: int) -> Reason:
        """CAPACITY_TAKEN_BY: who holds the time that this job could have had, those who hold most first."""
        low = self._low(job)
        holders = self._holders(job, low, limit, job.weight) or self._holders(job, low, limit, 0)
        named = nsmallest(MOST_NAMED, holders, key=lambda owner: (-holders[owner], owner))
        return _reason(
            "CAPACITY_TAKEN_BY",
            tasks=tuple(named),
            more=len(holders) - len(named),
            minutes=sum(holders.values()),
            needs_minutes=job.rest,
            limit=limit,
        )

    def _holders(self, job: Job, low: int, limit: int, weight: int) -> dict[str, int]:
        """Minutes that others of at least this weight hold between `low` and `limit`, by id."""
        if weight not in self._blocks:
            ranked = (other for other in self.board.jobs if other.weight >= weight)
            self._blocks[weight] = sorted(
                (start, end, other.id) for other in ranked for start, end in self.board.spans[other.index]
            )
        blocks = self._blocks[weight]
        first = max(0, bisect_left(blocks, (low,)) - 1)
        held: dict[str, int] = {}
        for start, end, owner in islice(blocks, first, bisect_left(blocks, (limit,))):
            if end > low:
                held[owner] = held.get(owner, 0) + (min(end, limit) - max(start, low))
        held.pop(job.id, None)
        return held


def _reason(code: str, **facts: Any) -> Reason:
    return Reason(code, facts)
