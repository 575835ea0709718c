"""Splitting: a task in several blocks, none too small or too large, and no rest that no block fits."""

from collections.abc import Iterator

from scheduling.domain.planner.board import Board, Spans
from scheduling.domain.planner.jobs import Job
from scheduling.domain.planner.problem import can_be_split

NO_LIMIT = 1 << 30


def fillings(board: Board, job: Job, low: int, kept: Spans = ()) -> Iterator[Spans]:
    """Fillings from `low` on with smallest blocks of several sizes, anywhere and in the preferred part of the day.

    `kept` are blocks of the job that are on the board and stay.
    """
    rest = job.rest - sum(end - start for start, end in kept)
    whole = min(job.max_block, rest)
    for unit in sorted({whole, (whole + job.min_block) // 2, job.min_block}, reverse=True):
        if unit >= job.min_block:
            yield Filling(board, job, unit, rest).fill(low, kept)
            if job.preferred is not None:
                yield Filling(board, job, unit, rest).fill(low, kept, inside=True)


def day_room(board: Board, job: Job, day: int) -> int:
    """Minutes that both daily limits leave on a day for further blocks of `job`."""
    room = NO_LIMIT if board.daily_max is None else board.daily_max - board.day_used[day]
    if job.max_per_day is not None:
        own = (share for span in job.fixed + board.spans[job.index] for share in board.ground.calendar.shares(*span))
        room = min(room, job.max_per_day - sum(minutes for where, minutes in own if where == day))
    return room


class Filling:
    """One way through the gaps, from the front, with blocks of at least `unit` minutes (or the rest)."""

    def __init__(self, board: Board, job: Job, unit: int, rest: int) -> None:
        self.board, self.job, self.unit, self.rest = board, job, unit, rest
        self.calendar = board.ground.calendar
        self.is_limited = board.daily_max is not None or job.max_per_day is not None
        self.used: dict[int, int] = {}

    def fill(self, low: int, kept: Spans = (), *, inside: bool = False) -> Spans:
        """`kept` and the new blocks, in time order; minutes may be over when the time is over."""
        board, job = self.board, self.job
        spans = list(kept)
        stretches = job.preferred if inside and job.preferred is not None else ((low, job.end),)
        for part_start, part_end in stretches:
            begin, stop = max(low, board.up(part_start)), min(job.end, part_end)
            last_start = min(stop, board.ground.last_start)
            for start, gap_end in board.gaps(begin, job.min_block, last_start) if begin < stop else ():
                end = min(gap_end, stop)
                while self.rest and start < min(end, last_start):
                    size, later = self._next(start, end)
                    if size:
                        spans.append((start, start + size))
                    start = later  # noqa: PLW2901
                if not self.rest:
                    return tuple(sorted(spans))
        return tuple(sorted(spans))

    def _next(self, start: int, end: int) -> tuple[int, int]:
        """(size of the block that starts at `start`, or 0, and where to try next)."""
        job, skip = self.job, end
        most = min(end - start, job.max_block, self.rest)
        day = 0
        if self.is_limited:
            day = self.calendar.day_index(start)
            day_end = self.calendar.days[day].end
            most = min(most, day_end - start, day_room(self.board, job, day) - self.used.get(day, 0))
            skip = max(self.board.up(day_end), start + 1)
        size = block_size(most, self.rest, job.min_block, job.max_block, self.calendar.grid)
        if size == 0 or size < min(self.unit, self.rest):
            return 0, skip
        self.rest -= size
        self.used[day] = self.used.get(day, 0) + size
        return size, self.board.up(start + size + self.board.buffer)


def block_size(most: int, rest: int, smallest: int, largest: int, grid: int) -> int:
    """The largest block of at most `most` minutes after which `rest` is used up or can still be made from blocks.

    Multiples of the grid are preferred, because the next block starts on it. 0 if there is none.
    """
    if most >= rest and smallest <= rest <= largest:
        return rest
    for step in (grid, 1):
        size = most - most % step
        while size >= smallest:
            if can_be_split(rest - size, smallest, largest):
                return size
            size -= step
    return 0
