"""Which jobs one move of the search takes off the board, and how they are put back."""

from bisect import bisect_right
from dataclasses import dataclass
from random import Random

from scheduling.domain.planner.board import Board
from scheduling.domain.planner.jobs import Job

AROUND, CHAIN, STRETCH = 0.25, 0.25, 0.3
MOST_BINS = 12
MOST_LINKS = 4
MOST_ANY = 8
MOST_IN_A_ROW = 6
# Making room: how often while something is left out; how many bins it clears at most; how often for a job that also
# fits elsewhere, among the bins before its due, and with the bins that follow.
ROOM, MOST_CLEARED = 0.25, 6
ALTHOUGH_IT_FITS, IN_TIME, AND_WHAT_FOLLOWS = 0.2, 0.3, 0.3


@dataclass(frozen=True, slots=True)
class Move:
    """`first` are put back first, in this order, then `others`."""

    first: list[int]
    others: list[int]
    makes_room: bool = False


class Neighbourhood:
    """Draws moves for one search. `movable` are the jobs that it may touch."""

    def __init__(self, board: Board, rng: Random, movable: list[int]) -> None:
        self.board, self.rng, self.movable = board, rng, movable
        self.may_move = set(movable)
        self.ideal = [_ideal_cost(job) for job in board.jobs]

    def draw(self) -> Move:
        draw = self.rng.random()
        if draw > 1 - ROOM:
            left_out = [index for index in self.movable if not self.board.spans[index]]
            if left_out:
                return self._room(self.rng.choice(left_out))
        if draw < AROUND:
            return self._around(self._sufferer())
        if draw < AROUND + CHAIN:
            return self._chain(self._sufferer())
        if draw < AROUND + CHAIN + STRETCH:
            at = self.rng.randrange(len(self.board.starts)) if self.board.starts else 0
            return Move(
                [], sorted(self._jobs_in(range(at, at + 1 + self._some_bins())) | {self.rng.choice(self.movable)})
            )
        return Move([], self.rng.sample(self.movable, min(len(self.movable), self.rng.randint(2, MOST_ANY))))

    def _some_bins(self) -> int:
        """Mostly few, sometimes many."""
        return 1 + int(self.rng.random() ** 3 * MOST_BINS)

    def _sufferer(self) -> int:
        """The job with the most to gain among a handful."""
        rng, costs, ideal = self.rng, self.board.costs, self.ideal
        handful = [rng.choice(self.movable) for _ in range(rng.choice((3, 5, 8)))]
        return max(handful, key=lambda index: (costs[index] - ideal[index], -index))

    def _jobs_in(self, bins: range | set[int]) -> set[int]:
        count = len(self.board.blocks)
        return {block[3] for at in bins if 0 <= at < count for block in self._run(at)} & self.may_move

    def _run(self, at: int) -> list[tuple[int, int, int, int]]:
        """The blocks of a bin; of a long one, such as a day without meetings, some in a row."""
        blocks = self.board.blocks[at]
        if len(blocks) <= MOST_IN_A_ROW:
            return blocks
        first = self.rng.randrange(len(blocks) - MOST_IN_A_ROW + 1)
        return blocks[first : first + MOST_IN_A_ROW]

    def _reach(self, job: Job) -> tuple[int, int]:
        """The bins [low, high) that would be better for `job` than where it is."""
        board = self.board
        low = min(bisect_right(board.ends, job.start), max(0, len(board.starts) - 1))
        spans = board.spans[job.index]
        high = bisect_right(
            board.starts, min(job.end, spans[0][0] if spans else job.end, max(job.late_from, job.start))
        )
        return low, max(high, low + 1)

    def _around(self, anchor: int) -> Move:
        """A sufferer and what stands where it would rather be: some bins in a row, or here and there."""
        low, high = self._reach(self.board.jobs[anchor])
        number, at = self._some_bins(), self.rng.randrange(low, high)
        if self.rng.random() < 0.5:
            chosen = self._jobs_in(range(at - number + 1, at + 1))
        else:
            chosen = self._jobs_in({at, *(self.rng.randrange(low, high) for _ in range(number - 1))})
        return Move([anchor], sorted(chosen - {anchor}))

    def _chain(self, anchor: int) -> Move:
        """A sufferer, a bin long enough for it, the weightiest job there, a bin long enough for that one, ..."""
        board, rng = self.board, self.rng
        first: list[int] = []
        others: set[int] = set()
        for _ in range(rng.randint(1, MOST_LINKS)):
            job = board.jobs[anchor]
            spans = board.spans[anchor]
            latest = spans[0][0] if spans and not first else job.end
            fits = self._bins_for(job, min(job.end, latest))
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
        return Move(first, sorted(others.difference(first)))

    def _room(self, anchor: int) -> Move:
        """A job that is left out, a bin long enough for it, cleared, bins for what has no other place then, ..."""
        board, rng = self.board, self.rng
        homeless, cleared, others = [anchor], set[int](), set[int]()
        while homeless and len(cleared) < MOST_CLEARED:
            job = board.jobs[homeless.pop()]
            fits = [at for at in self._bins_for(job, job.end) if at not in cleared]
            if not fits:
                continue
            if rng.random() < IN_TIME:
                high = bisect_right(board.starts, max(job.late_from, job.start))
                fits = [at for at in fits if at < high] or fits
            at = min(rng.choices(fits, k=rng.randint(1, 3)), key=self._worth)
            cleared.add(at)
            there = self._jobs_in({at}) - others - {anchor}
            others |= there
            if rng.random() < AND_WHAT_FOLLOWS:
                others |= self._jobs_in(range(at + 1, at + 1 + self._some_bins())) - {anchor}
            homeless += [
                index for index in sorted(there) if not self._has_room(index) or rng.random() < ALTHOUGH_IT_FITS
            ]
        return Move([anchor], sorted(others), makes_room=True)

    def _bins_for(self, job: Job, latest: int) -> list[int]:
        """The bins between the job's earliest start and `latest` that could hold it, were they empty."""
        board, needs = self.board, shortest(job)
        reach = range(bisect_right(board.ends, job.start), bisect_right(board.starts, latest))
        return [at for at in reach if board.ends[at] - board.starts[at] >= needs]

    def _has_room(self, index: int) -> bool:
        """Whether the job fits into what is free now."""
        board, job = self.board, self.board.jobs[index]
        needs = shortest(job)
        reach = range(bisect_right(board.ends, job.start), bisect_right(board.starts, job.end))
        return any(board.room[at] >= needs for at in reach)

    def _worth(self, at: int) -> int:
        """What it would cost to leave out all that stands in a bin."""
        return sum(self.board.jobs[block[3]].left_out for block in self.board.blocks[at])

    def _weight(self, index: int, by_minutes: bool) -> int:
        job = self.board.jobs[index]
        return job.weight * (job.rest if by_minutes else 1)


def crowd(board: Board) -> float:
    """How many blocks stand in a bin that has any, on average, as far as one move takes them; at least 1."""
    numbers = [min(MOST_IN_A_ROW, len(blocks)) for blocks in board.blocks if blocks]
    return sum(numbers) / len(numbers) if numbers else 1.0


def shortest(job: Job) -> int:
    """The minutes that the job needs in one piece."""
    return job.min_block if job.splittable else job.rest


def _ideal_cost(job: Job) -> int:
    """What a job costs at the very least: all of it done as early as it may start."""
    end = job.start + job.rest
    return job.weight * ((end - job.now) // 60 + max(0, end - job.late_from)) * max(1, job.count)
