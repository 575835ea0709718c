"""Working hours: wall-clock rules and overrides as windows of time."""

from datetime import date, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from availability.domain.hours import Span, merged, windows, windows_on
from timeflow.lib.time import from_minutes, zone

NEW_YORK = zone("America/New_York")
MONDAY = date(2026, 4, 13)


def shown(spans: list[Span], name: str = "America/New_York") -> list[tuple[str, str]]:
    tz = zone(name)
    return [tuple(f"{from_minutes(minute).astimezone(tz):%d %H:%M}" for minute in span) for span in spans]  # type: ignore[misc]


def test_a_weekday_has_its_rules() -> None:
    rules = {0: [(540, 720), (780, 1020)]}
    assert shown(windows_on(MONDAY, rules, {}, lambda _: NEW_YORK)) == [
        ("13 09:00", "13 12:00"),
        ("13 13:00", "13 17:00"),
    ]


def test_an_override_replaces_the_rules_and_an_empty_one_is_a_day_off() -> None:
    rules = {0: [(540, 1020)]}
    assert windows_on(MONDAY, rules, {MONDAY: []}, lambda _: NEW_YORK) == []
    assert shown(windows_on(MONDAY, rules, {MONDAY: [(600, 660)]}, lambda _: NEW_YORK)) == [("13 10:00", "13 11:00")]


def test_rules_of_one_date_that_touch_or_overlap_are_one_window() -> None:
    rules = {0: [(600, 660), (540, 600), (650, 700)]}
    assert shown(windows_on(MONDAY, rules, {}, lambda _: NEW_YORK)) == [("13 09:00", "13 11:40")]


def test_a_window_that_ends_at_or_before_its_start_ends_on_the_next_day() -> None:
    assert shown(windows_on(MONDAY, {0: [(1320, 120)]}, {}, lambda _: NEW_YORK)) == [("13 22:00", "14 02:00")]
    assert shown(windows_on(MONDAY, {0: [(540, 540)]}, {}, lambda _: NEW_YORK)) == [("13 09:00", "14 09:00")]
    assert shown(windows_on(MONDAY, {0: [(1320, 1440)]}, {}, lambda _: NEW_YORK)) == [("13 22:00", "14 00:00")]


def test_an_override_of_the_next_date_cuts_the_rest_of_the_night() -> None:
    tuesday = date(2026, 4, 14)
    found = windows(MONDAY, tuesday, {0: [(1320, 120)]}, {tuesday: [(60, 180)]}, lambda _: NEW_YORK)
    assert shown(found) == [("13 22:00", "14 00:00"), ("14 01:00", "14 03:00")]


def test_windows_of_neighbouring_dates_that_touch_are_one() -> None:
    found = windows(MONDAY, date(2026, 4, 14), {0: [(1320, 1440)], 1: [(0, 60)]}, {}, lambda _: NEW_YORK)
    assert shown(found) == [("13 22:00", "14 01:00")]


def test_clock_changes_shorten_and_lengthen_a_window() -> None:
    for day, minutes in ((date(2026, 3, 8), 180), (date(2026, 11, 1), 300)):
        ((start, end),) = windows_on(day, {6: [(60, 300)]}, {}, lambda _: NEW_YORK)
        assert end - start == minutes


def test_a_window_inside_a_spring_gap_does_not_exist() -> None:
    assert windows_on(date(2026, 3, 8), {6: [(125, 175)]}, {}, lambda _: NEW_YORK) == []


def test_a_date_that_a_zone_skipped_has_no_windows() -> None:
    apia = zone("Pacific/Apia")
    assert windows_on(date(2011, 12, 30), {4: [(540, 1020)]}, {}, lambda _: apia) == []


def test_a_traveller_works_by_the_zone_of_each_date() -> None:
    tokyo = zone("Asia/Tokyo")
    found = windows(
        MONDAY,
        date(2026, 4, 14),
        {0: [(540, 600)], 1: [(540, 600)]},
        {},
        lambda day: NEW_YORK if day == MONDAY else tokyo,
    )
    assert shown(found, "UTC") == [("13 13:00", "13 14:00"), ("14 00:00", "14 01:00")]


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


@given(SPANS)
def test_merging_keeps_exactly_the_covered_minutes_apart_and_in_order(spans: list[Span]) -> None:
    union = merged(spans)
    assert {m for low, high in union for m in range(low, high)} == {m for low, high in spans for m in range(low, high)}
    assert all(sooner[1] < later[0] for sooner, later in pairwise(union))
    assert all(low < high for low, high in union)


@given(
    st.sampled_from(["America/New_York", "Africa/Cairo", "Pacific/Apia", "America/Santiago", "Europe/Berlin"]),
    st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    st.tuples(st.integers(0, 1439), st.integers(0, 1440)),
)
def test_inside_a_window_the_wall_clock_reads_what_the_rule_says(name: str, day: date, rule: Span) -> None:
    tz = zone(name)
    for start, end in windows_on(day, dict.fromkeys(range(7), [rule]), {}, lambda _: tz):  # noqa: RUF024
        first: datetime = from_minutes(start).astimezone(tz)
        last: datetime = from_minutes(end - 1).astimezone(tz)
        assert first.date() >= day
        if first.date() == day:
            assert first.hour * 60 + first.minute >= rule[0]
        assert (last.date() - day).days <= 2
