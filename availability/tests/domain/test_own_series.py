from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from availability.domain import ics
from availability.domain.own_series import EVERY, Happening, OwnSeries, Repeats, faults, from_text, to_text

wall = datetime.fromisoformat
BERLIN = "Europe/Berlin"
TUESDAY = wall("2026-04-21 09:30")
STAND_UP = OwnSeries("one", BERLIN, Happening("Stand-up", TUESDAY, TUESDAY + timedelta(minutes=15)), Repeats("weekday"))
FAIR = OwnSeries("two", BERLIN, Happening("Fair", date(2026, 4, 21), date(2026, 4, 23)), Repeats("week"))


def expanded(series, first="2026-01-01", until="2027-01-01", lives_in=BERLIN):
    start, end = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (first, until))
    stored = ics.stored(series.uid, to_text(series))
    expansion = ics.expand([stored], start, end, lambda _day: ZoneInfo(lives_in))
    assert not expansion.notes
    return expansion.occurrences


def starts(series, **window):
    """Local dates and times at which it happens, in Berlin."""
    return [f"{one.starts_at.astimezone(ZoneInfo(BERLIN)):%m-%d %H:%M}" for one in expanded(series, **window)]


def ending(series, **repeats):
    return replace(series, repeats=replace(series.repeats, **repeats))


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("day", ["04-21 09:30", "04-22 09:30", "04-23 09:30", "04-24 09:30", "04-25 09:30"]),
        ("weekday", ["04-21 09:30", "04-22 09:30", "04-23 09:30", "04-24 09:30", "04-27 09:30"]),
        ("week", ["04-21 09:30", "04-28 09:30", "05-05 09:30", "05-12 09:30", "05-19 09:30"]),
        ("fortnight", ["04-21 09:30", "05-05 09:30", "05-19 09:30", "06-02 09:30", "06-16 09:30"]),
        ("month", ["04-21 09:30", "05-21 09:30", "06-21 09:30", "07-21 09:30", "08-21 09:30"]),
    ],
)
def test_it_happens_as_often_as_it_says(every, expected):
    assert starts(ending(STAND_UP, every=every, times=5)) == expected


def test_the_last_day_is_included_and_the_day_after_is_not():
    assert starts(ending(STAND_UP, until=date(2026, 4, 23))) == ["04-21 09:30", "04-22 09:30", "04-23 09:30"]
    fairs = expanded(ending(FAIR, until=date(2026, 5, 5)))
    assert [one.starts_on for one in fairs] == [date(2026, 4, 21), date(2026, 4, 28), date(2026, 5, 5)]


def test_the_31st_is_the_last_day_of_shorter_months():
    late = replace(STAND_UP.usual, start=wall("2026-01-31 09:00"), end=wall("2026-01-31 10:00"))
    monthly = replace(STAND_UP, usual=late, repeats=Repeats("month", times=4))
    assert starts(monthly) == ["01-31 09:00", "02-28 09:00", "03-31 09:00", "04-30 09:00"]


def test_the_clock_of_its_zone_counts_wherever_the_person_is():
    autumn = replace(STAND_UP.usual, start=wall("2026-10-23 09:30"), end=wall("2026-10-23 09:45"))
    weekly = replace(STAND_UP, usual=autumn, repeats=Repeats("week", times=2))
    found = [one.starts_at for one in expanded(weekly, lives_in="Asia/Tokyo")]
    assert found == [datetime(2026, 10, 23, 7, 30, tzinfo=UTC), datetime(2026, 10, 30, 8, 30, tzinfo=UTC)]


def test_one_occurrence_is_left_out():
    series = ending(STAND_UP, times=3)
    assert starts(series.without(series.stamp(date(2026, 4, 22)))) == ["04-21 09:30", "04-23 09:30"]


def test_one_occurrence_is_moved_and_keeps_its_stamp():
    series = ending(STAND_UP, times=3)
    stamp = series.stamp(date(2026, 4, 22))
    moved = replace(series.regular(stamp), title="Retro", start=wall("2026-04-25 14:00"), end=wall("2026-04-25 15:00"))
    found = {one.recurrence_id: one.title for one in expanded(series.with_exception(stamp, moved))}
    assert found[stamp] == "Retro"
    assert starts(series.with_exception(stamp, moved)) == ["04-21 09:30", "04-23 09:30", "04-25 14:00"]
    assert starts(series.with_exception(stamp, moved).without(stamp)) == ["04-21 09:30", "04-23 09:30"]


