"""The twenty promises of every plan, each over random problems in several zones and over clock changes."""

import os
import random
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from scheduling.domain.planner import Block, Problem, Result, Task, plan
from scheduling.tests.planner.brute_force import cheapest
from scheduling.tests.planner.first_fit import first_fit_cost
from scheduling.tests.planner.judge import Judge
from scheduling.tests.planner.strategies import Draft, drafts, problems

EFFORTS = st.sampled_from(["repair", "greedy", "full"])


def solved(draft: Draft, effort: str = "full") -> tuple[Problem, Result, Judge]:
    problem = draft.problem(settings={"effort": effort})
    result = plan(problem)
    return problem, result, Judge(problem, result)


def as_previous(result: Result) -> tuple[Block, ...]:
    return tuple(Block(block.task, block.start, block.end) for block in result.blocks)


@problems
@given(drafts(), EFFORTS)
def test_01_no_two_blocks_overlap_buffers_included(draft: Draft, effort: str) -> None:
    problem, _, judge = solved(draft, effort)
    fixed = [span for spans in judge.fixed.values() for span in spans]
    movable = [(start, end) for _, start, end in judge.placed()]
    for sooner, later in pairwise(sorted(movable)):
        assert later[0] >= sooner[1] + problem.buffer
    for start, end in movable:
        assert all(end + problem.buffer <= low or start >= high + problem.buffer for low, high in fixed)


@problems
@given(drafts(), EFFORTS)
def test_02_every_block_lies_in_working_hours_and_touches_no_busy_time(draft: Draft, effort: str) -> None:
    problem, _, judge = solved(draft, effort)
    for _, start, end in judge.placed():
        assert judge.in_hours(start, end)
        assert end <= problem.horizon_end
        for low, high in judge.busy():
            assert end + problem.buffer <= low or start >= high + problem.buffer


@problems
@given(drafts(), EFFORTS)
def test_03_blocks_start_on_the_grid_not_before_now_or_their_earliest_start(draft: Draft, effort: str) -> None:
    problem, _, judge = solved(draft, effort)
    for owner, start, _ in judge.placed():
        item = judge.owners[owner]
        assert judge.on_grid(start)
        assert start >= problem.now
        if isinstance(item, Task) and item.earliest_start is not None:
            assert start >= item.earliest_start


@problems
@given(drafts(), EFFORTS)
def test_04_block_minutes_add_up_to_the_task_or_less_when_partial(draft: Draft, effort: str) -> None:
    _, result, judge = solved(draft, effort)
    for outcome in result.tasks:
        item = judge.owners[outcome.id]
        placed = sum(end - start for start, end in judge.spans[outcome.id])
        assert outcome.placed_minutes == placed
        if isinstance(item, Task):
            asked = max(item.minutes, sum(end - start for start, end in judge.fixed[outcome.id]))
            assert {"planned": placed == asked, "late": placed == asked}.get(outcome.status, placed < asked)


@problems
@given(drafts(), EFFORTS)
def test_05_blocks_have_the_sizes_asked_for_and_leave_no_rest_too_small(draft: Draft, effort: str) -> None:
    _, _, judge = solved(draft, effort)
    for owner, item in judge.owners.items():
        sizes = [end - start for start, end in judge.free[owner]]
        fixed = sum(end - start for start, end in judge.fixed[owner])
        if not isinstance(item, Task):
            assert all(size == item.minutes for size in sizes)
        elif not item.splittable:
            assert sizes in ([], [item.minutes - fixed])
        else:
            assert all(item.min_block <= size <= item.max_block for size in sizes)
            left = item.minutes - fixed - sum(sizes)
            assert left == 0 or left >= item.min_block or fixed
            by_day = judge.minutes_by_day(judge.spans[owner])
            fixed_by_day = judge.minutes_by_day(judge.fixed[owner])
            if item.max_per_day is not None:
                assert all(held <= max(item.max_per_day, fixed_by_day.get(day, 0)) for day, held in by_day.items())


