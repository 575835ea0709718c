"""The one rule for wall-clock times, on ordinary days and on those when a clock changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeflow.lib.time import (
    UnknownZone,
    edge,
    first_weekday_on_or_before,
    from_minutes,
    local_date,
    minutes_since_epoch,
    zone,
)

ZONES = [
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Europe/Dublin",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Antarctica/Troll",
]


@pytest.mark.parametrize(
    ("name", "day", "minute", "expected"),
    [
        ("America/New_York", date(2026, 4, 13), 540, "2026-04-13T13:00"),
        ("America/New_York", date(2026, 3, 8), 150, "2026-03-08T07:00"),  # 2:30 does not exist: the jump to 3:00
        ("America/New_York", date(2026, 11, 1), 90, "2026-11-01T05:30"),  # 1:30 comes twice: the first
        ("America/New_York", date(2026, 4, 13), 1440, "2026-04-14T04:00"),
        ("Africa/Cairo", date(2026, 4, 24), 0, "2026-04-23T22:00"),  # no midnight: the day begins at 1:00
        ("Africa/Cairo", date(2026, 4, 23), 1440, "2026-04-23T22:00"),
        ("America/Santiago", date(2026, 9, 6), 0, "2026-09-06T04:00"),  # no midnight
        ("America/Santiago", date(2026, 4, 4), 1440, "2026-04-05T04:00"),  # 23:00 comes twice before it
        ("Pacific/Apia", date(2011, 12, 30), 540, "2011-12-30T10:00"),  # a date that was skipped: the next one begins
        ("Pacific/Apia", date(2011, 12, 29), 1440, "2011-12-30T10:00"),
        ("Asia/Kathmandu", date(2026, 5, 4), 0, "2026-05-03T18:15"),
        ("America/St_Johns", date(2010, 11, 7), 0, "2010-11-07T02:30"),  # midnight comes twice: the first
    ],
)
def test_an_edge_is_the_first_instant_that_reads_the_time_or_later(
    name: str, day: date, minute: int, expected: str
) -> None:
    assert f"{edge(day, minute, zone(name)):%Y-%m-%dT%H:%M}" == expected


@given(st.sampled_from(ZONES), st.dates(date(1985, 1, 1), date(2036, 1, 1)), st.integers(0, 1440))
def test_no_instant_before_an_edge_reads_that_time_or_later_on_that_date(name: str, day: date, minute: int) -> None:
    tz = zone(name)
    found = edge(day, minute, tz)
    assert found.tzinfo is UTC
    here = found.astimezone(tz)
    assert here.date() > day or (here.date() == day and here.hour * 60 + here.minute >= minute)
    for back in (1, 59, 60, 61, 90, 24 * 60, 25 * 60):
        before = (found - timedelta(minutes=back)).astimezone(tz)
        assert before.date() < day or (before.date() == day and before.hour * 60 + before.minute < minute)


@given(st.sampled_from(ZONES), st.dates(date(1985, 1, 1), date(2036, 1, 1)), st.integers(0, 1439))
def test_edges_of_a_date_never_go_backwards(name: str, day: date, minute: int) -> None:
    tz = zone(name)
    assert edge(day, minute, tz) <= edge(day, minute + 1, tz) <= edge(day + timedelta(days=1), 0, tz)
    assert edge(day, 1440, tz) == edge(day + timedelta(days=1), 0, tz)


@given(st.sampled_from(ZONES), st.dates(date(1985, 1, 1), date(2036, 1, 1)))
def test_a_date_begins_at_its_edge(name: str, day: date) -> None:
    tz = zone(name)
    start = edge(day, 0, tz)
    assert local_date(start - timedelta(seconds=1), tz) < local_date(start, tz)
    assert local_date(start, tz) >= day


@pytest.mark.parametrize("minute", [-1, 1441])
def test_a_minute_outside_the_day_is_refused(minute: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        edge(date(2026, 1, 1), minute, zone("UTC"))


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd", "localtime", "europe/berlin", "America"])
def test_only_names_of_zones_are_zones(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone(name)


@given(st.integers(-(10**7), 10**9), st.integers(0, 59))
def test_minutes_and_instants_turn_into_each_other(minutes: int, seconds: int) -> None:
    assert minutes_since_epoch(from_minutes(minutes) + timedelta(seconds=seconds)) == minutes


def test_minutes_are_the_same_whatever_the_offset_is() -> None:
    berlin = datetime(2026, 5, 4, 9, tzinfo=zone("Europe/Berlin"))
    assert minutes_since_epoch(berlin) == minutes_since_epoch(datetime(2026, 5, 4, 7, tzinfo=UTC))


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.integers(0, 6))
def test_a_week_begins_on_its_first_weekday_at_most_six_days_before(day: date, week_start: int) -> None:
    first = first_weekday_on_or_before(day, week_start)
    assert first.weekday() == week_start
    assert 0 <= (day - first).days <= 6
