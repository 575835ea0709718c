"""Making room for a job that an edit has touched, by moving a few others: the repair behind "the price of a yes".

Only jobs that lost an old block, or that the caller names as changed, may displace; a legal plan stays as it is.
"""

from scheduling.domain.planner.board import Board
from scheduling.domain.planner.fit import earliest
from scheduling.domain.planner.greedy import insert
from scheduling.domain.planner.jobs import Job

MAX_TOUCHED = 8
MAX_TRIES = 16


def displace(board: Board) -> None:
    """Let each touched job that is late or left out take the place of others where that makes the plan cheaper."""
    changed = board.ground.problem.changed
    touched = [
        job
        for job in board.jobs
        if job.habit is None
        and job.is_open
        and job.wants
        and (job.id in changed or not set(job.old) <= set(board.spans[job.index]))
        and (not board.is_complete[job.index] or board.end_of(job.index) > job.late_from)
    ]
    for job in sorted(touched, key=lambda job: (-job.weight, job.index))[:MAX_TOUCHED]:
        _make_room(board, job)


def _make_room(board: Board, job: Job) -> None:
    best, best_place = board.total, None
    for start, in_the_way in _places(board, job):
        board.begin()
        _take(board, job, start, in_the_way)
        if board.total < best:
            best, best_place = board.total, (start, in_the_way)
        board.undo()
    if best_place:
        _take(board, job, *best_place)


def _take(board: Board, job: Job, start: int, in_the_way: list[int]) -> None:
    """Put `job` at `start`, and whatever stood there wherever it fits now."""
    for index in in_the_way:
        board.take(index)
    board.take(job.index)
    if board.day_start_after(start, start + job.rest) is None:
        board.put(job.index, ((start, start + job.rest),))
        insert(board, in_the_way)
    else:
        insert(board, [*in_the_way, job.index])


def _places(board: Board, job: Job) -> list[tuple[int, list[int]]]:
    """Starts that would be on time, with the jobs that stand there; those in the way of the least weight first."""
    low = earliest(board, job)
    if low is None or (job.splittable and job.rest > job.max_block):
        return []
    places = []
    for position, bin_start in enumerate(board.starts):
        if bin_start >= min(job.late_from, board.ground.last_start):
            break
        for start in {max(bin_start, low), *(after for _, _, after, _ in board.blocks[position])}:
            end = start + job.rest
            if start < low or end > min(board.ends[position], job.end, job.late_from):
                continue
            others = sorted({index for index in board.in_the_way(start, end) if index != job.index})
            if start < board.ground.last_start and not any(is_locked(board, board.jobs[index]) for index in others):
                places.append((sum(board.jobs[index].weight for index in others), start, others))
    places.sort(key=lambda place: place[:2])
    return [(start, others) for _, start, others in places[:MAX_TRIES]]


def is_locked(board: Board, job: Job) -> bool:
    """Whether the search must leave a job alone: it has a block outside the range in which new work may start."""
    ground = board.ground
    return any(not ground.first_start <= start < ground.last_start for start, _ in board.spans[job.index])
