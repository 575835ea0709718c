from datetime import UTC, datetime

import pytest

from availability.domain import ics
from availability.domain.ics import expand, expanding, read
from availability.tests.domain.calendar_files import AUTUMN, BERLIN, calendar, occurrences, only


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=SECONDLY", "repeats too often"),
        ("FREQ=MINUTELY", "repeats too often"),
        ("FREQ=MINUTELY;COUNT=900000", "repeats too often"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "never comes"),
        ("FREQ=MONTHLY;BYSETPOS=3;BYMONTHDAY=1", "never comes"),
        ("FREQ=YEARLY;BYWEEKNO=60", "never comes"),
        ("FREQ=HOURLY;INTERVAL=24;BYHOUR=5", "cannot be followed"),
        ("FREQ=SECONDLY;COUNT=1;BYMONTH=12", "repeats too often"),
        ("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
    ],
)
def test_a_rule_that_would_keep_us_busy_is_left_out_and_told(rule, reason):
    file = read(
        calendar(
            f"UID:a\r\nDTSTART:20260220T100000Z\r\nSUMMARY:Bomb\r\nRRULE:{rule}", "UID:b\r\nDTSTART:20261001T120000Z"
        )
    )
    found = expand(file.series, *AUTUMN, lambda _day: BERLIN)
    assert [one.uid for one in found.occurrences] == ["b"]
    assert len(found.notes) == 1
    assert "“Bomb”" in found.notes[0]
    assert reason in found.notes[0]


def test_no_window_holds_more_than_so_many_occurrences():
    events = [f"UID:{n}\r\nDTSTART:20260220T100000Z\r\nRRULE:FREQ=HOURLY" for n in range(5)]
    found = expand(read(calendar(*events)).series, *AUTUMN, lambda _day: BERLIN)
    assert found.is_cut
    assert len(found.occurrences) == ics.MAX_OCCURRENCES


def test_an_event_of_a_hundred_years_is_one_event():
    found = only(calendar("UID:a\r\nDTSTART:19500101T000000Z\r\nDTEND:20500101T000000Z"))
    assert found.ends_at - found.starts_at == datetime(2050, 1, 1) - datetime(1950, 1, 1)  # noqa: DTZ001


def test_a_file_of_fifty_thousand_lines_is_read_whole():
    lines = "DTSTART:20261005T090000Z\r\nDTEND:20261005T100000Z\r\nDESCRIPTION:x\r\nX-A:1\r\nX-B:2\r\nSUMMARY:Meeting"
    raw = calendar(*(f"UID:{number}\r\n{lines}" for number in range(5_600)))
    assert raw.count(b"\n") > 50_000
    assert len(occurrences(read(raw))) == 5_600


MONDAYS = "DTSTART:20261005T090000Z\r\nRRULE:FREQ=WEEKLY"
HALF_HOURS = "BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0,30"


@pytest.mark.parametrize(
    ("start", "rule", "reason"),
    [
        ("16000101T000000Z", f"FREQ=YEARLY;COUNT=900000;BYDAY=MO,TU,WE,TH,FR,SA,SU;{HALF_HOURS}", "too often"),
        ("16000101T000000Z", f"FREQ=MONTHLY;COUNT=900000;BYDAY=MO,TU,WE,TH,FR,SA,SU;{HALF_HOURS}", "too often"),
        ("24000101T000000Z", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "left out"),
        ("24000101T000000Z", "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", "left out"),
    ],
)
def test_dates_within_a_period_count_as_work_and_so_does_the_way_behind_the_window(start, rule, reason):
    file = read(calendar(f"UID:a\r\nDTSTART:{start}\r\nSUMMARY:Bomb\r\nRRULE:{rule}"))
    assert reason in expand(file.series, *AUTUMN, lambda _day: BERLIN).notes[0]


@pytest.mark.parametrize(
    ("start", "rule", "on"),
    [
        ("16041009", "FREQ=YEARLY", "2026-10-09"),
        ("16041009", "FREQ=YEARLY;INTERVAL=2", "2026-10-09"),
        ("16041031", "FREQ=MONTHLY", "2026-10-31"),
        ("16041031", "FREQ=MONTHLY;INTERVAL=6", "2026-10-31"),
        ("16040101", "FREQ=YEARLY;BYMONTH=10;BYDAY=2MO", "2026-10-12"),
    ],
)
def test_what_began_centuries_ago_is_followed_from_shortly_before_the_window(start, rule, on):
    """However many there are: from their beginnings they would be too many years together."""
    events = [f"UID:{number}\r\nDTSTART;VALUE=DATE:{start}\r\nRRULE:{rule}" for number in range(300)]
    found = expand(read(calendar(*events)).series, *AUTUMN, lambda _day: BERLIN)
    assert not found.notes
    assert len({one.uid for one in found.occurrences if str(one.starts_on) == on}) == 300


def test_a_birthday_on_the_29th_of_february_comes_in_leap_years_alone():
    file = read(calendar("UID:a\r\nDTSTART;VALUE=DATE:16040229\r\nRRULE:FREQ=YEARLY"))
    window = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC))
    found = expand(file.series, *window, lambda _day: BERLIN)
    assert [str(one.starts_on) for one in found.occurrences] == ["2028-02-29"]


def test_zones_with_more_rules_than_any_on_earth_are_not_followed():
    change = "BEGIN:STANDARD\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
    change += "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=1SU\r\nEND:STANDARD\r\n"
    zone = f"BEGIN:VTIMEZONE\r\nTZID:Ours\r\n{change * 61}END:VTIMEZONE"
    event = "BEGIN:VEVENT\r\nUID:a\r\nDTSTART;TZID=Ours:20261001T120000\r\nEND:VEVENT"
    raw = f"BEGIN:VCALENDAR\r\n{zone}\r\n{event}\r\nEND:VCALENDAR"
    assert "“Ours” is not known" in read(raw.encode()).notes[0]


ENDED = "RRULE:FREQ=WEEKLY;UNTIL=20260301T000000Z"


def test_what_ended_before_the_window_takes_nothing_from_what_goes_on(monkeypatch):
    monkeypatch.setattr(expanding, "MAX_ALL_STEPS", 1_000)
    ended = [f"UID:{number}\r\nDTSTART:20200105T100000Z\r\n{ENDED}" for number in range(50)]
    found = expand(read(calendar(*ended, f"UID:on\r\n{MONDAYS}")).series, *AUTUMN, lambda _day: BERLIN)
    assert not found.notes
    assert {one.uid for one in found.occurrences} == {"on"}


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:20250105T100000Z", "DURATION:P300D", ENDED),
        ("DTSTART:20250105T100000Z", "RDATE:20261005T100000Z", ENDED),
        ("DTSTART:20250106T100000Z", ENDED, "END:VEVENT", "BEGIN:VEVENT", "UID:a", "DTSTART:20261005T100000Z",
         "RECURRENCE-ID:20260112T100000Z"),
        ("DTSTART:20260101T000000Z", "DTEND:20261231T000000Z"),
    ],
)  # fmt: skip
def test_what_reaches_into_the_window_in_spite_of_its_end_is_found(lines):
    assert expand(read(calendar("\r\n".join(("UID:a", *lines)))).series, *AUTUMN, lambda _day: BERLIN).occurrences
