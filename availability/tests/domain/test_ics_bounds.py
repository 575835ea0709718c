from datetime import datetime

import pytest

from availability.domain import ics
from availability.domain.ics import expand, read
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
