import pytest

from availability.domain.ics import read
from availability.tests.domain.calendar_files import calendar, only, problems
from timeflow.lib import bounds


@pytest.mark.parametrize(
    ("event", "line", "reason"),
    [
        ("UID:a\r\nSUMMARY:x", 3, "no start"),
        ("UID:a\r\nDTSTART:tomorrow", 5, "DTSTART holds “tomorrow”"),
        ("UID:a\r\nDTSTART:20260230T100000", 5, "DTSTART holds"),
        ("UID:a\r\nDTSTART:20260220T100000\r\nDTEND:20260220T090000", 6, "ends before it starts"),
        ("UID:a\r\nDTSTART;VALUE=DATE:20260220\r\nDTEND;VALUE=DATE:20260219", 6, "ends before it starts"),
        ("UID:a\r\nDTSTART:20260220T100000Z\r\nDTEND;TZID=America/New_York:20260220T040000", 6, "ends before"),
        ("UID:a\r\nDTSTART:20260220T100000\r\nDURATION:-PT1H", 6, "ends before it starts"),
        ("UID:a\r\nDTSTART:20260220T100000\r\nDURATION:P99999999D", 5, "cannot be worked out"),
        ("UID:a\r\nDTSTART:00010101T100000", 5, "outside the years"),
        ("UID:a\r\nDTSTART:20260220T100000\r\nDTEND:99990220T090000", 5, "outside the years"),
        ("UID:a\r\nDTSTART:20260220T100000\r\nEXDATE:soon", 6, "EXDATE holds"),
        ("UID:a\r\nDTSTART:20260220T100000\r\nRRULE:FREQ=OFTEN", 6, "RRULE holds"),
        ("UID:a\r\nDTSTART:20260220T100000\r\nRRULE:INTERVAL=2", 6, "how often"),
        ("UID:a\r\nDTSTART:20260220T100000\r\nRRULE:FREQ=DAILY;INTERVAL=0", 6, "INTERVAL=0"),
        ("UID:a\r\nDTSTART:20260220T100000\r\nRRULE:FREQ=DAILY;BYMINUTE=" + ",".join(map(str, range(60))) * 2, 6, ""),
    ],
)
def test_a_bad_event_is_named_with_its_line_and_reason(event, line, reason):
    (found,) = problems(calendar(event))
    assert found[:2] == (line, "a")
    assert reason in found[2]


@pytest.mark.parametrize(
    ("raw", "line", "reason"),
    [
        (b"", 1, "empty"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", 1, "web page"),
        (b"title,minutes\nx,5\n", 1, "not a calendar file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 1, "not a calendar file"),
        (b"BEGIN:VCALENDAR\r\nX:\xff\xfe\r\nEND:VCALENDAR", 2, "UTF-8"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n", 2, "ends in the middle of this VEVENT"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", 2, "closes nothing"),
        (b"BEGIN:VCALENDAR\r\n" + b"X" * bounds.FILE, 1, "larger than 5 MB"),
    ],
)
def test_a_file_that_is_no_calendar_says_what_it_is(raw, line, reason):
    (found,) = problems(raw)
    assert found[0] == line
    assert reason in found[2]
    file = read(raw)
    assert not file.is_calendar
    assert file.series == ()


def test_bad_events_hide_no_sound_ones():
    raw = calendar(
        "UID:good\r\nDTSTART:20261001T120000Z", *["UID:bad\r\nDTSTART:x"] * 150, "UID:other\r\nDTSTART:20261002"
    )
    found = problems(raw)
    assert len(found) == 101
    assert found[-1][2] == "From here on there are 50 more."
    file = read(raw)
    assert file.is_calendar
    assert [one.uid for one in file.series] == ["good", "other"]
    assert file.events == 2


def test_of_a_series_with_a_bad_exception_the_rest_is_read():
    regular = "UID:a\r\nDTSTART:20261001T120000Z\r\nRRULE:FREQ=DAILY;COUNT=3"
    file = read(calendar(regular, "UID:a\r\nRECURRENCE-ID:20261002T120000Z\r\nDTSTART:soon"))
    assert [problem.line for problem in file.problems] == [11]
    (series,) = file.series
    assert len(series.events) == 1


def test_the_inside_of_a_series_is_all_that_a_calendar_around_it_needs():
    rule = "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0130\r\nTZOFFSETTO:+0130\r\nEND:STANDARD\r\n"
    header = f"X-WR-TIMEZONE:Europe/Berlin\r\nBEGIN:VTIMEZONE\r\nTZID:Home\r\n{rule}END:VTIMEZONE\r\n"
    raw = calendar("UID:a\r\nDTSTART;TZID=Home:20261001T120000\r\nRRULE:FREQ=DAILY", header=header)
    (series,) = read(raw).series
    assert series.time_zone == "Europe/Berlin"
    assert "VCALENDAR" not in series.inside
    (again,) = read(f"BEGIN:VCALENDAR\r\n{series.inside}END:VCALENDAR\r\n".encode()).series
    assert (again.uid, again.ics, again.time_zone) == ("a", series.ics, "Europe/Berlin")


@pytest.mark.parametrize(
    "raw",
    [
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20261001T120000Z\nEND:VEVENT\nEND:VCALENDAR".encode("utf-16"),
        b"\xef\xbb\xbfBEGIN:VCALENDAR\rBEGIN:VEVENT\rUID:a\rDTSTART:20261001T120000Z\rEND:VEVENT\rEND:VCALENDAR",
        b"BEGIN:VCALENDAR\nEND:VCALENDAR\nBEGIN:VCALENDAR\nbegin:vevent\nuid:a\ndtstart:20261001T120000Z\n"
        b"end:vevent\nEND:VCALENDAR\n\n\n",
    ],
)
def test_other_encodings_line_ends_and_several_calendars_in_one_file(raw):
    assert only(raw).uid == "a"


def test_what_is_no_event_is_left_out_and_told():
    raw = calendar(header="BEGIN:VTODO\r\nUID:t\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VTODO\r\n")
    assert read(raw).notes == (
        "1 entries that are no events (tasks, journals) are left out.",
        "There are no events in this file.",
    )