@problems
@given(drafts(), EFFORTS)
def test_06_a_successor_starts_after_its_predecessors_end(draft: Draft, effort: str) -> None:
    _, _, judge = solved(draft, effort)
    for owner, start, _ in judge.placed():
        item = judge.owners[owner]
        for other in item.depends_on if isinstance(item, Task) else ():
            predecessor = judge.owners[other]
            assert sum(end - begin for begin, end in judge.spans[other]) >= predecessor.minutes
            assert start >= max(end for _, end in judge.spans[other])


@problems
@given(drafts(), EFFORTS)
def test_07_a_hard_due_is_never_exceeded(draft: Draft, effort: str) -> None:
    _, _, judge = solved(draft, effort)
    for owner, _, end in judge.placed():
        item = judge.owners[owner]
        assert not (isinstance(item, Task) and item.hard and item.due is not None and end > item.due)


@problems
@given(drafts(), EFFORTS, st.sampled_from([0, 45, 120, 300]))
def test_08_no_local_day_gets_more_than_the_daily_maximum(draft: Draft, effort: str, daily_max: int) -> None:
    draft.settings["daily_max_minutes"] = daily_max
    _, _, judge = solved(draft, effort)
    every = judge.minutes_by_day([span for spans in judge.spans.values() for span in spans])
    fixed = judge.minutes_by_day([span for spans in judge.fixed.values() for span in spans])
    for day, held in every.items():
        assert held <= max(daily_max, fixed.get(day, 0))


@problems
@given(drafts(), EFFORTS)
def test_09_fixed_blocks_come_back_as_they_were(draft: Draft, effort: str) -> None:
    _, result, judge = solved(draft, effort)
    for owner, spans in judge.fixed.items():
        assert not Counter(spans) - Counter(judge.spans[owner])
    assert {(block.task, block.start, block.end) for block in result.blocks if block.pinned} == {
        (owner, *span) for owner, item in judge.owners.items() for span in item.pinned
    }


@problems
@given(drafts(), EFFORTS)
def test_10_every_task_has_one_status_and_a_reason_unless_planned(draft: Draft, effort: str) -> None:
    problem, result, judge = solved(draft, effort)
    assert [outcome.id for outcome in result.tasks] == [item.id for item in (*problem.tasks, *problem.habits)]
    for outcome in result.tasks:
        if outcome.status == "planned":
            assert outcome.reason is None or outcome.reason.code == "PIN_CONFLICT"
        else:
            assert outcome.reason is not None
        assert (outcome.placed_minutes == 0) == (outcome.status == "unscheduled") or outcome.asked_minutes == 0
        if outcome.due is not None and judge.spans[outcome.id]:
            assert outcome.late_minutes == max(0, max(end for _, end in judge.spans[outcome.id]) - outcome.due)


@problems
@given(drafts(), EFFORTS, st.randoms(use_true_random=False))
def test_11_the_same_problem_gives_the_same_plan_in_whatever_order(
    draft: Draft, effort: str, shuffler: random.Random
) -> None:
    result = plan(draft.problem(settings={"effort": effort}))
    for name in ("events", "tasks", "habits", "previous"):
        shuffler.shuffle(getattr(draft, name))
    assert plan(draft.problem(settings={"effort": effort})) == result


@problems
@given(drafts(), EFFORTS)
def test_12_repair_of_a_legal_plan_moves_nothing_and_full_only_for_less_cost(draft: Draft, effort: str) -> None:
    problem, result, _ = solved(draft, effort)
    again = replace(problem, previous=as_previous(result), effort="repair")
    repaired = plan(again)
    assert {block.state for block in repaired.blocks} <= {"kept", "new"}
    assert repaired.removed == ()
    searched = plan(replace(again, effort="full"))
    if searched.removed or any(block.state == "moved" for block in searched.blocks):
        assert searched.cost.total < repaired.cost.total


@problems
@given(drafts(), st.integers(0, 5000), st.integers(1, 120))
def test_13_repair_after_an_event_that_touches_no_block_moves_nothing(draft: Draft, at: int, length: int) -> None:
    problem, result, judge = solved(draft)
    span = (problem.now + at, problem.now + at + length)
    reach = problem.buffer + problem.grid
    assume(all(end + reach <= span[0] or start - reach >= span[1] for _, start, end in judge.placed()))
    again = replace(problem, previous=as_previous(result), effort="repair", busy=(*problem.busy, span))
    repaired = plan(again)
    assert {block.state for block in repaired.blocks} <= {"kept", "new"}
    assert repaired.removed == ()


