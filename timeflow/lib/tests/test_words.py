from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeflow.lib import words
from timeflow.lib.words import PersonClock

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = date(2026, 4, 21)


def at(day: int, hour: int, minute: int = 0, month: int = 4, year: int = 2026) -> datetime:
    """That reading of a clock in Berlin."""
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


def clock_of(clock: str = "24") -> PersonClock:
    return PersonClock(zone_at=lambda _instant: BERLIN, clock=clock, now=at(21, 10))


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 min"), (5, "5 min"), (45, "45 min"), (60, "1 h"), (65, "1 h 05"), (75, "1 h 15"), (1440, "24 h")],
)
def test_a_duration_is_said_in_hours_and_minutes(minutes, said):
    assert words.duration(minutes) == said


@given(st.integers(0, 10_000))
def test_a_duration_can_be_read_back(minutes):
    said = words.duration(minutes).removesuffix(" min")
    hours, _, rest = said.partition(" h") if " h" in said else ("0", "", said)
    assert int(hours) * 60 + int(rest or 0) == minutes


def test_counts_have_their_plural_and_nothing_is_no():
    assert words.count(1, "block") == "1 block"
    assert words.count(3, "block") == "3 blocks"
    assert words.count(0, "block") == "no blocks"
    assert words.count(1200, "person", "people") == "1,200 people"


def test_a_list_is_joined_as_one_speaks():
    assert words.joined([]) == ""
    assert words.joined(["Run"]) == "Run"
    assert words.joined(["Run", "Read", "Rest"]) == "Run, Read and Rest"


@pytest.mark.parametrize(
    ("minute", "h24", "h12"),
    [
        (0, "0:00", "12:00 am"),
        (545, "9:05", "9:05 am"),
        (720, "12:00", "12:00 pm"),
        (1439, "23:59", "11:59 pm"),
        (1440, "24:00", "midnight"),
    ],
)
def test_readings_of_the_clock_follow_the_persons_habit(minute, h24, h12):
    assert words.minute_of_day(minute, "24") == h24
    assert words.minute_of_day(minute, "12") == h12


def test_an_instant_is_said_in_the_persons_zone():
    instant = datetime(2026, 4, 21, 7, 30, tzinfo=UTC)
    assert words.clock_time(instant, BERLIN, "24") == "9:30"
    assert words.clock_time(instant, ZoneInfo("America/New_York"), "12") == "3:30 am"


def test_days_near_today_have_names_of_their_own():
    assert words.day(TUESDAY, TUESDAY) == "today"
    assert words.day(date(2026, 4, 22), TUESDAY) == "tomorrow"
    assert words.day(date(2026, 4, 20), TUESDAY) == "yesterday"
    assert words.day(date(2026, 4, 24), TUESDAY) == "Fri 24 April"


def test_the_year_is_said_only_when_it_is_another_one():
    assert words.day(date(2027, 1, 1), TUESDAY) == "Fri 1 January 2027"
    assert words.days(date(2026, 4, 20), date(2026, 4, 24), TUESDAY) == "20 – 24 April"
    assert words.days(date(2026, 4, 27), date(2026, 5, 1), TUESDAY) == "27 April – 1 May"
    assert words.days(date(2026, 12, 28), date(2027, 1, 3), TUESDAY) == "28 December – 3 January 2027"
    assert words.days(TUESDAY, TUESDAY, TUESDAY) == "21 April"


def test_the_next_six_days_go_by_their_weekday():
    assert words.short_day(date(2026, 4, 24), TUESDAY) == "Fri"
    assert words.short_day(date(2026, 4, 27), TUESDAY) == "Mon"
    assert words.short_day(date(2026, 4, 28), TUESDAY) == "Tue 28 April"
    assert words.short_day(date(2026, 4, 17), TUESDAY) == "Fri 17 April"


def test_the_age_of_something_is_rounded_down():
    now = at(21, 10)
    assert words.since(now - timedelta(seconds=40), now) == "just now"
    assert words.since(now - timedelta(minutes=59), now) == "59 min ago"
    assert words.since(now - timedelta(hours=23, minutes=59), now) == "23 h ago"
    assert words.since(now - timedelta(days=1), now) == "1 day ago"


def test_lateness_is_said_in_days_from_one_day_on():
    assert words.lateness(30) == "30 min late"
    assert words.lateness(135) == "2 h 15 late"
    assert words.lateness(3000) == "2 days late"


def test_a_zone_goes_by_its_city_and_distance():
    assert words.zone_name("Europe/Berlin", at(21, 10)) == "Berlin time (GMT+2)"
    assert words.zone_name("Asia/Kolkata", at(21, 10)) == "Kolkata time (GMT+5:30)"
    assert words.zone_name("America/New_York", at(21, 10)) == "New York time (GMT-4)"
    assert words.zone_name("UTC", at(21, 10)) == "UTC time (GMT)"


def test_a_stretch_of_time_says_its_day_once():
    clock = clock_of()
    assert clock.when(at(24, 10), at(24, 11, 30)) == "Fri 10:00 – 11:30"
    assert clock.when(at(21, 10), at(21, 11)) == "today 10:00 – 11:00"
    assert clock.when(at(24, 22), at(25, 1)) == "Fri 22:00 – Sat 1:00"
    assert clock.hours(at(24, 10), at(24, 11, 30)) == "10:00 – 11:30"


def test_a_due_moment_keeps_its_time_and_a_due_date_has_none():
    clock = clock_of("12")
    assert clock.due(at(24, 17), None) == "Fri 5:00 pm"
    assert clock.due(None, date(2026, 4, 22)) == "tomorrow"
    assert clock.due(None, None) == ""


def test_a_traveller_reads_each_instant_in_the_zone_of_that_day():
    lisbon, leaves = ZoneInfo("Europe/Lisbon"), at(23, 0)
    clock = PersonClock(lambda instant: lisbon if instant >= leaves else BERLIN, "24", at(21, 10))
    assert clock.moment(at(22, 9)) == "tomorrow 9:00"
    assert clock.moment(at(24, 9)) == "Fri 8:00"
    assert clock.day(at(23, 0, 30)) == "tomorrow"


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("9:00", "10:30", "9:00 – 10:30"),
        ("9:00 am", "10:30 am", "9:00 – 10:30 am"),
        ("11:00 am", "12:30 pm", "11:00 am – 12:30 pm"),
        ("Fri 1:00 pm", "2:00 pm", "Fri 1:00 – 2:00 pm"),
    ],
)
def test_half_of_the_day_is_said_once_if_a_stretch_lies_in_one(start, end, said):
    assert words.stretch(start, end) == said
