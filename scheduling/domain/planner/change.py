"""What would happen if: the difference that one change would make, by repair alone."""

from dataclasses import replace

from scheduling.domain.planner.board import Board
from scheduling.domain.planner.planning import all_blocks, describe, first_board, outcomes
from scheduling.domain.planner.problem import (
    Block,
    Change,
    Consequences,
    Outcome,
    Problem,
    Result,
    Slip,
    Span,
    Task,
)
from scheduling.domain.planner.reasons import Reasoner


def consequences(
    problem: Problem, previous: tuple[Block, ...], change: Change, *, subject: str | None = None
) -> Consequences:
    """Repair the plan `previous` of `problem` without and with `change`, and tell the two apart.

    `previous` replaces the problem's own. Ids in the change that are new are added. Of what is late or left out only
    the task `subject` gets a reason: all of them would take longer than one likes to wait while typing.
    """
    quiet = replace(problem, previous=tuple(sorted(previous, key=_in_time)), effort="repair")
    board = first_board(quiet)
    before, cost_before = outcomes(board, with_reasons=False), board.total
    now_planned = tuple(sorted((block for block, _ in all_blocks(board)), key=_in_time))
    board = first_board(_apply(replace(quiet, previous=now_planned), change))
    after = describe(board, greedy_cost=board.total, with_reasons=False, previous=now_planned)
    if subject is not None:
        after = replace(after, tasks=tuple(_explained(board, it) if it.id == subject else it for it in after.tasks))
    return Consequences(
        result=after,
        moved=tuple(block for block in after.blocks if block.state == "moved"),
        new=tuple(block for block in after.blocks if block.state == "new"),
        removed=after.removed,
        slips=_slips(before, after),
        cost_before=cost_before,
        cost_after=after.cost.total,
    )


def _explained(board: Board, outcome: Outcome) -> Outcome:
    job = next((job for job in board.jobs if job.id == outcome.id and job.habit is None), None)
    if job is None or outcome.status == "planned":
        return outcome
    return replace(outcome, reason=Reasoner(board).reason(job))


def _apply(problem: Problem, change: Change) -> Problem:
    """The problem after the change. A dragged block leaves the old plan and becomes a pin."""
    busy = list(problem.busy)
    for span in change.free:
        if span in busy:
            busy.remove(span)
    tasks = {task.id: task for task in problem.tasks if task.id not in change.without}
    tasks |= {task.id: task for task in change.tasks}
    habits = {habit.id: habit for habit in problem.habits if habit.id not in change.without}
    habits |= {habit.id: habit for habit in change.habits}
    dragged = {old for old, _ in change.drags if old is not None}
    for old, new in change.drags:
        before = None if old is None else (old.start, old.end)
        if new.task in tasks:
            task = tasks[new.task]
            tasks[new.task] = replace(task, pinned=_moved_pin(task.pinned, before, (new.start, new.end)))
        elif new.task in habits:
            habit = habits[new.task]
            habits[new.task] = replace(habit, pinned=_moved_pin(habit.pinned, before, (new.start, new.end)))
    known = tasks.keys() | habits.keys()
    return replace(
        problem,
        busy=tuple(sorted([*busy, *change.busy])),
        tasks=tuple(_without(task, change.without) for _, task in sorted(tasks.items())),
        habits=tuple(habit for _, habit in sorted(habits.items())),
        previous=tuple(block for block in problem.previous if block.task in known and block not in dragged),
        changed=problem.changed | {task.id for task in change.tasks} | {habit.id for habit in change.habits},
    )


def _without(task: Task, gone: frozenset[str]) -> Task:
    """The task without dependencies on what is gone."""
    if gone.isdisjoint(task.depends_on):
        return task
    return replace(task, depends_on=tuple(other for other in task.depends_on if other not in gone))


def _moved_pin(pinned: tuple[Span, ...], before: Span | None, after: Span) -> tuple[Span, ...]:
    return tuple(sorted([*(span for span in pinned if span != before), after]))


def _slips(before: tuple[Outcome, ...], after: Result) -> tuple[Slip, ...]:
    """Tasks that end later, get late or lose minutes, the most late ones first; new ones only if not planned."""
    earlier = {outcome.id: outcome for outcome in before}
    slips = []
    for outcome in after.tasks:
        was = earlier.get(outcome.id)
        if outcome.status != "planned" if was is None else _is_worse(was, outcome):
            slips.append(Slip(outcome.id, was, outcome))
    return tuple(sorted(slips, key=lambda slip: (-slip.after.late_minutes, slip.id)))


def _is_worse(was: Outcome, outcome: Outcome) -> bool:
    missing, missed = outcome.asked_minutes - outcome.placed_minutes, was.asked_minutes - was.placed_minutes
    if missing != missed:
        return missing > missed
    return outcome.last_end is not None and was.last_end is not None and outcome.last_end > was.last_end


def _in_time(block: Block) -> tuple[int, int, str]:
    return block.start, block.end, block.task
