# ruff: noqa: E501 - one bad input a line reads best
"""Bad input is refused with the field and the reason, all of it at once, and nothing else happens."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.planner import InvalidProblem, parse_problem, read_json, solve
from scheduling.tests.planner.strategies import problems

SOUND: dict[str, Any] = {
    "time_zone": "America/New_York",
    "now": "2026-04-13T08:00",
    "horizon_end": "2026-04-20T00:00",
    "hours": {"mon": [["09:00", "17:00"]]},
    "tasks": [{"id": "A", "minutes": 60}],
    "habits": [{"id": "H", "minutes": 30, "times_per_week": 2}],
}


def errors(value: Any) -> dict[str, str]:
    with pytest.raises(InvalidProblem) as refusal:
        parse_problem(value)
    return {error.field: error.reason for error in refusal.value.errors}


def with_task(**fields: Any) -> dict[str, Any]:
    return SOUND | {"tasks": [{"id": "A", "minutes": 60, **fields}]}


def with_habit(**fields: Any) -> dict[str, Any]:
    return SOUND | {"habits": [{"id": "H", "minutes": 30, "times_per_week": 2, **fields}]}


def test_a_sound_problem_is_taken() -> None:
    assert len(parse_problem(SOUND).tasks) == 1


@pytest.mark.parametrize(
    ("value", "field", "reason"),
    [
        (SOUND | {"colour": 1}, "colour", "unknown field"),
        (with_task(titel="x"), "tasks[0].titel", "unknown field"),
        (SOUND | {"hours": {"monday": []}}, "hours.monday", "unknown field"),
        (SOUND | {"parts_of_day": {"night": ["22:00", "06:00"]}}, "parts_of_day.night", "unknown field"),
        (SOUND | {"time_zone": "Mars/Base"}, "time_zone", "is not a known time zone"),
        (SOUND | {"time_zone": 5}, "time_zone", "is not a known time zone"),
        (SOUND | {"time_zone": "../etc/passwd"}, "time_zone", "is not a known time zone"),
        (SOUND | {"now": "2026-02-30T08:00"}, "now", "is not in the calendar"),
        (SOUND | {"now": "2026-04-13T25:00"}, "now", "is not on the clock"),
        (SOUND | {"now": "2026-04-13"}, "now", "must be a time like 2026-04-13T09:00, with or without an offset"),
        (SOUND | {"now": None}, "now", "must be a time like 2026-04-13T09:00, with or without an offset"),
        (SOUND | {"now": "2026-04-13T08:00+25:00"}, "now", "has an impossible offset"),
        (SOUND | {"horizon_end": "2026-04-13T08:00"}, "horizon_end", "must be after now"),
        (SOUND | {"horizon_end": "2026-11-13T08:00"}, "horizon_end", "must be at most 26 weeks after now"),
        (SOUND | {"horizon_end": "9999-12-31T23:59"}, "horizon_end", "must be in the years 1970 to 2999"),
        (SOUND | {"hours": {"mon": [["09:00", "25:00"]]}}, "hours.mon[0][1]", "must be a time of day like 09:00"),
        (SOUND | {"hours": {"mon": [["24:00", "10:00"]]}}, "hours.mon[0][0]", "must be before 24:00"),
        (SOUND | {"hours": {"mon": ["09:00"]}}, "hours.mon[0]", "must be a pair of start and end"),
        (SOUND | {"hours": []}, "hours", "must be an object"),
        (SOUND | {"date_overrides": {"2026-02-29": []}}, "date_overrides.2026-02-29", "is not in the calendar"),
        (SOUND | {"grid_minutes": 0}, "grid_minutes", "must be 1 to 240"),
        (SOUND | {"grid_minutes": 5.0}, "grid_minutes", "must be a whole number"),
        (SOUND | {"seed": True}, "seed", "must be a whole number"),
        (SOUND | {"effort": "fast"}, "effort", "must be one of repair, greedy, full"),
        (SOUND | {"effort": ["full"]}, "effort", "must be one of repair, greedy, full"),
        (SOUND | {"week_start": "monday"}, "week_start", "must be one of mon, tue, wed, thu, fri, sat, sun"),
        (SOUND | {"daily_max_minutes": -1}, "daily_max_minutes", "must be 0 to 10000"),
        (SOUND | {"iterations": -5}, "iterations", "must be 0 to 1000000"),
        (SOUND | {"tasks": {}}, "tasks", "must be a list"),
        (SOUND | {"tasks": ["A"]}, "tasks[0]", "must be an object"),
        (SOUND | {"tasks": [{"id": "A"}]}, "tasks[0].minutes", "is missing"),
        (with_task(minutes=0), "tasks[0].minutes", "must be 1 to 10000"),
        (with_task(minutes=-60), "tasks[0].minutes", "must be 1 to 10000"),
        (with_task(minutes=10_001), "tasks[0].minutes", "must be 1 to 10000"),
        (with_task(minutes=10**400), "tasks[0].minutes", "must be 1 to 10000"),
        (with_task(minutes="60"), "tasks[0].minutes", "must be a whole number"),
        (with_task(minutes=60.0), "tasks[0].minutes", "must be a whole number"),
        (with_task(minutes=None), "tasks[0].minutes", "must be a whole number"),
        (with_task(id=7), "tasks[0].id", "must be text"),
        (with_task(id=""), "tasks[0].id", "must be 1 to 200 characters"),
        (with_task(priority=5), "tasks[0].priority", "must be 1 to 4"),
        (with_task(due="2026-13-01"), "tasks[0].due", "is not in the calendar"),
        (with_task(due=1776067200), "tasks[0].due", "must be a time like 2026-04-13T09:00, with or without an offset"),
        (with_task(due_kind="firm"), "tasks[0].due_kind", "must be one of soft, hard"),
        (with_task(splittable="yes"), "tasks[0].splittable", "must be true or false"),
        (with_task(splittable=True, minutes=20), "tasks[0].minutes", "cannot be made from blocks of min_block to max_block minutes"),
        (with_task(splittable=True, min_block=90, max_block=60), "tasks[0].max_block", "must be at least min_block"),
        (with_task(splittable=True, max_per_day=20), "tasks[0].max_per_day", "must be at least min_block"),
        (with_task(preferred="night"), "tasks[0].preferred", "must be one of morning, afternoon, evening"),
        (with_task(depends_on=["B"]), "tasks[0].depends_on[0]", "unknown id 'B'"),
        (with_task(depends_on=["H"]), "tasks[0].depends_on[0]", "unknown id 'H'"),
        (with_task(depends_on=["A", "A"]), "tasks[0].depends_on[1]", "duplicate id 'A'"),
        (with_task(depends_on=[["A"]]), "tasks[0].depends_on[0]", "unknown id ['A']"),
        (with_task(depends_on="A"), "tasks[0].depends_on", "must be a list"),
        (with_task(pinned=[["2026-04-13T10:00", "2026-04-13T09:00"]]), "tasks[0].pinned[0].end", "must be after its start"),
        (with_task(pinned=[["2026-04-13T10:00", "2026-04-23T10:00"]]), "tasks[0].pinned[0]", "must be at most 10000 minutes"),
        (with_task(pinned=[["2026-04-13T10:00"]]), "tasks[0].pinned[0]", "must be a pair of start and end"),
        (with_habit(times_per_week=8), "habits[0].times_per_week", "must be 1 to 7"),
        (with_habit(weekdays=[]), "habits[0].weekdays", "must name at least one day"),
        (with_habit(weekdays=["mo"]), "habits[0].weekdays[0]", "must be one of mon, tue, wed, thu, fri, sat, sun"),
        (with_habit(done=["2026-04-31"]), "habits[0].done[0]", "is not in the calendar"),
        (with_habit(id="A"), "habits[0].id", "duplicate id 'A'"),
        (with_habit(min_days_between=7), "habits[0].min_days_between", "must be 0 to 6"),
        (SOUND | {"previous": [{"task": "Z", "start": "2026-04-13T09:00", "end": "2026-04-13T10:00"}]}, "previous[0].task", "unknown id 'Z'"),
        (SOUND | {"previous": [{"task": "A", "start": "2026-04-13T09:00"}]}, "previous[0].end", "is missing"),
        (SOUND | {"events": [{"start": "2026-04-13T09:00", "end": "2026-04-13T08:00"}]}, "events[0].end", "must be after its start"),
        (SOUND | {"events": [{"start": "2026-04-13", "end": "2026-04-14"}]}, "events[0].start", "must be a time like 2026-04-13T09:00, with or without an offset"),
        (SOUND | {"events": [{"start": "2026-04-13T09:00", "end": "2026-04-14T09:00", "all_day": True}]}, "events[0].start", "must be a date like 2026-04-13"),
        ([], "", "must be an object"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_field(value: Any, field: str, reason: str) -> None:
    assert errors(value)[field] == reason


def test_everything_that_is_wrong_is_listed_at_once() -> None:
    tasks = [{"id": "A", "minutes": 0}, {"id": "A", "minutes": 5, "priority": 9}]
    found = errors(SOUND | {"tasks": tasks, "grid_minutes": 0})
    assert set(found) == {"grid_minutes", "tasks[0].minutes", "tasks[1].id", "tasks[1].priority"}


def test_five_thousand_tasks_leave_room_for_habits_and_more_are_refused() -> None:
    many = [{"id": str(number), "minutes": 5} for number in range(5001)]
    assert len(parse_problem(SOUND | {"tasks": many[:5000]}).tasks) == 5000
    assert errors(SOUND | {"tasks": many}) == {"tasks": "more than 5000 tasks"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"\xff\xfe{}", "is not UTF-8"),
        ("[" * 200_000, "is nested too deeply"),
        ('{"now": NaN}', "NaN is not a number in JSON"),
        ('{"now": -Infinity}', "-Infinity is not a number in JSON"),
        ('{"now": 1, "now": 2}', "duplicate field"),
        ("{", "is not JSON"),
        ("", "is not JSON"),
        ('{"seed": ' + "9" * 5000 + "}", "is not JSON"),
    ],
)
def test_what_is_not_plain_json_is_refused(text: str | bytes, reason: str) -> None:
    with pytest.raises(InvalidProblem) as refusal:
        read_json(text)
    assert reason in refusal.value.errors[0].reason


def test_times_with_an_offset_are_instants_and_without_one_wall_clock() -> None:
    here = parse_problem(SOUND | {"now": "2026-04-13T08:00"})
    there = parse_problem(SOUND | {"now": "2026-04-13T14:00+02:00"})
    assert here.now == there.now == parse_problem(SOUND | {"now": "2026-04-13T12:00Z"}).now


def test_seconds_round_now_up_and_events_outwards() -> None:
    event = {"start": "2026-04-13T10:00:30", "end": "2026-04-13T10:30:30"}
    problem = parse_problem(SOUND | {"now": "2026-04-13T08:00:01", "events": [event]})
    assert problem.now % 60 == 1
    assert [(start % 60, end % 60) for start, end in problem.busy] == [(0, 31)]


def test_a_cycle_is_a_reason_and_not_an_input_error() -> None:
    solved = solve(json.dumps(with_task(depends_on=["A"])))
    assert solved["tasks"][0]["reason"]["code"] == "DEPENDENCY_CYCLE"


def test_a_chain_of_thousands_is_no_problem() -> None:
    chain = [
        {"id": str(number), "minutes": 5, "depends_on": [str(number - 1)] if number else []} for number in range(3000)
    ]
    solved = solve(json.dumps(SOUND | {"tasks": chain, "effort": "repair"}))
    assert sum(task["status"] == "planned" for task in solved["tasks"]) >= 90


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12) | st.just("2026-04-13T09:00"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@problems
@given(st.data())
def test_any_value_in_any_field_is_taken_or_refused_but_never_raises(data: st.DataObject) -> None:
    value = json.loads(json.dumps(SOUND | {"iterations": 5}))
    place = data.draw(st.sampled_from([value, value["tasks"][0], value["habits"][0]]))
    names = [
        *place,
        "due",
        "earliest_start",
        "pinned",
        "depends_on",
        "splittable",
        "events",
        "previous",
        "date_overrides",
    ]
    place[data.draw(st.sampled_from(names))] = data.draw(JSON_VALUES)
    try:
        solve(json.dumps(value))
    except InvalidProblem as refusal:
        assert refusal.errors  # noqa: PT017 - either outcome is right
