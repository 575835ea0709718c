"""Large-neighbourhood search: take some jobs off the board, put them back otherwise, keep what is cheaper.

What is taken off decides how far it gets. Three ways, drawn at random: a neighbourhood in time around a job that
costs more than it would alone; a chain (a job, a bin that could take it, the weightiest job there, a bin that could
take that one, ...), which finds room for long jobs; a stretch of days, or any few jobs. A slowly falling temperature
lets it climb out of dead ends. All chance comes from the problem's seed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp
from random import Random

from scheduling.domain.planner.board import Board
from scheduling.domain.planner.displace import is_locked
from scheduling.domain.planner.greedy import insert, orders, restore
from scheduling.domain.planner.neighbourhood import Neighbourhood
from scheduling.domain.planner.problem import Cancelled

GUARD_SECONDS = 60.0
HOT, COLD = 300.0, 3.0
SHUFFLED, TIGHT = 0.3, 0.1
LOOK_EVERY = 64


@dataclass(frozen=True, slots=True)
class Watch:
    """How a long plan is watched from outside: progress in 0..1, cancelling, and a monotonic clock for the guard."""

    on_progress: Callable[[float], None] | None = None
    is_cancelled: Callable[[], bool] | None = None
    tick: Callable[[], float] | None = None
    guard_seconds: float = GUARD_SECONDS


def default_iterations(jobs: int) -> int:
    """About one to three seconds of work for 50 jobs and more."""
    return min(200 * jobs, 12_000, 2_400_000 // max(1, jobs))


def search(board: Board, watch: Watch, begun: float) -> tuple[int, bool]:
    """Improve the board; (iterations done, whether the guard stopped it). The board ends on the best plan seen,
    which is the one it began with unless another is cheaper."""
    problem = board.ground.problem
    movable = [job.index for job in board.jobs if job.is_open and job.wants and not is_locked(board, job)]
    iterations = default_iterations(len(movable)) if problem.iterations is None else problem.iterations
    if not movable:
        return 0, False
    rng = Random(problem.seed)
    step = _Step(board, rng, movable)
    best, best_spans = board.total, list(board.spans)
    done = 0
    while done < iterations:
        if done % LOOK_EVERY == 0 and _look(watch, begun, done / iterations):
            break
        step.try_once(HOT * (COLD / HOT) ** (done / iterations))
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
        first, others = self.neighbourhood.draw()
        if rng.random() < SHUFFLED:
            rng.shuffle(others)
        else:
            others.sort(key=rng.choice(self.ranks).__getitem__)
        board.begin()
        for index in first:
            board.take(index)
        for index in others:
            board.take(index)
        board.is_tight = rng.random() < TIGHT
        insert(board, [*first, *others])
        board.is_tight = False
        loss = board.total - before
        if loss > 0 and rng.random() >= exp(-loss / heat):
            board.undo()


def _look(watch: Watch, begun: float, fraction: float) -> bool:
    """Tell the progress, obey a cancel, and say whether the time is up."""
    if watch.on_progress:
        watch.on_progress(fraction)
    if watch.is_cancelled and watch.is_cancelled():
        raise Cancelled
    return watch.tick is not None and watch.tick() - begun > watch.guard_seconds
