"""The ground a plan stands on: local days, the grid, and the bins of free time between what is fixed.

free time = working hours - busy events rounded outwards to the grid - buffers - fixed blocks and their buffers,
cut to [now, horizon_end). A bin is one uninterrupted stretch of it that starts on the grid.
"""

from bisect import bisect_right
from collections.abc import Iterable

from availability.domain.hours import merged
from scheduling.domain.planner.problem import Day, Problem, Span


class Calendar:
    """Days and grid of one problem. The grid hangs on each local day's first instant."""

    def __init__(self, problem: Problem) -> None:
        self.grid = problem.grid
        self.days: tuple[Day, ...] = problem.days
        self._starts = [day.start for day in self.days]
        offsets = {start % self.grid for start in self._starts}
        self._offset = offsets.pop() if len(offsets) == 1 else None

    def day_index(self, minute: int) -> int:
        """The position in `days` of the day that holds `minute`; the nearest one if none does."""
        return max(0, bisect_right(self._starts, minute) - 1)

    def up(self, minute: int) -> int:
        """The first point of the grid at or after `minute`."""
        if self._offset is not None:
            return minute + (self._offset - minute) % self.grid
        position = self.day_index(minute)
        point = minute + (self._starts[position] - minute) % self.grid
        if position + 1 < len(self._starts):
            return min(point, max(minute, self._starts[position + 1]))
        return point

    def down(self, minute: int) -> int:
        """The last point of the grid at or before `minute`."""
        if self._offset is not None:
            return minute - (minute - self._offset) % self.grid
        return minute - (minute - self._starts[self.day_index(minute)]) % self.grid

    def shares(self, start: int, end: int) -> list[Span]:
        """(day index, minutes) for each local day that [start, end) touches."""
        position = self.day_index(start)
        if end <= self.days[position].end:
            return [(position, end - start)]
        shares = []
        while position < len(self.days) and self.days[position].start < end:
            day = self.days[position]
            shares.append((position, min(end, day.end) - max(start, day.start)))
            position += 1
        return [share for share in shares if share[1] > 0]


def busy_spans(problem: Problem, calendar: Calendar) -> list[Span]:
    """Busy events near the horizon, rounded outwards to the grid, merged; without buffers."""
    low, high = problem.now - 1440 - problem.buffer, problem.horizon_end + 1440 + problem.buffer
    return merged(
        (calendar.down(start), calendar.up(end))
        for start, end in problem.busy
        if end > start and end > low and start < high
    )


def padded(spans: Iterable[Span], buffer: int) -> list[Span]:
    """`spans` with a buffer on both sides, merged."""
    return merged((start - buffer, end + buffer) for start, end in spans)


def bins(problem: Problem, calendar: Calendar, blocked: list[Span]) -> list[Span]:
    """Free time in order: working hours from now to the horizon's end without `blocked` (merged, buffers included)."""
    low, high = calendar.up(problem.now), problem.horizon_end
    free: list[Span] = []
    position, count = 0, len(blocked)
    for window_start, window_end in problem.windows:
        start, end = max(window_start, low), min(window_end, high)
        while position < count and blocked[position][1] <= start:
            position += 1
        ahead = position
        while start < end:
            gap_end = min(end, blocked[ahead][0]) if ahead < count else end
            begin = calendar.up(start)
            if begin < gap_end:
                free.append((begin, gap_end))
            if ahead >= count or blocked[ahead][0] >= end:
                break
            start = max(start, blocked[ahead][1])
            ahead += 1
    return free
