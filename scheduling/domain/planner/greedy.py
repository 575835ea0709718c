"""Keeping what is still legal, and putting in the rest greedily, in one order or another."""

from collections.abc import Callable, Iterable, Sequence

from scheduling.domain.planner.board import Board, Spans
from scheduling.domain.planner.first_fit import is_legal_block
from scheduling.domain.planner.fit import is_whole, propose
from scheduling.domain.planner.jobs import FOREVER, Job
from scheduling.domain.planner.occurrences import legal_occurrences
from scheduling.domain.planner.problem import Span, can_be_split
from scheduling.domain.planner.split import day_room

Key = Callable[[Job], tuple[int, ...]]


def keep(board: Board) -> None:
    """Lay every old block that is still legal; a successor that now starts too early or stands alone is left out."""
    for job in sorted(board.jobs, key=lambda job: (job.old[:1], job.index)):
        if job.old and job.is_open and job.wants:
            kept = legal_occurrences(board, job) if job.habit is not None else _legal_old(board, job)
            if kept:
                board.put(job.index, kept)
    stack = [job.index for job in board.jobs if board.spans[job.index] and job.before]
    while stack:
        index = stack.pop()
        job = board.jobs[index]
        if board.spans[index] and any(not _may_follow(board, other, board.spans[index][0][0]) for other in job.before):
            board.take(index)
            stack += job.after


def _may_follow(board: Board, index: int, start: int) -> bool:
    """Whether a block may start at `start` as far as the predecessor's kept blocks are concerned.

    A predecessor that is still to be placed may find room before it; putting it in decides that.
    """
    job = board.jobs[index]
    return (is_whole(board, index) or (job.is_open and job.wants)) and board.end_of(index) <= start


def _legal_old(board: Board, job: Job) -> Spans:
    """The old blocks of a task that may stay: the earliest ones after which the rest can still be made from blocks."""
    low = job.start
    kept: list[Span] = []
    used: dict[int, int] = {}
    shares = board.ground.calendar.shares
    for start, end in job.old:
        if not (is_legal_block(board, job, low, start, end) and board.is_free(start, end)):
            continue
        if kept and kept[-1][1] + board.buffer > start:
            continue
        if board.daily_max is None and job.max_per_day is None:
            kept.append((start, end))
            continue
        wanted = {day: minutes + used.get(day, 0) for day, minutes in shares(start, end)}
        if all(minutes <= day_room(board, job, day) for day, minutes in wanted.items()):
            kept.append((start, end))
            used.update(wanted)
    while kept:
        left = job.rest - sum(end - start for start, end in kept)
        if left == 0 or (job.splittable and left > 0 and can_be_split(left, job.min_block, job.max_block)):
            break
        kept.pop()
    return tuple(kept)


def insert(board: Board, order: Iterable[int]) -> None:
    """Place the jobs in this order, predecessors before their successors. A successor on the board that a placement
    leaves without its predecessor before it is taken off and placed again."""
    queue = list(order)
    while queue:
        pending = set(queue)
        loose: list[int] = []
        for first in queue:
            stack = [first]
            while stack:
                index = stack[-1]
                waiting = [other for other in board.jobs[index].before if other in pending]
                if index in pending and waiting:
                    stack.append(waiting[0])
                    continue
                stack.pop()
                if index in pending:
                    pending.discard(index)
                    loose += _place(board, index, pending)
        queue = loose


def _place(board: Board, index: int, pending: set[int]) -> list[int]:
    """Place one job; the successors that it takes off the board and that are to be placed again."""
    job = board.jobs[index]
    spans, cost = propose(board, job)
    if spans != board.spans[index]:
        board.put(index, spans, cost)
    loose = []
    for other in job.after:
        spans = board.spans[other]
        if spans and not (is_whole(board, index) and board.end_of(index) <= spans[0][0]):
            board.take(other)
            # One that is pending, of which some old blocks were kept, gets its turn anyway.
            if other not in pending:
                loose.append(other)
    return loose


def missing(board: Board) -> list[int]:
    """Jobs that want more than they have on the board."""
    return [job.index for job in board.jobs if job.is_open and job.wants and not board.is_complete[job.index]]


def effective(jobs: Sequence[Job]) -> tuple[list[int], list[int]]:
    """Per job: the due that its successors leave it, and the highest weight among it and them."""
    due = [job.late_from for job in jobs]
    weight = [job.weight for job in jobs]
    unseen = [len(job.after) for job in jobs]
    ready = [job.index for job in jobs if not job.after]
    while ready:
        job = jobs[ready.pop()]
        for other in job.before:
            due[other] = min(due[other], due[job.index] - job.rest)
            weight[other] = max(weight[other], weight[job.index])
            unseen[other] -= 1
            if unseen[other] == 0:
                ready.append(other)
    return due, weight


def orders(jobs: Sequence[Job]) -> list[Key]:
    """The orders that are tried. The first is plain first fit by due time."""
    due, weight = effective(jobs)

    def wanted(job: Job) -> int:
        return job.rest * (job.count if job.habit is not None else 1)

    def by_due(job: Job) -> tuple[int, ...]:
        return due[job.index], -weight[job.index], wanted(job)

    def by_weight(job: Job) -> tuple[int, ...]:
        return -weight[job.index], due[job.index], wanted(job)

    def by_worth(job: Job) -> tuple[int, ...]:
        return -weight[job.index] * 10_000 // max(1, wanted(job)), due[job.index]

    def by_length(job: Job) -> tuple[int, ...]:
        return -wanted(job), due[job.index], -weight[job.index]

    def by_day_and_worth(job: Job) -> tuple[int, ...]:
        return due[job.index] // 1440, -weight[job.index] * 10_000 // max(1, wanted(job))

    def by_urgency(job: Job) -> tuple[int, ...]:
        slack = max(0, due[job.index] - job.now)
        return -weight[job.index] * 1_000_000 // (max(1, wanted(job)) * (1440 + slack)), due[job.index]

    return [by_due, by_weight, by_worth, by_length, by_day_and_worth, by_urgency]


def insert_best(board: Board, indexes: Sequence[int], keys: Sequence[Key]) -> None:
    """Insert the jobs in each order and leave the cheapest outcome on the board; the earlier order wins a tie."""
    if not indexes:
        return
    best: tuple[int, list[Spans]] = (FOREVER, [])
    for key in keys:
        order = sorted(indexes, key=lambda index: (*key(board.jobs[index]), index))
        board.begin()
        insert(board, order)
        if board.total < best[0]:
            best = board.total, list(board.spans)
        board.undo()
    restore(board, best[1])


def lift_all(board: Board, indexes: Iterable[int]) -> None:
    """Take these jobs off the board."""
    for index in indexes:
        board.take(index)


def restore(board: Board, spans: Sequence[Spans]) -> None:
    """Bring the board to exactly these blocks."""
    changed = [index for index, here in enumerate(spans) if board.spans[index] != here]
    lift_all(board, changed)
    for index in changed:
        board.put(index, spans[index])
