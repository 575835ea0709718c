from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
from hypothesis import example, given, settings
from hypothesis import strategies as st

from availability.domain.ics import expand, read
from availability.tests.domain.calendar_files import AUTUMN, BERLIN, REAL_CALENDARS, calendar, occurrences

RULES = st.builds(
    "FREQ={};INTERVAL={}{}{}".format,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY"]),
    st.integers(1, 40),
    st.sampled_from(["", ";BYDAY=MO", ";BYDAY=TU,SA", ";BYMONTHDAY=1,31", ";BYMONTH=1,7;BYDAY=WE", ";WKST=SU"]),
    st.sampled_from(["", ";COUNT=7", ";UNTIL=20261101T000000Z", ";UNTIL=20200101T000000Z"]),
)
LENGTHS = st.sampled_from(["PT0S", "PT45M", "PT30H", "P9D"])


@given(RULES, LENGTHS, st.datetimes(datetime(2015, 1, 1), datetime(2027, 1, 1)), st.integers(0, 700))  # noqa: DTZ001
@example("FREQ=HOURLY;INTERVAL=1", "PT0S", datetime(2015, 1, 1), 242)  # noqa: DTZ001
@settings(max_examples=150, deadline=None)
def test_occurrences_are_those_that_the_library_finds(rule, length, begun, offset):
    raw = calendar(
        f"UID:a\r\nDTSTART;TZID=Europe/Berlin:{begun:%Y%m%dT%H%M00}\r\nDURATION:{length}\r\nRRULE:{rule}\r\n"
        "EXDATE;TZID=Europe/Berlin:20260301T120000"
    )
    start = datetime(2025, 6, 1, tzinfo=BERLIN) + timedelta(days=offset)
    end = start + timedelta(days=60)
    expected = recurring_ical_events.of(icalendar.Calendar.from_ical(raw)).between(start, end)
    found = expand(read(raw).series, start, end, lambda _day: BERLIN)
    if not found.notes:
        # In the hour that spring leaves out the library finds an hourly event twice at one instant; it happens once.
        instants = {one["DTSTART"].dt.astimezone(UTC) for one in expected}
        assert [one.starts_at for one in found.occurrences] == sorted(instants)


SCRAPS = (
    *("BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "TZID:a", "UID:a", " folded", ":", ";", "\x00"),
    *("DTSTART:20261001T120000Z", "DTSTART;VALUE=DATE:20261001", "DTSTART;TZID=a:20261001T120000", "DTEND:20261002"),
    *("DURATION:P1D", "RRULE:FREQ=DAILY", "RRULE:FREQ=YEARLY;BYDAY=6MO", "RRULE:FREQ=DAILY;UNTIL=20261003"),
    *("RECURRENCE-ID:20261001T120000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261001", "EXDATE:20261002T120000Z"),
    *("RDATE;VALUE=PERIOD:20261003T120000Z/PT1H", "RDATE:20261004", "SEQUENCE:x", "STATUS:CANCELLED"),
)
calendars = st.lists(st.sampled_from(SCRAPS)).map(lambda lines: calendar("\r\n".join(lines)))


@given(st.one_of(st.binary(max_size=300), calendars))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_or_refused_and_what_is_read_expands(raw):
    file = read(raw)
    assert file.is_calendar or not file.series
    found = expand(file.series, *AUTUMN, lambda _day: BERLIN)
    keys = [(one.uid, one.recurrence_id) for one in found.occurrences]
    assert len(keys) == len(set(keys))
    assert all(one.starts_at <= one.ends_at for one in found.occurrences)


@pytest.mark.parametrize("path", REAL_CALENDARS)
@pytest.mark.parametrize("year", [2018, 2019, 2020])
def test_a_real_calendar_loses_nothing_in_a_year(path, year):
    raw = path.read_bytes()
    start, end = datetime(year, 1, 1, tzinfo=BERLIN), datetime(year + 1, 1, 1, tzinfo=BERLIN)
    expected = recurring_ical_events.of(icalendar.Calendar.from_ical(raw)).between(start, end)
    found = occurrences(read(raw), start, end)
    assert sorted((one.uid, one.title) for one in found) == sorted(
        (str(one["UID"]), " ".join(str(one["SUMMARY"]).split())[:200]) for one in expected
    )
    assert sum(one.is_all_day for one in found) == sum(not isinstance(one["DTSTART"].dt, datetime) for one in expected)
