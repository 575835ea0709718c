"""Each reason, with facts counted by hand. A Monday in Berlin, 8:00, hours 9 to 17, until the next Monday."""

from datetime import datetime
from typing import Any

from scheduling.domain.planner import (
    HabitInput,
    Outcome,
    Settings,
    TaskInput,
    build_problem,
    facts_json,
    plan,
    reason_sentence,
)
from timeflow.lib.time import minutes_since_epoch, zone
from timeflow.lib.words import PersonClock

BERLIN = zone("Europe/Berlin")
NOW = datetime(2026, 5, 4, 8, tzinfo=BERLIN)
WORKDAYS: dict[int, list[tuple[int, int]]] = {weekday: [(540, 1020)] for weekday in range(5)}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=BERLIN)


def outcome(*tasks: TaskInput, owner: str = "A", **more: Any) -> Outcome:
    settings = Settings(**more.pop("settings", {}))
    arguments = {"now": NOW, "horizon_end": at(11, 0), "hours": WORKDAYS} | more
    result = plan(build_problem(zone_on=lambda _: BERLIN, tasks=tasks, settings=settings, **arguments))
    return next(outcome for outcome in result.tasks if outcome.id == owner)


def says(found: Outcome, **titles: str) -> str:
    assert found.reason is not None
    return reason_sentence(found.reason, titles=titles, words=PersonClock(lambda _: BERLIN, "24", NOW))


def reason(found: Outcome) -> tuple[str, dict[str, Any]]:
    assert found.reason is not None
    return found.reason.code, dict(found.reason.facts)


def test_tasks_that_wait_for_each_other_are_named() -> None:
    found = outcome(TaskInput("A", 30, depends_on=["B"]), TaskInput("B", 30, depends_on=["A"]))
    assert (found.status, reason(found)) == ("unscheduled", ("DEPENDENCY_CYCLE", {"tasks": ("A", "B")}))
    assert says(found, A="Ask", B="Answer") == "“Ask” and “Answer” wait for each other."


def test_a_task_that_waits_for_itself_says_so() -> None:
    assert says(outcome(TaskInput("A", 30, depends_on=["A"]))) == "It waits for itself."


def test_a_task_behind_a_cycle_waits_for_what_is_not_planned() -> None:
    found = outcome(
        TaskInput("A", 30, depends_on=["B"]), TaskInput("B", 30, depends_on=["C"]), TaskInput("C", 30, depends_on=["B"])
    )
    assert reason(found) == ("DEPENDENCY_UNSCHEDULED", {"tasks": ("B",)})
    assert says(found) == "It waits for “B”, which is not fully planned."


def test_a_task_behind_one_that_is_only_partly_placed_is_not_placed() -> None:
    long = TaskInput("B", 3000, splittable=True, max_block=480)
    found = outcome(TaskInput("A", 30, depends_on=["B"]), long)
    assert (found.status, reason(found)) == ("unscheduled", ("DEPENDENCY_UNSCHEDULED", {"tasks": ("B",)}))


def test_a_pin_over_an_event_is_reported_though_it_stays() -> None:
    found = outcome(TaskInput("A", 60, pinned=[(at(4, 10), at(4, 11))]), events=[(at(4, 10, 30), at(4, 12))])
    block = (minutes_since_epoch(at(4, 10)), minutes_since_epoch(at(4, 11)))
    event = (minutes_since_epoch(at(4, 10, 30)), minutes_since_epoch(at(4, 12)))
    assert (found.status, reason(found)) == ("planned", ("PIN_CONFLICT", {"block": block, "event": event}))
    assert says(found) == "Its fixed block today 10:00 – 11:00 overlaps an event, today 10:30 – 12:00."


def test_two_pins_at_one_time_are_reported_with_the_other_task() -> None:
    pins = [(at(4, 10), at(4, 11))]
    found = outcome(TaskInput("A", 60, pinned=pins), TaskInput("B", 60, pinned=pins))
    assert reason(found)[0] == "PIN_CONFLICT"
    assert says(found, B="Report") == "Its fixed block today 10:00 – 11:00 overlaps a fixed block of “Report”."


