"""A habit's week: which days get an occurrence, and where on them."""

from collections.abc import Iterator, Sequence

from scheduling.domain.planner.board import Board, Spans
from scheduling.domain.planner.first_fit import first_fit, first_fit_inside, is_legal_block
from scheduling.domain.planner.jobs import Job
from scheduling.domain.planner.problem import Span


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
    days = board.ground.calendar.days
    for start, end in job.old:
        day = board.ground.calendar.day_index(start)
        if (
            len(kept) < job.count
            and day in job.days
            and end <= _latest_end(board, job, days[day].end)
            and is_legal_block(board, job, job.start, start, end)
            and board.is_free(start, end)
            and board.day_start_after(start, end) is None
            and _is_apart(board, job, day, kept)
            and _in_the_way(board, start, end, kept) is None
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
        start = _fit_on(board, job, (max(low, days[day].start), days[day].end), spans, inside=inside)
        if start is not None:
            spans.append((start, start + job.rest))
    return tuple(sorted(spans))


def _fit_on(board: Board, job: Job, day: Span, others: Sequence[Span], *, inside: bool) -> int | None:
    """The first legal start on one day; with `inside` the preferred part of the day is tried first.

    `others` are occurrences that are not on the board yet: one that begins late may reach into the next day.
    """
    low, high = board.up(day[0]), _latest_end(board, job, day[1])
    near = tuple(part for part in job.preferred or () if part[0] < day[1] and part[1] > low)
    while True:
        start = first_fit_inside(board, job.rest, low, high, near) if inside and near else None
        if start is None:
            start = first_fit(board, job.rest, low, high)
        if start is None:
            return None
        other = _in_the_way(board, start, start + job.rest, others)
        if other is None:
            return start
        low = board.up(max(low + 1, other[1] + board.buffer))


def _latest_end(board: Board, job: Job, day_end: int) -> int:
    """An occurrence begins on its day; with a daily maximum it also ends there, so that days can be counted apart."""
    return min(job.end, day_end + job.rest - 1 if board.daily_max is None else day_end)


def _in_the_way(board: Board, start: int, end: int, others: Sequence[Span]) -> Span | None:
    """An occurrence that [start, end) would come too close to."""
    for other in others:
        if start < other[1] + board.buffer and other[0] < end + board.buffer:
            return other
    return None


def _is_apart(board: Board, job: Job, day: int, spans: Sequence[Span]) -> bool:
    """Whether an occurrence on `day` keeps its distance from the week's others and from the neighbouring weeks'."""
    day_index = board.ground.calendar.day_index
    near = [day_index(start) for start, _ in spans]
    for other in (job.index - 1, job.index + 1):
        if 0 <= other < len(board.jobs) and board.jobs[other].habit == job.habit:
            near += [day_index(start) for start, _ in board.spans[other]]
    return all(abs(day - taken) > job.min_days_between for taken in near)
