"""Full days: where blocks stand shoulder to shoulder, a rule that is only nearly kept is broken at once."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.planner import Problem, Settings, TaskInput, build_problem, plan
from scheduling.domain.planner.board import Board, Ground
from scheduling.domain.planner.cost import job_cost, job_parts
from scheduling.tests.planner.brute_force import cheapest
from scheduling.tests.planner.judge import Judge
from scheduling.tests.planner.strategies import Draft, drafts, problems
from timeflow.lib.time import minutes_since_epoch, zone

BERLIN = zone("Europe/Berlin")
LENGTHS = st.lists(st.integers(2, 14).map(lambda fives: fives * 5), min_size=4, max_size=10)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=BERLIN)


def two_days(tasks: list[TaskInput], **settings: Any) -> Problem:
    return build_problem(
        zone_on=lambda _: BERLIN,
        now=at(4, 8),
        horizon_end=at(6, 0),
        hours={weekday: [(540, 720), (780, 900)] for weekday in range(7)},
        events=[(at(4, 10), at(4, 10, 30))],
        tasks=tasks,
        settings=Settings(**{"iterations": 80, **settings}),
    )


@problems
@given(LENGTHS, st.sampled_from([5, 10, 15]), st.booleans(), st.sampled_from(["greedy", "full"]))
def test_blocks_that_crowd_keep_their_buffers(lengths: list[int], buffer: int, splits: bool, effort: str) -> None:
    tasks = [
        TaskInput(str(number), length, splittable=splits, min_block=10, max_block=60)
        for number, length in enumerate(lengths)
    ]
    problem = two_days(tasks, buffer_minutes=buffer, effort=effort)
    result = plan(problem)
    judge = Judge(problem, result)
    for (_, end), (start, _) in pairwise(sorted((start, end) for _, start, end in judge.placed())):
        assert start >= end + buffer
    for low, high in judge.busy():
        assert all(end + buffer <= low or start >= high + buffer for _, start, end in judge.placed())
    assert result.cost.total == judge.cost()


@problems
@given(drafts(), st.data())
def test_the_cost_that_steers_the_search_is_the_cost_that_is_reported(draft: Draft, data: st.DataObject) -> None:
    problem = draft.problem()
    for job in Ground(problem).jobs:
        starts = data.draw(st.lists(st.integers(0, 4000), max_size=3, unique_by=lambda start: start // 70))
        size = job.rest if job.habit is not None else 60
        spans = tuple((problem.now + start, problem.now + start + size) for start in sorted(starts))
        assert job_cost(job, spans) == sum(job_parts(job, spans))


@problems
@given(drafts(), st.sampled_from(["repair", "greedy"]))
def test_the_running_total_of_the_board_is_the_reported_cost(draft: Draft, effort: str) -> None:
    result = plan(draft.problem(settings={"effort": effort}))
    assert result.first_greedy_cost == result.cost.total


@problems
@given(drafts())
def test_taking_a_move_back_leaves_the_board_as_it_was(draft: Draft) -> None:
    board = Board(Ground(draft.problem()))
    before = (board.total, list(board.room), [list(here) for here in board.blocks], list(board.day_used))
    board.begin()
    for job in board.jobs:
        gap = next(board.gaps(job.start, 10), None)
        if gap:
            board.put(job.index, ((gap[0], gap[0] + 10),))
    board.undo()
    assert (board.total, board.room, board.blocks, board.day_used) == before


def test_waiting_for_the_preferred_part_is_weighed_in_every_order() -> None:
    tasks = [
        TaskInput("A", 60, priority=4, due=at(4, 12)),
        TaskInput("B", 90, priority=4, preferred="afternoon", due=at(5, 12)),
        TaskInput("C", 90, priority=3, preferred="afternoon", due=at(5, 12)),
    ]
    problem = two_days(tasks, grid_minutes=30)
    result = plan(problem)
    assert result.cost.total < result.first_greedy_cost
    assert result.cost.total == cheapest(problem)


def test_a_gap_between_two_blocks_is_offered_without_their_buffers() -> None:
    board = Board(Ground(two_days([TaskInput("A", 30)], buffer_minutes=10)))
    nine, ten, twelve = (minutes_since_epoch(at(5, hour)) for hour in (9, 10, 12))
    board.put(0, ((ten, ten + 30),))
    assert next(board.gaps(nine, 50)) == (nine, ten - 10)
    assert next(board.gaps(nine, 55)) == (ten + 40, twelve)


def test_an_earlier_end_beats_a_later_one_to_the_minute() -> None:
    problem = two_days([TaskInput("A", 25), TaskInput("B", 35)], grid_minutes=5)
    starts = [block.start for block in plan(problem).blocks]
    assert starts == [minutes_since_epoch(at(4, 9)), minutes_since_epoch(at(4, 9, 25))]


def test_a_share_of_the_search_is_that_share_of_its_tries_and_never_worse_than_none() -> None:
    tasks = [TaskInput(str(number), 20 + 5 * number, due=at(4, 12)) for number in range(10)]
    whole = plan(two_days(tasks, iterations=None))
    quarter = plan(two_days(tasks, iterations=None), share=0.25)
    assert quarter.iterations == whole.iterations / 4
    assert whole.cost.total <= quarter.cost.total <= whole.first_greedy_cost
    assert plan(two_days(tasks, iterations=80), share=0.25).iterations == 80
