"""Up to five unsplittable tasks: every plan that can be the cheapest is looked at.

In time order, the next block of the cheapest plan starts at its earliest legal start, or at its earliest legal one
inside the preferred part of the day, or at its old one: anything else could be moved to the left for nothing.
"""

from scheduling.domain.planner.board import Board, Spans
from scheduling.domain.planner.cost import job_cost
from scheduling.domain.planner.displace import is_locked
from scheduling.domain.planner.first_fit import first_fit, first_fit_inside
from scheduling.domain.planner.fit import is_whole
from scheduling.domain.planner.jobs import Job

MOST = 5


def is_small(board: Board) -> bool:
    """Whether the problem is small enough, and all of it may move."""
    jobs = [job for job in board.jobs if job.is_open and job.wants]
    return len(jobs) <= MOST and not any(
        job.splittable or job.habit is not None or is_locked(board, job) for job in jobs
    )


def enumerate_all(board: Board) -> None:
    """Leave the cheapest plan on the board; the present one if nothing is cheaper."""
    jobs = [job for job in board.jobs if job.is_open and job.wants]
    best = {job.index: board.spans[job.index] for job in jobs}
    bound = board.total
    for job in jobs:
        board.take(job.index)
    least = {job.index: _least_cost(board, job) for job in jobs}
    fixed = board.total - sum(board.costs[job.index] for job in jobs)

    def descend(free_from: int, left: list[Job], spent: int) -> None:
        """Place one of `left` after everything placed so far, or leave them all out."""
        nonlocal best, bound
        all_out = spent + sum(job_cost(job, ()) for job in left)
        if all_out < bound:
            bound, best = all_out, {job.index: board.spans[job.index] for job in jobs}
        for job in left:
            rest = [other for other in left if other is not job]
            future = sum(least[other.index] for other in rest)
            for start in _starts(board, job, free_from):
                spans: Spans = ((start, start + job.rest),)
                cost = spent + job_cost(job, spans)
                if cost + future >= bound:
                    continue
                board.put(job.index, spans)
                descend(board.up(start + job.rest + board.buffer), rest, cost)
                board.take(job.index)

    descend(board.ground.first_start, jobs, fixed)
    for index, spans in best.items():
        board.put(index, spans)


def _least_cost(board: Board, job: Job) -> int:
    """The cost of `job` on the empty board, its predecessors aside: no plan gives it for less."""
    spans = [((start, start + job.rest),) for start in _starts(board, job, board.ground.first_start, alone=True)]
    return min([job_cost(job, ()), *(job_cost(job, option) for option in spans)])


def _starts(board: Board, job: Job, free_from: int, *, alone: bool = False) -> list[int]:
    """The starts worth trying for `job` at or after `free_from`."""
    low = max(free_from, job.start)
    if not alone:
        for other in job.before:
            if not is_whole(board, other):
                return []
            low = max(low, board.end_of(other))
        low = board.up(low)
    found = {first_fit(board, job.rest, low, job.end)}
    if job.preferred is not None:
        found.add(first_fit_inside(board, job.rest, low, job.end, job.preferred))
    for start, end in job.old:
        if end - start == job.rest and start >= low and first_fit(board, job.rest, start, end) == start:
            found.add(start)
    return sorted(start for start in found if start is not None)
