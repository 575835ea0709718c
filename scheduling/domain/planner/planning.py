"""From a problem to a plan: keep, insert, search, explain, compare."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from scheduling.domain.planner.board import Board, Ground
from scheduling.domain.planner.cost import job_parts, total
from scheduling.domain.planner.difference import difference
from scheduling.domain.planner.displace import displace, is_locked
from scheduling.domain.planner.greedy import insert_best, keep, lift_all, missing, orders, restore
from scheduling.domain.planner.jobs import Job
from scheduling.domain.planner.problem import Block, Outcome, Problem, Reason, Result, Status
from scheduling.domain.planner.reasons import Reasoner
from scheduling.domain.planner.search import GUARD_SECONDS, Watch, search
from scheduling.domain.planner.small import enumerate_all, is_small


def plan(
    problem: Problem,
    *,
    on_progress: Callable[[float], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
    tick: Callable[[], float] | None = None,
    guard_seconds: float = GUARD_SECONDS,
    share: float = 1.0,
) -> Result:
    """The plan of a problem; the same for the same problem and share, `elapsed_ms` aside.

    `share`, above 0 and up to 1, is how much of the usual search is done where the problem does not say `iterations`.
    `on_progress` gets the fraction of the search that is done. `is_cancelled` is asked between iterations; a yes
    raises `Cancelled`. `tick` is a monotonic clock in seconds: with it `elapsed_ms` is measured and the search stops
    after `guard_seconds` (then the result says `capped` and is exempt from determinism).
    """
    begun = tick() if tick else 0.0
    board = first_board(problem)
    greedy_cost = board.total
    iterations, capped = 0, False
    if problem.effort == "full":
        if is_small(board):
            enumerate_all(board)
        else:
            watch = Watch(on_progress, is_cancelled, tick, guard_seconds)
            iterations, capped = search(board, watch, begun, share)
    result = describe(board, greedy_cost=greedy_cost)
    return replace(result, iterations=iterations, capped=capped, elapsed_ms=int((tick() - begun) * 1000) if tick else 0)


def first_board(problem: Problem) -> Board:
    """The board before the search: what is kept, and the rest put in; greedy efforts also start from nothing."""
    board = Board(Ground(problem))
    jobs = board.jobs
    keep(board)
    kept = list(board.spans)
    keys = orders(jobs)
    insert_best(board, missing(board), keys)
    displace(board)
    if problem.effort != "repair" and any(kept):
        movable = [job.index for job in jobs if board.spans[job.index] and not is_locked(board, job)]
        repaired, cost = list(board.spans), board.total
        lift_all(board, movable)
        insert_best(board, missing(board), keys)
        if board.total >= cost:
            restore(board, repaired)
    return board


def describe(
    board: Board, *, greedy_cost: int, with_reasons: bool = True, previous: Sequence[Block] | None = None
) -> Result:
    """Blocks, difference to `previous` (the problem's own by default), outcomes and cost of a finished board."""
    problem = board.ground.problem
    old = (block for block in previous or problem.previous if block.end > problem.now)
    blocks, removed = difference(old, all_blocks(board))
    return Result(
        blocks=blocks,
        removed=removed,
        tasks=outcomes(board, with_reasons=with_reasons),
        cost=total(job_parts(job, board.spans[job.index]) for job in board.jobs),
        first_greedy_cost=greedy_cost,
        iterations=0,
    )


def all_blocks(board: Board) -> list[tuple[Block, bool]]:
    """Every block on the board and every fixed one, with whether it is pinned."""
    pins = {item.id: item.pinned for item in board.ground.problem.owners}
    blocks = [(block, (block.start, block.end) in pins[block.task]) for block in board.ground.fixed]
    for job in board.jobs:
        blocks += [(Block(job.id, start, end), False) for start, end in board.spans[job.index]]
    return blocks


def outcomes(board: Board, *, with_reasons: bool) -> tuple[Outcome, ...]:
    """One outcome for each task, then for each habit, in the order of their ids."""
    problem = board.ground.problem
    reasoner = Reasoner(board) if with_reasons else None
    weeks: dict[str, list[Job]] = {habit.id: [] for habit in problem.habits}
    found = []
    for job in board.jobs:
        if job.habit is None:
            found.append(_task_outcome(board, job, reasoner))
        else:
            weeks[job.id].append(job)
    return (*found, *(_habit_outcome(board, owner, jobs, reasoner) for owner, jobs in weeks.items()))


def _task_outcome(board: Board, job: Job, reasoner: Reasoner | None) -> Outcome:
    spans = board.spans[job.index]
    placed = job.fixed_minutes + sum(end - start for start, end in spans)
    last = board.end_of(job.index) if placed else None
    late = 0 if last is None or job.due is None else max(0, last - job.due)
    status: Status = "planned"
    if placed == 0:
        status = "unscheduled"
    elif placed < job.minutes:
        status = "partial"
    elif late:
        status = "late"
    reason: Reason | None = None
    if reasoner:
        reason = reasoner.clash(job) if status == "planned" else reasoner.reason(job)
    return Outcome(job.id, status, job.minutes, placed, late, last, job.due, reason)


def _habit_outcome(board: Board, owner: str, weeks: Sequence[Job], reasoner: Reasoner | None) -> Outcome:
    """All weeks of one habit together; the reason is that of the first week that falls short."""
    asked = placed = placed_minutes = late = 0
    last: int | None = None
    short: Job | None = None
    for job in weeks:
        spans = (*job.fixed, *board.spans[job.index])
        asked += job.count + job.fixed_count
        placed += len(spans)
        placed_minutes += sum(end - start for start, end in spans)
        week_end = max((end for _, end in spans), default=None)
        week_late = 0 if week_end is None or job.due is None else max(0, week_end - job.due)
        last = week_end if last is None else max(last, week_end or last)
        late = max(late, week_late)
        if short is None and (week_late or len(spans) < job.count + job.fixed_count):
            short = job
    status: Status = "planned"
    if placed == 0 and asked:
        status = "unscheduled"
    elif placed < asked:
        status = "partial"
    elif late:
        status = "late"
    minutes = weeks[0].minutes if weeks else 0
    reason: Reason | None = None
    if reasoner and weeks:
        reason = reasoner.reason(short) if short else next(filter(None, map(reasoner.clash, weeks)), None)
    return Outcome(owner, status, asked * minutes, placed_minutes, late, last, None, reason)