@problems
@given(drafts())
def test_14_full_costs_at_most_greedy_and_greedy_at_most_a_legal_first_fit(draft: Draft) -> None:
    draft.previous = []
    full, greedy = solved(draft)[1], solved(draft, "greedy")[1]
    assert full.cost.total <= full.first_greedy_cost
    assert full.cost.total <= greedy.cost.total
    if not (draft.habits or any(task.splittable or task.pinned for task in draft.tasks)):
        assert greedy.cost.total <= first_fit_cost(draft.problem())


@problems
@given(drafts(), EFFORTS)
def test_15_the_reported_cost_is_the_recomputed_one(draft: Draft, effort: str) -> None:
    _, result, judge = solved(draft, effort)
    assert result.cost.total == judge.cost()


@problems
@given(drafts(plain=True, most_tasks=3))
def test_16_up_to_five_unsplittable_tasks_cost_what_brute_force_finds(draft: Draft) -> None:
    draft.settings["grid_minutes"] = 30
    problem, result, _ = solved(draft)
    assert result.cost.total == cheapest(problem)


@problems
@given(drafts(still=True), st.integers(1, 20))
def test_17_shifting_everything_by_whole_weeks_shifts_the_plan(draft: Draft, weeks: int) -> None:
    shift = timedelta(weeks=weeks)
    moved = Draft(
        zone=draft.zone,
        now=draft.now + shift,
        horizon_end=draft.horizon_end + shift,
        hours=draft.hours,
        date_overrides={day + shift: spans for day, spans in draft.date_overrides.items()},
        events=[(start + shift, end + shift) for start, end in draft.events],
        tasks=[
            replace(
                task,
                due=task.due and task.due + shift,
                earliest_start=task.earliest_start and task.earliest_start + shift,
                pinned=[(start + shift, end + shift) for start, end in task.pinned],
            )
            for task in draft.tasks
        ],
        habits=[
            replace(
                habit,
                done=[day + shift for day in habit.done],
                pinned=[(start + shift, end + shift) for start, end in habit.pinned],
            )
            for habit in draft.habits
        ],
        previous=[(owner, start + shift, end + shift) for owner, start, end in draft.previous],
        settings=draft.settings,
    )
    here, there = plan(draft.problem()), plan(moved.problem())
    later = weeks * 7 * 1440
    assert [(block.task, block.start + later, block.end + later, block.state) for block in here.blocks] == [
        (block.task, block.start, block.end, block.state) for block in there.blocks
    ]
    assert here.cost == there.cost


@problems
@given(drafts(), st.sampled_from(["Asia/Tokyo", "America/Los_Angeles", "Pacific/Apia"]))
def test_18_the_servers_own_zone_changes_nothing(draft: Draft, zone: str) -> None:
    here = plan(draft.problem())
    before = os.environ.get("TZ")
    try:
        os.environ["TZ"] = zone
        time.tzset()
        assert plan(draft.problem()) == here
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


@problems
@given(drafts(), EFFORTS, st.integers(2, 4))
def test_19_copies_of_busy_events_change_nothing(draft: Draft, effort: str, copies: int) -> None:
    here = plan(draft.problem(settings={"effort": effort}))
    assert plan(draft.problem(settings={"effort": effort}, events=draft.events * copies)) == here


@problems
@given(drafts(), EFFORTS)
def test_20_unsatisfiable_input_gives_reasons_never_an_exception_or_a_loop(draft: Draft, effort: str) -> None:
    draft.hours, draft.date_overrides = {}, {}
    _, result, judge = solved(draft, effort)
    assert judge.placed() == []
    for outcome in result.tasks:
        assert outcome.status in ("planned", "late", "partial", "unscheduled")
        if outcome.placed_minutes == 0 and outcome.asked_minutes:
            assert outcome.status == "unscheduled"
            assert outcome.reason is not None
