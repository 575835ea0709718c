"""Which jobs one move of the search takes off the board: (those put back first, in this order; the others)."""

from bisect import bisect_right
from random import Random

from scheduling.domain.planner.board import Board
from scheduling.domain.planner.jobs import Job

AROUND, CHAIN, STRETCH = 0.25, 0.25, 0.3
MOST_BINS = 12
MOST_LINKS = 4
MOST_ANY = 8


class Neighbourhood:
    """Draws moves for one search. `movable` are the jobs that it may touch."""

    def __init__(self, board: Board, rng: Random, movable: list[int]) -> None:
        self.board, self.rng, self.movable = board, rng, movable
        self.may_move = set(movable)
        self.ideal = [_ideal_cost(job) for job in board.jobs]

    def draw(self) -> tuple[list[int], list[int]]:
        draw = self.rng.random()
        if draw < AROUND:
            return self._around(self._sufferer())
        if draw < AROUND + CHAIN:
            return self._chain(self._sufferer())
        if draw < AROUND + CHAIN + STRETCH:
            at = self.rng.randrange(len(self.board.starts)) if self.board.starts else 0
            return [], sorted(self._jobs_in(range(at, at + 1 + self._some_bins())) | {self.rng.choice(self.movable)})
        return [], self.rng.sample(self.movable, min(len(self.movable), self.rng.randint(2, MOST_ANY)))

    def _some_bins(self) -> int:
        """Mostly few, sometimes many."""
        return 1 + int(self.rng.random() ** 3 * MOST_BINS)

    def _sufferer(self) -> int:
        """The job with the most to gain among a handful."""
        rng, costs, ideal = self.rng, self.board.costs, self.ideal
        handful = [rng.choice(self.movable) for _ in range(rng.choice((3, 5, 8)))]
        return max(handful, key=lambda index: (costs[index] - ideal[index], -index))

    def _jobs_in(self, bins: range | set[int]) -> set[int]:
        blocks, count = self.board.blocks, len(self.board.blocks)
        return {block[3] for at in bins if 0 <= at < count for block in blocks[at]} & self.may_move

    def _reach(self, job: Job) -> tuple[int, int]:
        """The bins [low, high) that would be better for `job` than where it is."""
        board = self.board
        low = min(bisect_right(board.ends, job.start), max(0, len(board.starts) - 1))
        spans = board.spans[job.index]
        high = bisect_right(
            board.starts, min(job.end, spans[0][0] if spans else job.end, max(job.late_from, job.start))
        )
        return low, max(high, low + 1)

    def _around(self, anchor: int) -> tuple[list[int], list[int]]:
        """A sufferer and what stands where it would rather be: some bins in a row, or here and there."""
        low, high = self._reach(self.board.jobs[anchor])
        number, at = self._some_bins(), self.rng.randrange(low, high)
        if self.rng.random() < 0.5:
            chosen = self._jobs_in(range(at - number + 1, at + 1))
        else:
            chosen = self._jobs_in({at, *(self.rng.randrange(low, high) for _ in range(number - 1))})
        return [anchor], sorted(chosen - {anchor})

    def _chain(self, anchor: int) -> tuple[list[int], list[int]]:
        """A sufferer, a bin long enough for it, the weightiest job there, a bin long enough for that one, ..."""
        board, rng = self.board, self.rng
        first: list[int] = []
        others: set[int] = set()
        for _ in range(rng.randint(1, MOST_LINKS)):
            job = board.jobs[anchor]
            spans = board.spans[anchor]
            latest = spans[0][0] if spans and not first else job.end
            needs = job.min_block if job.splittable else job.rest
            fits = [
                at
                for at in range(bisect_right(board.ends, job.start), bisect_right(board.starts, min(job.end, latest)))
                if board.ends[at] - board.starts[at] >= needs
            ]
            first.append(anchor)
            if not fits:
                break
            at = fits[int(len(fits) * rng.random() ** 1.5)]
            there = self._jobs_in(range(at, at + rng.randint(1, 2))).difference(first)
            others |= there
            if not there:
                break
            by_minutes = rng.random() < 0.5
            anchor = max(there, key=lambda index: (self._weight(index, by_minutes), index))
        return first, sorted(others.difference(first))

    def _weight(self, index: int, by_minutes: bool) -> int:
        job = self.board.jobs[index]
        return job.weight * (job.rest if by_minutes else 1)


def _ideal_cost(job: Job) -> int:
    """What a job costs at the very least: all of it done as early as it may start."""
    end = job.start + job.rest
    return job.weight * ((end - job.now) // 60 + max(0, end - job.late_from)) * max(1, job.count)