def test_a_pin_before_the_end_of_its_predecessor_is_reported() -> None:
    found = outcome(TaskInput("A", 60, pinned=[(at(4, 9), at(4, 10))], depends_on=["B"]), TaskInput("B", 60))
    assert says(found, B="Report") == "Its fixed block today 9:00 – 10:00 begins before “Report” is done."


def test_what_was_due_before_now_is_overdue() -> None:
    found = outcome(TaskInput("A", 60, due=at(4, 7)))
    assert found.status == "late"
    assert found.late_minutes == 180
    assert reason(found) == ("OVERDUE", {"due": minutes_since_epoch(at(4, 7)), "overdue_minutes": 60})


def test_a_start_after_the_due_time_says_both() -> None:
    found = outcome(TaskInput("A", 60, due=at(5, 12), earliest_start=at(6, 9)))
    assert reason(found)[0] == "START_AFTER_DUE"
    assert says(found) == "It may start Wed 9:00 at the earliest, but is due tomorrow 12:00."


def test_without_working_hours_that_is_the_reason() -> None:
    found = outcome(TaskInput("A", 60), hours={})
    assert (found.status, reason(found)[0]) == ("unscheduled", "NO_WORKING_HOURS")
    assert says(found) == "There are no working hours before the end of Sun."


def test_a_habit_without_working_hours_says_so_too() -> None:
    found = outcome(owner="H", habits=[HabitInput("H", 30, 3)], hours={})
    assert (found.status, reason(found)[0]) == ("unscheduled", "NO_WORKING_HOURS")


def test_a_hard_due_that_cannot_be_met_names_what_is_needed_and_free() -> None:
    found = outcome(TaskInput("A", 240, due=at(4, 12), due_kind="hard"))
    code, facts = reason(found)
    assert (code, facts["needs_minutes"], facts["free_minutes"]) == ("HARD_DUE_IMPOSSIBLE", 240, 180)
    assert says(found) == "It needs 4 h, but only 3 h can be used before today 12:00."


def test_a_hard_due_that_fails_on_gaps_names_the_longest() -> None:
    found = outcome(TaskInput("A", 120, due=at(4, 13), due_kind="hard"), events=[(at(4, 10, 30), at(4, 11, 30))])
    code, facts = reason(found)
    assert (code, facts["free_minutes"], facts["longest_gap_minutes"]) == ("HARD_DUE_IMPOSSIBLE", 180, 90)
    assert says(found) == "It needs 2 h in one piece, but the longest gap before today 13:00 is 1 h 30."


def test_a_gap_too_short_names_the_longest_gap() -> None:
    found = outcome(
        TaskInput("A", 90, due=at(4, 12)), events=[(at(4, 10, 15), at(4, 10, 45)), (at(4, 11, 30), at(4, 17))]
    )
    limit = minutes_since_epoch(at(4, 12))
    facts = {"needs_minutes": 90, "longest_gap_minutes": 75, "limit": limit}
    assert (found.status, reason(found)) == ("late", ("NO_GAP_LONG_ENOUGH", facts))
    assert says(found) == "The longest gap before today 12:00 is 1 h 15, but it needs 1 h 30."


def test_too_little_free_time_before_a_soft_due_is_counted() -> None:
    found = outcome(TaskInput("A", 300, splittable=True, due=at(4, 12)))
    facts = {"needs_minutes": 300, "free_minutes": 180, "due": minutes_since_epoch(at(4, 12))}
    assert (found.status, reason(found)) == ("late", ("NOT_ENOUGH_FREE_TIME", facts))


def test_no_free_time_at_all_is_said_without_a_nought() -> None:
    full = [(at(4, 9), at(4, 12))]
    soft = TaskInput("A", 45, splittable=True, due=at(4, 12))
    assert says(outcome(soft, events=full)) == "It needs 45 min, but there is no free time for it before today 12:00."
    hard = TaskInput("A", 45, due=at(4, 12), due_kind="hard")
    assert says(outcome(hard, events=full)) == "It needs 45 min, but there is no free time for it before today 12:00."
    whole = TaskInput("A", 45, due=at(4, 12))
    assert says(outcome(whole, events=full)) == "There is no free time before today 12:00, but it needs 45 min."


