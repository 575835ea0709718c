"""Large-neighbourhood search: take some jobs off the board, put them back otherwise, keep what is cheaper.

What is taken off decides how far it gets. Four ways, drawn at random: a neighbourhood in time around a job that
costs more than it would alone; a chain (a job, a bin that could take it, the weightiest job there, a bin that could
take that one, ...); room for a job that is left out (bins that could take it are cleared, and bins for what stood
there); a stretch of days, or any few jobs. A slowly falling temperature lets it climb out of dead ends; while something
is left out, which costs thousands, it is higher. All chance comes from the problem's seed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp
from random import Random

from scheduling.domain.planner.board import Board
from scheduling.domain.planner.displace import is_locked
from scheduling.domain.planner.greedy import insert, insert_best, lift_all, missing, orders, restore
from scheduling.domain.planner.neighbourhood import Move, Neighbourhood, crowd
from scheduling.domain.planner.problem import Cancelled

GUARD_SECONDS = 60.0
HOT, HOT_WITH_JOBS_LEFT_OUT, COLD = 300.0, 3_000.0, 3.0
SHUFFLED, TIGHT = 0.3, 0.1
LARGE_FIRST, TIGHT_IN_A_ROOM = 0.7, 0.5
LOOK_EVERY = 64


@dataclass(frozen=True, slots=True)
class Watch:
    """How a long plan is watched from outside: progress in 0..1, cancelling, and a monotonic clock for the guard."""

    on_progress: Callable[[float], None] | None = None
    is_cancelled: Callable[[], bool] | None = None
    tick: Callable[[], float] | None = None
    guard_seconds: float = GUARD_SECONDS


def default_iterations(jobs: int, crowd: float = 1.0) -> int:
    """About one to three seconds of work for 50 jobs and more; an iteration takes longer where bins are crowded."""
    return int(min(400 * jobs, 12_000, 2_400_000 // max(1, jobs)) / max(1.0, crowd / 2))


def search(board: Board, watch: Watch, begun: float, share: float = 1.0) -> tuple[int, bool]:
    """Improve the board; (iterations done, whether the guard stopped it). The board ends on the best plan seen,
    which is the one it began with unless another is cheaper."""
    problem = board.ground.problem
    movable = [job.index for job in board.jobs if job.is_open and job.wants and not is_locked(board, job)]
    if not movable:
        return 0, False
    usual = ceil(share * default_iterations(len(movable), crowd(board)))
    iterations = usual if problem.iterations is None else problem.iterations
    hot = HOT
    if missing(board):
        pack(board, movable)
        hot = HOT_WITH_JOBS_LEFT_OUT
    rng = Random(problem.seed)
    step = _Step(board, rng, movable)
    best, best_spans = board.total, list(board.spans)
    done = 0
    while done < iterations:
        if done % LOOK_EVERY == 0 and _look(watch, begun, done / iterations):
            break
        step.try_once(hot * (COLD / hot) ** (done / iterations))
        if board.total < best:
            best, best_spans = board.total, list(board.spans)
        done += 1
    restore(board, best_spans)
    return done, done < iterations


class _Step:
    """One move of the search: taken back unless it is cheaper or the temperature allows it."""

    def __init__(self, board: Board, rng: Random, movable: list[int]) -> None:
        self.board, self.rng = board, rng
        self.neighbourhood = Neighbourhood(board, rng, movable)
        self.ranks: list[list[int]] = []
        for key in orders(board.jobs):
            order = sorted(board.jobs, key=lambda job: (*key(job), job.index))
            rank = [0] * len(order)
            for place, job in enumerate(order):
                rank[job.index] = place
            self.ranks.append(rank)

    def try_once(self, heat: float) -> None:
        board, rng = self.board, self.rng
        before = board.total
        move = self.neighbourhood.draw()
        order = [*move.first, *self._ordered(move)]
        board.begin()
        for index in order:
            board.take(index)
        board.is_tight = rng.random() < (TIGHT_IN_A_ROOM if move.makes_room else TIGHT)
        insert(board, order)
        board.is_tight = False
        loss = board.total - before
        if loss > 0 and rng.random() >= exp(-loss / heat):
            board.undo()

    def _ordered(self, move: Move) -> list[int]:
        """In which order the others are put back."""
        rng, jobs, others = self.rng, self.board.jobs, move.others
        if move.makes_room and rng.random() < LARGE_FIRST:
            by_length = rng.random() < 0.5
            return sorted(others, key=lambda at: (-jobs[at].rest if by_length else -jobs[at].left_out, at))
        if rng.random() < SHUFFLED:
            return rng.sample(others, len(others))
        return sorted(others, key=rng.choice(self.ranks).__getitem__)


def pack(board: Board, movable: list[int]) -> None:
    """Begin anew where it is cheaper to pack tightly, in one order or another: long jobs find room then."""
    cost, spans = board.total, list(board.spans)
    lift_all(board, movable)
    board.is_tight = True
    insert_best(board, missing(board), orders(board.jobs))
    board.is_tight = False
    if board.total >= cost:
        restore(board, spans)


def _look(watch: Watch, begun: float, fraction: float) -> bool:
    """Tell the progress, obey a cancel, and say whether the time is up."""
    if watch.on_progress:
        watch.on_progress(fraction)
    if watch.is_cancelled and watch.is_cancelled():
        raise Cancelled
    return watch.tick is not None and watch.tick() - begun > watch.guard_seconds
