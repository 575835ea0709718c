"""Files that were written to keep us busy: each is read, expanded or refused with little work."""

import time
from functools import partial

import pytest

from availability.domain.ics import MAX_OCCURRENCES, Expansion, expand, read
from availability.domain.ics.lines import MAX_LINES
from availability.tests.domain.calendar_files import AUTUMN, BERLIN, calendar, problems

SOON = "DTSTART:20261005T100000Z"
MOST = 12
"""So many times the work of an ordinary file, `ordinary`; each of these once took hundreds, or did not end."""


def many(rule: str, start: str = SOON, count: int = 300) -> bytes:
    return calendar(*(f"UID:{number}\r\n{start}\r\nRRULE:{rule}" for number in range(count)))


def zone(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VTIMEZONE", "TZID:Mine", *lines, "END:VTIMEZONE", ""))


def change(start: str, *lines: str, offset: str = "+0200") -> str:
    said = (f"DTSTART:{start}", "TZOFFSETFROM:+0100", f"TZOFFSETTO:{offset}", *lines)
    return "\r\n".join(("BEGIN:STANDARD", *said, "END:STANDARD"))


def in_zone(*lines: str, count: int = 1) -> bytes:
    events = (f"UID:{number}\r\nDTSTART;TZID=Mine:20261005T100000" for number in range(count))
    return calendar(*events, header=zone(*lines))


ALL_DAYS = "BYDAY=MO,TU,WE,TH,FR,SA,SU"
BUSY = {
    "days that come every 28 years": partial(many, "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO"),
    "years since 1600": partial(many, f"FREQ=YEARLY;BYSETPOS=366;{ALL_DAYS}", "DTSTART:16000105T100000Z"),
    "one second of a day that never comes": partial(many, "FREQ=SECONDLY;COUNT=1;BYMONTH=2;BYMONTHDAY=30"),
    "hours of many days": partial(many, f"FREQ=YEARLY;{ALL_DAYS};BYHOUR=1,2,3,4;BYMINUTE=1,2,3,4", count=3_000),
    "days of many months": partial(many, f"FREQ=MONTHLY;COUNT=900000;{ALL_DAYS}", "DTSTART:16000101T100000Z"),
    "birthdays of a town": partial(many, "FREQ=YEARLY", count=3_000),
    "a rule as long as a book": partial(many, "FREQ=YEARLY;BYYEARDAY=" + ",".join(["7"] * 15_000), count=50),
    "zones of slashes": lambda: calendar(
        *(f"UID:a\r\nDTSTART;TZID={'/a' * 19_000}:20261005T100000" for _ in "ab" * 60)
    ),
    "a second zone of slashes": lambda: calendar(f"UID:a\r\nDTSTART;TZID=UTC;TZID={'/a' * 19_000}:20261005T100000"),
    "a zone that changes each day": lambda: in_zone(
        *(change("16010101T000000", f"RRULE:FREQ=YEARLY;{ALL_DAYS}") for _ in range(40))
    ),
    "a zone since year 1": lambda: in_zone(*(change("00010101T000000", "RRULE:FREQ=YEARLY") for _ in range(60))),
    "a zone that lists its changes": lambda: in_zone(
        change("20200101T000000", *["RDATE:" + ",".join(["20200102T000000"] * 2_000)] * 90)
    ),
    "a long zone for each event": lambda: in_zone(*(change(f"{1900 + n}0101T000000") for n in range(40)), count=2_000),
    "dates that are none": lambda: calendar(f"UID:a\r\n{SOON}\r\n" + "EXDATE:x\r\n" * 250_000),
    "a million lines": lambda: calendar(f"UID:a\r\n{SOON}\r\n" + "A\r\n" * 1_000_000),
    "parts within parts": lambda: calendar(f"UID:a\r\n{SOON}\r\n" + "BEGIN:VEVENT\r\n" * 100_000),
    "quotes that are never closed": lambda: calendar(*(f"UID:a\r\n{SOON}\r\nSUMMARY;A={chr(34) * 39_001}:x",) * 100),
}


def _work(raw: bytes) -> tuple[float, Expansion]:
    """Seconds of the processor's time for it, and what was found."""
    begun = time.process_time()
    found = expand(read(raw).series, *AUTUMN, lambda _day: BERLIN)
    return time.process_time() - begun, found


@pytest.fixture(scope="module")
def ordinary() -> float:
    """What five hundred meetings on two days of each week cost here and now."""
    return _work(many("FREQ=WEEKLY;BYDAY=MO,WE", count=500))[0]


@pytest.mark.parametrize("make", [pytest.param(make, id=words) for words, make in BUSY.items()])
def test_no_file_keeps_us_busy(make, ordinary):
    work, found = _work(make())
    assert work < MOST * ordinary
    assert len(found.occurrences) <= MAX_OCCURRENCES
    assert len(found.notes) <= 101


def test_ten_thousand_lines_of_dates_are_refused_where_the_event_begins():
    raw = calendar(f"UID:a\r\n{SOON}\r\n" + "RDATE:20261006T100000Z\r\n" * 10_000)
    assert problems(raw) == [(3, "a", "It lists more than 5,000 dates.")]


def test_a_file_has_so_many_lines():
    raw = calendar(f"UID:a\r\n{SOON}\r\n" + "A:\r\n" * MAX_LINES)
    assert problems(raw) == [(MAX_LINES, "", "The file has more than 300,000 lines.")]


@pytest.mark.parametrize(
    "lines",
    [
        (change("20200101T000000", offset="+9900"),),
        (change("20200101T000000", offset="soon"),),
        (change("soon"),),
        ("BEGIN:STANDARD", "DTSTART:20200101T000000", "END:STANDARD"),
        ("BEGIN:STANDARD", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100", "END:STANDARD"),
        (),
        ("BEGIN:VTIMEZONE", "TZID:Mine", "END:VTIMEZONE"),
        (change("20200101T000000", "RRULE:FREQ=YEARLY;UNTIL=soon"),),
    ],
)
def test_a_zone_that_means_nothing_is_none(lines):
    file = read(in_zone(*lines))
    assert file.problems == ()
    assert any("time zone “Mine” is not known" in note for note in file.notes)
    (found,) = expand(file.series, *AUTUMN, lambda _day: BERLIN).occurrences
    assert f"{found.starts_at.astimezone(BERLIN):%H:%M}" == "10:00"


def test_a_birthday_without_a_year_is_found_though_it_began_in_1604():
    raw = calendar("UID:a\r\nDTSTART;VALUE=DATE:16041010\r\nRRULE:FREQ=YEARLY", "UID:b\r\nDTSTART;VALUE=DATE:16041231")
    (found,) = expand(read(raw).series, *AUTUMN, lambda _day: BERLIN).occurrences
    assert f"{found.starts_on}" == "2026-10-10"