def test_gaps_shorter_than_the_shortest_block_are_told_from_too_little_time() -> None:
    quarters = [(at(4, hour, 15), at(4, hour + 1)) for hour in (9, 10, 11)]
    found = outcome(TaskInput("A", 45, splittable=True, due=at(4, 12), due_kind="hard"), events=quarters)
    assert reason(found)[1]["free_minutes"] == 45
    assert says(found) == (
        "It needs 45 min, but not enough of the gaps before today 12:00 are as long as its shortest block."
    )


def test_more_work_than_the_horizon_holds_is_beyond_it() -> None:
    found = outcome(TaskInput("A", 3000, splittable=True, max_block=480))
    code, facts = reason(found)
    assert (found.status, code) == ("partial", "BEYOND_HORIZON")
    assert (facts["needs_minutes"], facts["free_minutes"]) == (3000, 5 * 480)


def test_the_daily_maximum_is_the_reason_when_the_work_would_fit_without_it() -> None:
    found = outcome(TaskInput("A", 240), settings={"daily_max_minutes": 120})
    assert (found.status, reason(found)[0]) == ("unscheduled", "DAILY_MAXIMUM")
    assert says(found) == "The daily maximum of 2 h leaves no room for it before the end of Sun."


def test_the_daily_maximum_is_the_reason_when_others_use_it_up() -> None:
    due = at(4, 17)
    tasks = [TaskInput("A", 60, priority=4, due=due, due_kind="hard"), TaskInput("B", 120, due=due, due_kind="hard")]
    found = outcome(*tasks, settings={"daily_max_minutes": 120})
    assert (found.status, reason(found)[0]) == ("unscheduled", "DAILY_MAXIMUM")


def test_time_taken_by_others_names_them_and_their_minutes() -> None:
    due = at(4, 12)
    tasks = [
        TaskInput("A", 60, priority=3, due=due),
        TaskInput("B", 120, priority=1, due=due),
        TaskInput("C", 60, priority=2, due=due),
    ]
    found = outcome(*tasks)
    facts = {"tasks": ("B", "C"), "more": 0, "minutes": 180, "needs_minutes": 60, "limit": minutes_since_epoch(due)}
    assert (found.status, reason(found)) == ("late", ("CAPACITY_TAKEN_BY", facts))
    assert says(found, B="Tax", C="Mail") == "It needs 1 h, but “Tax” and “Mail” hold 3 h before today 12:00."


def test_a_task_that_is_late_for_its_own_preference_is_told_so() -> None:
    found = outcome(TaskInput("A", 30, priority=4, due=at(4, 12), preferred="afternoon"))
    assert (found.status, reason(found)[1]["tasks"]) == ("late", ())
    assert says(found) == "Being on time by today 12:00 would cost more than it gains."


def test_a_task_outside_the_chosen_ones_says_it_was_not_part_of_the_plan() -> None:
    found = outcome(TaskInput("A", 30), TaskInput("B", 30), only={"B"})
    assert says(found) == "It was not part of this plan."


def test_what_pins_leave_over_and_no_block_fits_is_partial_with_a_reason() -> None:
    found = outcome(TaskInput("A", 60, splittable=True, pinned=[(at(4, 9), at(4, 9, 45))]))
    assert (found.status, found.placed_minutes, reason(found)[0]) == ("partial", 45, "BEYOND_HORIZON")


def test_facts_can_be_stored_as_json_with_instants_as_text() -> None:
    found = outcome(TaskInput("A", 240, due=at(4, 12), due_kind="hard"))
    assert found.reason is not None
    assert facts_json(found.reason, lambda _: BERLIN)["due"] == "2026-05-04T12:00+02:00"