def test_all_move_and_what_was_changed_alone_keeps_its_change():
    series = ending(STAND_UP, every="day", times=4)
    out, alone = series.stamp(date(2026, 4, 22)), series.stamp(date(2026, 4, 23))
    lunch = replace(series.regular(alone), start=wall("2026-04-23 12:00"), end=wall("2026-04-23 12:15"))
    series = series.without(out).with_exception(alone, lunch)
    last = series.stamp(date(2026, 4, 24))
    wanted = replace(series.regular(last), title="Huddle", start=wall("2026-04-25 08:00"), end=wall("2026-04-25 08:30"))
    changed = series.changed(last, wanted, series.repeats, series.zone)
    assert starts(changed) == ["04-22 08:00", "04-23 12:00", "04-25 08:00"]
    assert {one.title for one in expanded(changed)} == {"Huddle"}


def test_times_become_dates_and_what_was_left_out_stays_so():
    series = ending(STAND_UP, every="day", times=3).without(STAND_UP.stamp(date(2026, 4, 22)))
    wanted = Happening("Off-site", date(2026, 4, 21), date(2026, 4, 22))
    changed = series.changed(series.stamp(date(2026, 4, 21)), wanted, series.repeats, BERLIN)
    assert [one.starts_on for one in expanded(changed)] == [date(2026, 4, 21), date(2026, 4, 23)]


@pytest.mark.parametrize(
    ("series", "field"),
    [
        (ending(STAND_UP, every="hour"), "repeats.every"),
        (ending(STAND_UP, until=date(2026, 4, 20)), "repeats.until"),
        (ending(STAND_UP, until=date(2037, 4, 20)), "repeats.until"),
        (ending(STAND_UP, times=0), "repeats.times"),
        (ending(STAND_UP, times=1_001), "repeats.times"),
        (ending(STAND_UP, times=3, until=date(2026, 5, 1)), "repeats.times"),
        (replace(STAND_UP, usual=replace(STAND_UP.usual, start=wall("2026-04-25 09:00"))), "repeats.every"),
        (ending(FAIR, every="day"), "repeats.every"),
    ],
)
def test_what_cannot_be_is_said_about_its_field(series, field):
    assert list(faults(series)) == [field]


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60)
WALL = st.datetimes(wall("2026-01-01 00:00"), wall("2027-01-01 00:00")).map(
    lambda at: at.replace(second=0, microsecond=0)
)


@st.composite
def series_of_any_kind(draw):
    is_all_day = draw(st.booleans())
    at = draw(WALL)
    start = at.date() if is_all_day else at
    length = timedelta(days=1) if is_all_day else timedelta(minutes=draw(st.integers(1, 1440)))
    usual = Happening(
        title=draw(WORDS.map(lambda text: " ".join(text.split()))),
        start=start,
        end=start + length,
        notes=draw(WORDS.map(str.strip)),
        is_busy=draw(st.booleans()),
    )
    ends = draw(st.sampled_from([{}, {"times": 7}, {"until": at.date() + timedelta(days=40)}]))
    repeats = Repeats(draw(st.sampled_from(list(EVERY))), **ends)
    zone = "UTC" if is_all_day else draw(st.sampled_from([BERLIN, "America/New_York", "Asia/Kolkata", "UTC"]))
    series = OwnSeries("uid", zone, usual, repeats)
    assume(not faults(series))
    for days in draw(st.lists(st.integers(0, 20), max_size=3)):
        series = series.without(series.stamp(at.date() + timedelta(days=days)))
    return series


@given(series_of_any_kind())
def test_what_is_written_is_read_back(series):
    assert from_text(to_text(series)) == series


@given(series_of_any_kind(), st.integers(0, 30))
def test_leaving_one_out_takes_exactly_that_one(series, which):
    before = expanded(series, first="2025-12-01", until="2027-06-01")
    assume(before)
    stamp = before[which % len(before)].recurrence_id
    after = expanded(series.without(stamp), first="2025-12-01", until="2027-06-01")
    assert [one for one in before if one.recurrence_id != stamp] == list(after)


@given(series_of_any_kind())
def test_changing_nothing_changes_nothing(series):
    occurrences = expanded(series, first="2025-12-01", until="2027-06-01")
    assume(occurrences)
    stamp = occurrences[-1].recurrence_id
    again = series.changed(stamp, series.regular(stamp), series.repeats, series.zone)
    assert expanded(again, first="2025-12-01", until="2027-06-01") == occurrences
