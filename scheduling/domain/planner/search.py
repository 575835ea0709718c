"""Large-neighbourhood search: take some jobs off the board, put them back otherwise, keep what is cheaper."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp
from random import Random

from scheduling.domain.planner.board import Board
from scheduling.domain.planner.displace import is_locked
from scheduling.domain.planner.greedy import insert, orders
from scheduling.domain.planner.problem import Cancelled

GUARD_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Watch:
    """How a long plan is watched from outside: progress in 0..1, cancelling, and a monotonic clock for the guard."""

    on_progress: Callable[[float], None] | None = None
    is_cancelled: Callable[[], bool] | None = None
    tick: Callable[[], float] | None = None
    guard_seconds: float = GUARD_SECONDS


def search(board: Board, watch: Watch, begun: float) -> tuple[int, bool]:
    """Improve the board; (iterations done, whether the guard stopped it). The board ends on the best plan seen."""
    problem = board.ground.problem
    movable = [job.index for job in board.jobs if job.is_open and job.wants and not is_locked(board, job)]
    iterations = problem.iterations if problem.iterations is not None else 1000
    rng = Random(problem.seed)
    keys = orders(board.jobs)
    best, best_spans = board.total, list(board.spans)
    for round_number in range(iterations if movable else 0):
        if round_number % 64 == 0 and _look(watch, begun, round_number / iterations):
            break
        heat = max(1.0, 200 * (1 - round_number / iterations))
        before = board.total
        board.begin()
        chosen = rng.sample(movable, min(len(movable), rng.randint(2, 8)))
        for index in chosen:
            board.put(index, ())
        key = rng.choice(keys)
        insert(board, sorted(chosen, key=lambda index: (*key(board.jobs[index]), index)))
        loss = board.total - before
        if loss > 0 and rng.random() >= exp(-loss / heat):
            board.undo()
        elif board.total < best:
            best, best_spans = board.total, list(board.spans)
    else:
        round_number = iterations
    changed = [index for index, spans in enumerate(best_spans) if board.spans[index] != spans]
    for index in changed:
        board.put(index, ())
    for index in changed:
        board.put(index, best_spans[index])
    return round_number, round_number < iterations


def _look(watch: Watch, begun: float, fraction: float) -> bool:
    """Tell the progress, obey a cancel, and say whether the time is up."""
    if watch.on_progress:
        watch.on_progress(fraction)
    if watch.is_cancelled and watch.is_cancelled():
        raise Cancelled
    return watch.tick is not None and watch.tick() - begun > watch.guard_seconds
