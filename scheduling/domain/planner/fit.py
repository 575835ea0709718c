"""Where a job fits: the cheapest legal blocks for it on the board as it is."""

from collections.abc import Iterator
from itertools import pairwise

from scheduling.domain.planner.board import Board, Spans
from scheduling.domain.planner.cost import job_cost
from scheduling.domain.planner.jobs import FOREVER, Job
from scheduling.domain.planner.problem import Span
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


def is_legal_block(board: Board, job: Job, low: int, start: int, end: int) -> bool:
    """Whether [start, end) is an allowed block of `job` by size, grid, earliest start and hard due."""
    minutes = end - start
    if start < low or end > job.end or board.up(start) != start:
        return False
    if job.splittable:
        return job.min_block <= minutes <= job.max_block
    return minutes == job.rest


def habit_options(board: Board, job: Job, kept: Spans = ()) -> Iterator[Spans]:
    """The week's occurrences on the first days that allow them: anywhere, in the preferred part, and the old ones."""
    yield occurrences(board, job, kept)
    if job.preferred is not None:
        yield occurrences(board, job, kept, inside=True)
    if job.old and not kept:
        kept = legal_occurrences(board, job)
        if kept:
            yield occurrences(board, job, kept)


def legal_occurrences(board: Board, job: Job) -> Spans:
    """The old occurrences that may stay: right size, an allowed day each, free, days apart."""
    kept: list[Span] = []
    low = job.start
    for start, end in job.old:
        day = board.ground.calendar.day_index(start)
        if (
            len(kept) < job.count
            and day in job.days
            and is_legal_block(board, job, low, start, end)
            and board.is_free(start, end)
            and board.day_start_after(start, end) is None
            and _is_apart(board, job, day, kept)
        ):
            kept.append((start, end))
    return tuple(kept)


def occurrences(board: Board, job: Job, kept: Spans, *, inside: bool = False) -> Spans:
    """`kept` and as many further occurrences as the week asks for and allows, on the earliest days."""
    spans = list(kept)
    days = board.ground.calendar.days
    low = max(job.start, board.ground.first_start)
    for day in job.days:
        if len(spans) >= job.count:
            break
        if days[day].end <= low or not _is_apart(board, job, day, spans):
            continue
        start = _fit_on(board, job, max(low, days[day].start), days[day].end, inside=inside)
        if start is not None:
            spans.append((start, start + job.rest))
    return tuple(sorted(spans))


def _fit_on(board: Board, job: Job, low: int, day_end: int, *, inside: bool) -> int | None:
    """The first legal start on one day; with `inside` the preferred part of the day is tried first."""
    high = min(job.end, day_end + job.rest - 1)
    if inside and job.preferred is not None:
        near = tuple(part for part in job.preferred if part[0] < day_end and part[1] > low)
        start = first_fit_inside(board, job.rest, low, high, near)
        if start is not None:
            return start
    return first_fit(board, job.rest, low, high)


def _is_apart(board: Board, job: Job, day: int, spans: list[Span]) -> bool:
    """Whether an occurrence on `day` keeps its distance from the week's others and from the neighbouring weeks'."""
    day_index = board.ground.calendar.day_index
    near = [day_index(start) for start, _ in spans]
    for other in (job.index - 1, job.index + 1):
        if 0 <= other < len(board.jobs) and board.jobs[other].habit == job.habit:
            near += [day_index(start) for start, _ in board.spans[other]]
    return all(abs(day - taken) > job.min_days_between for taken in near)
