"""Where a job fits: the cheapest legal blocks for it on the board as it is."""

from collections.abc import Iterator
from itertools import pairwise

from scheduling.domain.planner.board import Board, Spans
from scheduling.domain.planner.cost import job_cost
from scheduling.domain.planner.first_fit import best_fit, first_fit, first_fit_inside, is_legal_block
from scheduling.domain.planner.jobs import Job
from scheduling.domain.planner.occurrences import habit_options
from scheduling.domain.planner.split import day_room, fillings


def earliest(board: Board, job: Job) -> int | None:
    """The first instant at which new blocks of `job` may start; None while a predecessor is not wholly placed."""
    low = max(job.start, board.ground.first_start)
    for other in job.before:
        if not (board.is_complete[other] and is_whole(board, other)):
            return None
        low = max(low, board.end_of(other))
    return low if not job.before else board.up(low)


def is_whole(board: Board, index: int) -> bool:
    """Whether a task has all its minutes."""
    job = board.jobs[index]
    placed = sum(end - start for start, end in board.spans[index])
    return job.fixed_minutes + placed >= job.minutes


def propose(board: Board, job: Job) -> tuple[Spans, int | None]:
    """The cheapest of the simple placements of `job`, and its cost if it was counted; blocks that it has on the board
    stay. () if none is legal."""
    kept = board.spans[job.index]
    if not (job.is_open and job.wants):
        return kept, None
    low = earliest(board, job)
    if low is None:
        return (), None
    if job.habit is not None:
        options = habit_options(board, job, kept)
    elif job.splittable:
        options = split_options(board, job, low, kept)
    else:
        options = whole_options(board, job, low)
    best, best_cost = kept, None
    for spans in options:
        cost = job_cost(job, spans)
        if best_cost is None or (cost, spans) < (best_cost, best):
            best, best_cost = spans, cost
    return best, best_cost


def whole_options(board: Board, job: Job, low: int) -> Iterator[Spans]:
    """First fit, first fit inside the preferred part of the day, and the old place.

    On a board that packs tightly: best fit before the due time, if there is one, instead.
    """
    if board.is_tight:
        best = best_fit(board, job.rest, low, min(job.end, job.late_from))
        if best is not None:
            yield ((best, best + job.rest),)
            return
    first = first_fit(board, job.rest, low, job.end)
    if first is None:
        return
    yield ((first, first + job.rest),)
    if job.preferred is not None:
        inside = first_fit_inside(board, job.rest, low, job.end, job.preferred)
        if inside is not None:
            yield ((inside, inside + job.rest),)
    if job.old and old_place_is_free(board, job, low):
        yield job.old


def split_options(board: Board, job: Job, low: int, kept: Spans) -> Iterator[Spans]:
    """Filling up from the front in several ways, and the old places; `kept` blocks stay."""
    yield from fillings(board, job, low, kept)
    if job.old and not kept and old_place_is_free(board, job, low):
        yield job.old


def old_place_is_free(board: Board, job: Job, low: int) -> bool:
    """Whether the old blocks of `job`, all of them, are legal and free now."""
    spans = job.old
    if sum(end - start for start, end in spans) != job.rest or (not job.splittable and len(spans) != 1):
        return False
    used: dict[int, int] = {}
    for start, end in spans:
        if not (is_legal_block(board, job, low, start, end) and board.is_free(start, end)):
            return False
        for day, minutes in board.ground.calendar.shares(start, end):
            used[day] = used.get(day, 0) + minutes
    if any(later[0] < sooner[1] + board.buffer for sooner, later in pairwise(spans)):
        return False
    return all(minutes <= day_room(board, job, day) for day, minutes in used.items())
