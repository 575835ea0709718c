from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from availability.domain.hour_rules import day_faults, normal, rest_of, said, total, until, week_faults
from availability.domain.hours import edge_minutes, windows

# A zone whose clock never changes, so that the wall clock counts true minutes.
KOLKATA = ZoneInfo("Asia/Kolkata")
MONDAY = date(2026, 4, 20)
WINDOW = st.tuples(st.integers(0, 1439), st.integers(0, 1440))
DAY = st.lists(WINDOW, max_size=4)
WEEK = st.dictionaries(st.integers(0, 6), DAY, max_size=7)


def in_a_week(week):
    """The minutes of one week of a life with these hours, far from its first and last day."""
    spans = windows(MONDAY - timedelta(days=14), MONDAY + timedelta(days=21), week, {}, lambda _day: KOLKATA)
    start = edge_minutes(MONDAY, 0, lambda _day: KOLKATA)
    return sum(max(0, min(last, start + 7 * 1440) - max(first, start)) for first, last in spans)


@given(WEEK)
def test_a_week_without_faults_counts_every_minute_once(week):
    assume(not week_faults(week, "24"))
    assert in_a_week(week) == sum(total(day) for day in week.values())


@given(WEEK)
def test_a_week_with_overlaps_counts_some_minute_twice(week):
    assume(week_faults(week, "24"))
    assert in_a_week(week) < sum(total(day) for day in week.values())


@given(DAY)
def test_the_order_of_windows_does_not_matter(day):
    assert day_faults(day, "24") == day_faults(list(reversed(day)), "24")


@given(WINDOW)
def test_a_window_lasts_from_a_minute_to_a_day(window):
    assert 1 <= total([window]) <= 1440
    assert until(window) == until(normal(window))


@given(st.lists(WINDOW, min_size=1, max_size=10))
def test_what_reaches_into_the_next_date_is_what_ends_there(day):
    assert (rest_of(day) > 0) == any(0 < normal(window)[1] <= window[0] for window in day)


def test_touching_windows_are_no_overlap():
    assert week_faults({0: [(540, 720), (720, 1020)], 1: [(1320, 120)], 2: [(120, 300)]}, "24") == {}


@pytest.mark.parametrize(
    ("week", "faults"),
    [
        ({0: [(540, 721), (720, 1020)]}, {0: ["9:00 – 12:01 and 12:00 – 17:00 overlap."]}),
        ({0: [(1320, 120)], 1: [(60, 300)]}, {1: ["Monday goes on until 2:00 and overlaps 1:00 – 5:00."]}),
        ({6: [(1320, 120)], 0: [(60, 300)]}, {0: ["Sunday goes on until 2:00 and overlaps 1:00 – 5:00."]}),
        ({0: [(540, 541)] * 11}, {0: ["At most 10 stretches a day."]}),
        ({0: [(-1, 60)]}, {0: ["Times lie between 0:00 and 24:00."]}),
        ({0: [(1440, 60)]}, {0: ["Times lie between 0:00 and 24:00."]}),
        ({0: [(0, 1441)]}, {0: ["Times lie between 0:00 and 24:00."]}),
        ({0: [(540, 1020), (540, 600)]}, {0: ["9:00 – 10:00 and 9:00 – 17:00 overlap."]}),
    ],
)
def test_what_cannot_be_is_said_about_its_day(week, faults):
    assert week_faults(week, "24") == faults


@pytest.mark.parametrize(
    ("window", "clock", "words"),
    [
        ((540, 1020), "24", "9:00 – 17:00"),
        ((540, 1020), "12", "9:00 am – 5:00 pm"),
        ((1320, 120), "24", "22:00 – 2:00 the next day"),
        ((1320, 0), "24", "22:00 – 24:00"),
        ((1320, 1440), "12", "10:00 pm – midnight"),
        ((540, 540), "24", "9:00 – 9:00 the next day"),
    ],
)
def test_a_window_is_said_in_words(window, clock, words):
    assert said(window, clock) == words
