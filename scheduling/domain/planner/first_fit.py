"""Finding a legal start: the first, the first inside a part of the day, the tightest."""

from scheduling.domain.planner.board import Board
from scheduling.domain.planner.jobs import FOREVER, Job
from scheduling.domain.planner.problem import Span


def best_fit(board: Board, minutes: int, low: int, high: int) -> int | None:
    """The start of the shortest gap that takes `minutes` by `high`; the earliest of equals."""
    best, least = None, FOREVER
    for start, end in board.gaps(low, minutes, min(board.ground.last_start, high - minutes + 1)):
        if end - start < least and start + minutes <= high and board.day_start_after(start, start + minutes) is None:
            best, least = start, end - start
            if least == minutes:
                break
    return best


def first_fit(board: Board, minutes: int, low: int, high: int) -> int | None:
    """The first legal start at or after `low` with which `minutes` end by `high`."""
    last_start = min(board.ground.last_start, high - minutes + 1)
    for start, end in board.gaps(low, minutes, last_start):
        if board.daily_max is None:
            return start
        while start + minutes <= end and start < last_start:
            later = board.day_start_after(start, start + minutes)
            if later is None:
                return start
            start = later  # noqa: PLW2901
    return None


def first_fit_inside(board: Board, minutes: int, low: int, high: int, parts: tuple[Span, ...]) -> int | None:
    """`first_fit` with the block wholly inside one of `parts`."""
    for part_start, part_end in parts:
        if part_end - minutes < low:
            continue
        if part_start >= high:
            return None
        start = first_fit(board, minutes, max(low, board.up(part_start)), min(high, part_end))
        if start is not None:
            return start
    return None


def is_legal_block(board: Board, job: Job, low: int, start: int, end: int) -> bool:
    """Whether [start, end) is an allowed block of `job` by size, grid, earliest start and hard due."""
    minutes = end - start
    if start < low or end > job.end or board.up(start) != start:
        return False
    if job.splittable:
        return job.min_block <= minutes <= job.max_block
    return minutes == job.rest
