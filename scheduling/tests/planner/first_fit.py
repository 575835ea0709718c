"""A legal first fit by due time, written a second time: what any planner must be at least as good as."""

from scheduling.domain.planner import Block, Problem, Task
from scheduling.tests.planner.brute_force import result_of
from scheduling.tests.planner.judge import Judge


def first_fit_cost(problem: Problem) -> int:
    """The cost of placing unsplittable tasks by due time, each at its first legal start, after its predecessors."""
    judge = Judge(problem, result_of([]))
    blocks: list[Block] = []
    left = sorted(problem.tasks, key=lambda task: (problem.horizon_end if task.due is None else task.due, task.id))
    while left:
        ready = [task for task in left if not {other.id for other in left} & set(task.depends_on)]
        if not ready:
            break
        task = ready[0]
        left.remove(task)
        start = _first_start(problem, judge, task, blocks)
        if start is not None:
            blocks.append(Block(task.id, start, start + task.minutes))
    return Judge(problem, result_of(blocks)).cost()


def _first_start(problem: Problem, judge: Judge, task: Task, blocks: list[Block]) -> int | None:
    ends = {block.task: block.end for block in blocks}
    if not set(task.depends_on) <= ends.keys():
        return None
    low = max([problem.now, task.earliest_start or problem.now, *(ends[other] for other in task.depends_on)])
    high = task.due if task.hard and task.due is not None else problem.horizon_end
    taken = [*judge.busy(), *((block.start, block.end) for block in blocks)]
    for window_start, window_end in problem.windows:
        for start in range(max(window_start, low), min(window_end, high, problem.horizon_end) - task.minutes + 1):
            end = start + task.minutes
            if (
                judge.on_grid(start)
                and all(end + problem.buffer <= begin or start >= stop + problem.buffer for begin, stop in taken)
                and _within_daily_maximum(problem, judge, blocks, start, end)
            ):
                return start
    return None


def _within_daily_maximum(problem: Problem, judge: Judge, blocks: list[Block], start: int, end: int) -> bool:
    by_day = judge.minutes_by_day([*((block.start, block.end) for block in blocks), (start, end)])
    return problem.daily_max is None or all(held <= problem.daily_max for held in by_day.values())
