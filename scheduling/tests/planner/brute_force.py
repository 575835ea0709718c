"""Every legal plan of a few unsplittable tasks, tried out; slow and obvious."""

from collections.abc import Iterator

from scheduling.domain.planner import Block, Cost, PlannedBlock, Problem, Result
from scheduling.tests.planner.judge import Judge


def cheapest(problem: Problem) -> int:
    """The least cost over every legal plan of a problem with unsplittable tasks and nothing fixed."""
    judge = Judge(problem, result_of([]))
    busy = judge.busy()
    starts = [
        minute
        for low, high in problem.windows
        for minute in range(max(low, problem.now), min(high, problem.horizon_end))
        if judge.on_grid(minute)
    ]
    options: list[list[Block]] = []
    for task in problem.tasks:
        blocks = [Block(task.id, start, start + task.minutes) for start in starts]
        options.append(
            [
                block
                for block in blocks
                if block.end <= problem.horizon_end
                and judge.in_hours(block.start, block.end)
                and block.start >= (task.earliest_start or problem.now)
                and not (task.hard and task.due is not None and block.end > task.due)
                and all(block.end + problem.buffer <= low or block.start >= high + problem.buffer for low, high in busy)
            ]
        )
    return min(Judge(problem, result_of(blocks)).cost() for blocks in _combinations(options, [], problem, judge))


def _combinations(
    options: list[list[Block]], chosen: list[Block], problem: Problem, judge: Judge
) -> Iterator[list[Block]]:
    if not options:
        yield chosen
        return
    yield from _combinations(options[1:], chosen, problem, judge)
    for block in _useful(options[0], chosen, problem):
        more = [*chosen, block]
        by_day = judge.minutes_by_day([(other.start, other.end) for other in more])
        if problem.daily_max is None or all(held <= problem.daily_max for held in by_day.values()):
            yield from _combinations(options[1:], more, problem, judge)


def _useful(blocks: list[Block], chosen: list[Block], problem: Problem) -> list[Block]:
    return [
        block
        for block in blocks
        if all(
            block.end + problem.buffer <= other.start or block.start >= other.end + problem.buffer for other in chosen
        )
    ]


def result_of(blocks: list[Block]) -> Result:
    planned = tuple(PlannedBlock(block.task, block.start, block.end, False, "new") for block in blocks)
    return Result(planned, (), (), Cost(), 0, 0)
