"""The price of a yes, and plans that leave most things alone."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given

from scheduling.domain.planner import (
    Block,
    Cancelled,
    Change,
    HabitInput,
    Problem,
    Settings,
    Task,
    TaskInput,
    build_problem,
    consequences,
    plan,
    span_of,
)
from scheduling.domain.planner.problem import Effort
from scheduling.tests.planner.strategies import Draft, drafts, problems
from timeflow.lib.time import from_minutes, minutes_since_epoch, zone

BERLIN = zone("Europe/Berlin")
WORKDAYS: dict[int, list[tuple[int, int]]] = {weekday: [(540, 1020)] for weekday in range(5)}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=BERLIN)


def week(*tasks: TaskInput, **more: Any) -> Problem:
    settings = Settings(**more.pop("settings", {}))
    arguments = {"now": at(4, 8), "horizon_end": at(11, 0), "hours": WORKDAYS} | more
    return build_problem(zone_on=lambda _: BERLIN, tasks=tasks, settings=settings, **arguments)


def block(owner: str, start: datetime, end: datetime) -> Block:
    return Block(owner, minutes_since_epoch(start), minutes_since_epoch(end))


def shown(blocks: Any) -> list[tuple[str, str, str]]:
    return [(b.task, f"{from_minutes(b.start).astimezone(BERLIN):%a %H:%M}", b.state) for b in blocks]


def test_an_accepted_meeting_moves_the_block_it_hits_and_says_what_slips() -> None:
    problem = week(TaskInput("A", 60, due=at(4, 17)), TaskInput("B", 60), events=[(at(4, 11), at(4, 17))])
    previous = (block("A", at(4, 9), at(4, 10)), block("B", at(4, 10), at(4, 11)))
    what_if = consequences(problem, previous, Change(busy=(span_of(at(4, 10), at(4, 11)),)))
    assert shown(what_if.moved) == [("B", "Tue 09:00", "moved")]
    assert [slip.id for slip in what_if.slips] == ["B"]
    assert what_if.cost_after > what_if.cost_before


def test_an_urgent_new_task_takes_the_place_of_one_that_can_wait() -> None:
    problem = week(TaskInput("A", 120, priority=4), events=[(at(4, 11), at(4, 17))])
    previous = (block("A", at(4, 9), at(4, 11)),)
    due = minutes_since_epoch(at(4, 11))
    what_if = consequences(problem, previous, Change(tasks=(Task("B", 60, priority=1, due=due),)))
    assert shown(what_if.result.blocks) == [("B", "Mon 09:00", "new"), ("A", "Tue 09:00", "moved")]
    assert next(outcome for outcome in what_if.result.tasks if outcome.id == "B").status == "planned"


def test_what_is_kept_of_a_split_task_makes_way_for_a_predecessor_without_room_before_it() -> None:
    pin = (at(4, 9), at(4, 9, 15))
    split = TaskInput("A", 75, splittable=True, min_block=30, max_block=60, depends_on=("B",), pinned=(pin,))
    kept = block("A", at(4, 9, 15), at(4, 9, 45))
    problem = week(split, TaskInput("B", 10), now=at(4, 9), settings={"effort": "repair"})
    blocks = plan(replace(problem, previous=(kept,))).blocks
    ends = max(one.end for one in blocks if one.task == "B")
    assert all(one.start >= ends for one in blocks if one.task == "A" and not one.pinned)
    assert sum(one.end - one.start for one in blocks if one.task == "A") == 75


def test_a_task_made_longer_gets_its_time() -> None:
    problem = week(TaskInput("A", 60), TaskInput("B", 60))
    previous = (block("A", at(4, 9), at(4, 10)), block("B", at(4, 10), at(4, 11)))
    what_if = consequences(problem, previous, Change(tasks=(replace(problem.tasks[0], minutes=90),)))
    assert sum(b.end - b.start for b in what_if.result.blocks if b.task == "A") == 90
    assert [b.task for b in what_if.moved] == ["A"]


def test_a_dragged_block_is_pinned_where_it_was_dropped_and_counts_as_moved() -> None:
    problem = week(TaskInput("A", 60), TaskInput("B", 60))
    previous = (block("A", at(4, 9), at(4, 10)), block("B", at(4, 10), at(4, 11)))
    change = Change(drags=((previous[0], block("A", at(4, 10), at(4, 11))),))
    what_if = consequences(problem, previous, change)
    assert shown(what_if.result.blocks) == [("B", "Mon 09:00", "moved"), ("A", "Mon 10:00", "moved")]
    assert [b.pinned for b in what_if.result.blocks] == [False, True]


def test_a_change_that_touches_nothing_says_so() -> None:
    problem = week(TaskInput("A", 60))
    previous = (block("A", at(4, 9), at(4, 10)),)
    what_if = consequences(problem, previous, Change(busy=(span_of(at(6, 9), at(6, 10)),)))
    assert (what_if.moved, what_if.new, what_if.removed, what_if.slips) == ((), (), (), ())


def test_work_that_was_not_planned_before_is_no_consequence_of_the_change() -> None:
    problem = week(TaskInput("A", 60), TaskInput("B", 60))
    what_if = consequences(problem, (block("A", at(4, 9), at(4, 10)),), Change(busy=(span_of(at(6, 9), at(6, 10)),)))
    assert what_if.new == ()


def test_a_meeting_that_goes_away_and_a_task_that_goes_away_free_their_time() -> None:
    problem = week(TaskInput("A", 60), TaskInput("B", 60, depends_on=["A"]), events=[(at(4, 9), at(4, 17))])
    previous = (block("A", at(5, 9), at(5, 10)), block("B", at(5, 10), at(5, 11)))
    what_if = consequences(problem, previous, Change(free=(span_of(at(4, 9), at(4, 17)),), without=frozenset({"A"})))
    assert [b.task for b in what_if.removed] == ["A"]
    assert shown(what_if.result.blocks) == [("B", "Tue 10:00", "kept")]


def test_others_stay_fixed_when_only_some_tasks_are_planned() -> None:
    previous = [("B", at(4, 9), at(4, 10))]
    result = plan(week(TaskInput("A", 60), TaskInput("B", 60, depends_on=["A"]), previous=previous, only={"A"}))
    assert shown(result.blocks) == [("B", "Mon 09:00", "kept"), ("A", "Mon 10:00", "new")]


def test_new_work_starts_inside_the_range_and_old_blocks_outside_it_stay() -> None:
    tasks = [TaskInput("A", 60), TaskInput("B", 60), TaskInput("C", 60)]
    within = (at(5, 9), at(5, 10))
    result = plan(week(*tasks, previous=[("B", at(6, 9), at(6, 10))], starts_within=within))
    assert shown(result.blocks) == [("A", "Tue 09:00", "new"), ("B", "Wed 09:00", "kept")]


@problems
@given(drafts())
def test_a_range_holds_for_every_new_block_and_effort(draft: Draft) -> None:
    middle = draft.now + (draft.horizon_end - draft.now) / 3
    within = (middle, middle + (draft.horizon_end - draft.now) / 3)
    problem = draft.problem(starts_within=within)
    assert problem.starts_within is not None
    low, high = problem.starts_within
    for found in plan(problem).blocks:
        assert found.pinned or found.state == "kept" or low <= found.start < high


def test_a_habit_is_planned_once_a_day_with_free_days_between_and_after_what_is_done() -> None:
    habit = HabitInput("H", 30, 3, min_days_between=1, weekdays=range(5), done=[date(2026, 5, 4)])
    result = plan(week(habits=[habit]))
    assert [day for _, day, _ in shown(result.blocks)] == ["Wed 09:00", "Fri 09:00"]
    assert result.tasks[0].status == "planned"


def test_a_pinned_occurrence_counts_towards_the_week() -> None:
    habit = HabitInput("H", 30, 2, pinned=[(at(6, 12), at(6, 12, 30))])
    assert [day for _, day, _ in shown(plan(week(habits=[habit])).blocks)] == ["Mon 09:00", "Wed 12:00"]


@pytest.mark.parametrize("effort", ["repair", "greedy", "full"])
def test_an_occurrence_that_reaches_into_the_next_day_leaves_the_next_one_its_time(effort: Effort) -> None:
    night: dict[int, list[tuple[int, int]]] = {weekday: [(1420, 60)] for weekday in range(7)}
    busy = [(at(4, 8), at(4, 23, 50))]
    habits = [HabitInput("H", 20, 2, weekdays=[0, 1])]
    problem = week(habits=habits, hours=night, events=busy, horizon_end=at(5, 12), settings={"effort": effort})
    assert [day for _, day, _ in shown(plan(problem).blocks)] == ["Mon 23:50", "Tue 00:10"]


def test_a_cancelled_search_raises_and_a_guard_that_strikes_says_so() -> None:
    problem = week(*(TaskInput(str(number), 60) for number in range(8)))
    with pytest.raises(Cancelled):
        plan(problem, is_cancelled=lambda: True)
    seconds = iter(range(1000))
    assert plan(problem, tick=lambda: next(seconds), guard_seconds=2).capped


def test_watching_a_search_does_not_change_its_plan() -> None:
    problem = week(*(TaskInput(str(number), 45 + number * 5) for number in range(12)))
    told: list[float] = []
    assert plan(problem, on_progress=told.append, is_cancelled=lambda: False) == plan(problem)
    assert told == sorted(told)
    assert told[0] == 0


def test_a_traveller_is_planned_in_the_zone_of_each_date() -> None:
    tokyo = zone("Asia/Tokyo")
    problem = build_problem(
        zone_on=lambda day: BERLIN if day < date(2026, 5, 5) else tokyo,
        now=at(4, 15),
        horizon_end=at(8, 0),
        hours=WORKDAYS,
        tasks=[TaskInput("A", 120), TaskInput("B", 60)],
    )
    starts = [f"{from_minutes(b.start):%d %H:%M}" for b in plan(problem).blocks]
    assert starts == ["04 13:00", "05 00:00"]
