import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from availability.domain import ics
from availability.domain.ics import expand, read, stored

HERE = Path(__file__).parent
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
AUTUMN = (datetime(2026, 9, 1, tzinfo=BERLIN), datetime(2027, 1, 1, tzinfo=BERLIN))


def fixture(name):
    return read((HERE / "calendars" / name).read_bytes())


def calendar(*events, header=""):
    body = "".join(f"BEGIN:VEVENT\r\n{event.strip()}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{header}{body}END:VCALENDAR\r\n".encode()


def occurrences(file, start=AUTUMN[0], end=AUTUMN[1], zone=BERLIN):
    assert file.problems == ()
    return expand(file.series, start, end, lambda _day: zone).occurrences


def only(raw, **window):
    (found,) = occurrences(read(raw), **window)
    return found


def wall(occurrence, zone=BERLIN):
    return f"{occurrence.starts_at.astimezone(zone):%m-%d %H:%M}"


def problems(raw):
    found = read(raw)
    assert found.series == ()
    return [(problem.line, problem.uid, problem.reason) for problem in found.problems]


# What a file means


def test_a_series_with_exceptions_is_expanded_as_its_calendar_shows_it():
    file = fixture("exceptions.ics")
    assert (file.name, file.events, [series.uid for series in file.series]) == (
        "Choir",
        4,
        ["rehearsal@example.org", "guest@example.org"],
    )
    found = [one for one in occurrences(file) if one.uid == "rehearsal@example.org"]
    assert [wall(one) for one in found] == [
        *("09-01 19:00", "09-08 19:00", "09-15 19:00", "09-22 19:00", "09-29 19:00", "10-16 20:00", "10-20 19:00"),
        *("10-27 19:00", "11-03 19:00", "11-10 19:00", "11-17 19:00", "11-24 19:00", "12-01 19:00", "12-08 19:00"),
        *("12-10 19:00", "12-15 19:00"),
    ]
    moved, cancelled = found[5], found[6]
    assert (moved.recurrence_id, moved.title) == ("20261013T170000Z", "Rehearsal with orchestra")
    assert (cancelled.is_cancelled, cancelled.is_busy, cancelled.status) == (True, False, "CANCELLED")
    assert all(one.is_busy and not one.is_cancelled for one in found if one is not cancelled)
    assert (found[0].location, found[0].ends_at - found[0].starts_at) == ("Parish hall", timedelta(hours=2))


def test_an_override_without_its_series_stands_for_itself():
    found = next(one for one in occurrences(fixture("exceptions.ics")) if one.uid == "guest@example.org")
    assert (found.recurrence_id, found.is_busy) == ("20261107T170000Z", False)
    assert found.ends_at == datetime(2026, 11, 7, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "recurrence_ids"),
    [
        ("2026-10-12", "2026-10-15", []),  # only the 13th, and it moved out
        ("2026-10-15", "2026-10-18", ["20261013T170000Z"]),  # nothing but what moved in
        ("2026-10-16 21:29", "2026-10-18", ["20261013T170000Z"]),  # its last minute
        ("2026-10-16 21:30", "2026-10-18", []),
        ("2026-10-12", "2026-10-16 20:00", []),
    ],
)
def test_an_override_is_found_where_it_moved_to(first, last, recurrence_ids):
    start, end = (datetime.fromisoformat(at).replace(tzinfo=BERLIN) for at in (first, last))
    found = occurrences(fixture("exceptions.ics"), start, end)
    assert [one.recurrence_id for one in found] == recurrence_ids


def test_all_day_events_keep_their_dates_and_follow_the_person():
    found = {one.uid: one for one in occurrences(fixture("all_day.ics"), zone=NEW_YORK)}
    dates = {uid: (one.starts_on, one.ends_on) for uid, one in found.items()}
    assert dates == {
        "one-day": (date(2026, 12, 24), date(2026, 12, 25)),
        "two-days": (date(2026, 12, 25), date(2026, 12, 27)),
        "same-day": (date(2026, 12, 28), date(2026, 12, 29)),
        "birthday": (date(2026, 12, 31), date(2027, 1, 1)),
    }
    assert found["two-days"].starts_at == datetime(2026, 12, 25, tzinfo=NEW_YORK)
    assert found["two-days"].ends_at == datetime(2026, 12, 27, tzinfo=NEW_YORK)
    assert (found["birthday"].recurrence_id, found["one-day"].recurrence_id) == ("20261231", "")
    assert all(one.is_all_day for one in found.values())


def test_an_all_day_event_is_in_the_window_by_the_persons_day():
    raw = calendar("UID:a\r\nDTSTART;VALUE=DATE:20261224")
    start = datetime(2026, 12, 24, 23, 30, tzinfo=UTC)
    assert occurrences(read(raw), start, start + timedelta(hours=9), BERLIN) == ()
    assert len(occurrences(read(raw), start, start + timedelta(hours=9), NEW_YORK)) == 1


def test_floating_times_are_wall_clock_where_the_person_is():
    file = fixture("floating.ics")
    window = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    for zone in (BERLIN, NEW_YORK):
        found = [one for one in occurrences(file, *window, zone) if one.uid == "floating"]
        assert [wall(one, zone) for one in found] == ["03-27 08:00", "03-28 08:00", "03-29 08:00", "03-30 08:00"]
        assert all(one.ends_at - one.starts_at == timedelta(minutes=30) for one in found)
    assert found[0].description == "Two lines\nof text, folded in the middle of a word"
    assert found[0].recurrence_id == "20260327T080000"


def test_the_persons_zone_may_change_from_one_date_to_the_next():
    file = fixture("floating.ics")
    found = expand(
        file.series,
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2026, 4, 1, tzinfo=UTC),
        lambda day: BERLIN if day < date(2026, 3, 29) else NEW_YORK,
    ).occurrences
    assert [wall(one) for one in found if one.uid == "floating"][1:3] == ["03-28 08:00", "03-29 14:00"]


def test_an_event_without_an_end_takes_no_time():
    found = next(
        one for one in occurrences(fixture("floating.ics"), datetime(2026, 3, 1, tzinfo=UTC)) if one.uid == "instant"
    )
    assert found.starts_at == found.ends_at == datetime(2026, 3, 27, 7, tzinfo=UTC)


def test_windows_names_vendor_prefixes_and_own_zones_are_understood():
    found = {one.uid: one for one in occurrences(fixture("outlook.ics"), datetime(2026, 7, 1, tzinfo=UTC))}
    assert {uid: wall(one) for uid, one in found.items()} == {
        "windows-name": "07-15 09:00",
        "own-zone": "07-15 09:00",
        "own-zone-winter": "12-15 09:00",
        "vendor": "07-15 09:00",
    }
    assert found["windows-name"].title == "Windows name, whatever its VTIMEZONE says"
    assert [one.is_busy for one in found.values()].count(False) == 1


def own_zone(offset):
    zone = (
        f"BEGIN:VTIMEZONE\r\nTZID:Office\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        f"TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    return calendar("UID:a\r\nDTSTART;TZID=Office:20261001T120000", header=zone)


def test_a_zone_of_one_file_does_not_bend_the_times_of_another():
    starts = [only(own_zone(offset)).starts_at.hour for offset in ("+0100", "+0500", "+0100")]
    assert starts == [11, 7, 11]


def test_an_unknown_zone_is_told_and_its_times_are_wall_clock():
    file = read(calendar("UID:a\r\nDTSTART;TZID=Mars/Olympus:20261001T120000"))
    assert "Mars/Olympus" in file.notes[0]
    assert [wall(one) for one in occurrences(file)] == ["10-01 12:00"]


def test_a_zone_whose_rules_would_never_end_is_not_followed():
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Bomb\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n"
        "TZOFFSETTO:+0100\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    file = read(calendar("UID:a\r\nDTSTART;TZID=Bomb:20261001T120000", header=zone))
    assert "Bomb" in file.notes[0]


def test_a_calendars_own_zone_is_where_utc_times_recur():
    raw = calendar(
        "UID:a\r\nDTSTART:20260901T170000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY",
        header="X-WR-TIMEZONE:Europe/Berlin\r\n",
    )
    assert {f"{wall(one)[-5:]}" for one in occurrences(read(raw))} == {"19:00"}


def test_of_repeated_events_the_newest_counts_and_it_is_told():
    raw = calendar(
        "UID:a\r\nSEQUENCE:2\r\nDTSTART:20261001T120000Z\r\nSUMMARY:New",
        "UID:a\r\nSEQUENCE:1\r\nDTSTART:20261002T120000Z\r\nSUMMARY:Old",
        "UID:b\r\nDTSTART:20261003T120000Z\r\nSUMMARY:Twice",
        "UID:b\r\nDTSTART:20261003T120000Z\r\nSUMMARY:Twice",
    )
    file = read(raw)
    assert [one.title for one in occurrences(file)] == ["New", "Twice"]
    assert file.notes == ("2 events are in the file more than once; the newest of each counts.",)


def test_events_without_a_uid_are_told_apart_by_what_they_say():
    raw = calendar("DTSTART:20261001T120000Z\r\nSUMMARY:A", "DTSTART:20261001T120000Z\r\nSUMMARY:B")
    uids = [series.uid for series in read(raw).series]
    assert len(set(uids)) == 2
    assert uids == [series.uid for series in read(raw).series]


def test_later_occurrences_follow_an_override_that_says_so():
    raw = calendar(
        "UID:a\r\nDTSTART:20261001T120000Z\r\nDTEND:20261001T130000Z\r\nRRULE:FREQ=DAILY;COUNT=4",
        "UID:a\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261003T120000Z\r\nDTSTART:20261003T140000Z\r\nDTEND:20261003T150000Z",
    )
    found = occurrences(read(raw))
    assert [f"{one.starts_at:%d %H}" for one in found] == ["01 12", "02 12", "03 14", "04 14"]
    assert [one.recurrence_id[6:11] for one in found] == ["01T12", "02T12", "03T12", "04T12"]


def test_text_is_cleaned_and_cut():
    found = only(
        calendar(
            f"UID:a\r\nDTSTART:20261001T120000Z\r\nSUMMARY:\x07{'t' * 500}\r\nLOCATION:{'l' * 900}\r\n"
            f"DESCRIPTION:a\\n\x00b{'d' * 60_000}\\"
        )
    )
    assert (len(found.title), len(found.location), len(found.description)) == (200, 500, 10_000)
    assert found.title == "t" * 200
    assert found.description[:3] == "a\nb"


def test_people_and_alarms_are_not_kept():
    (series,) = read(
        calendar("UID:a\r\nDTSTART:20261001T120000Z\r\nATTENDEE;CN=Bob:mailto:bob@example.org\r\nX-SECRET:1")
    ).series
    assert "bob" not in series.ics
    assert "SECRET" not in series.ics


@pytest.mark.parametrize("name", ["exceptions.ics", "all_day.ics", "outlook.ics", "floating.ics"])
def test_a_series_that_was_stored_expands_as_it_did_when_it_was_read(name):
    file = fixture(name)
    window = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2027, 1, 5, tzinfo=UTC), lambda _day: BERLIN)
    again = [stored(series.uid, series.ics) for series in file.series]
    assert expand(again, *window) == expand(file.series, *window)
    assert [series.title for series in again] == [series.title for series in file.series]


# What is wrong with a file


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
        (b"BEGIN:VCALENDAR\r\n" + b"X" * ics.MAX_BYTES, 1, "larger than 5 MB"),
    ],
)
def test_a_file_that_is_no_calendar_says_what_it_is(raw, line, reason):
    (found,) = problems(raw)
    assert found[0] == line
    assert reason in found[2]


def test_one_bad_event_makes_the_whole_file_a_list_of_what_is_wrong():
    found = problems(calendar("UID:good\r\nDTSTART:20261001T120000Z", *["UID:bad\r\nDTSTART:x"] * 150))
    assert len(found) == 101
    assert found[-1][2] == "From here on there are 50 more."


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


# Bounds


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


# The library is the judge of recurrence

RULES = st.builds(
    "FREQ={};INTERVAL={}{}{}".format,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY"]),
    st.integers(1, 40),
    st.sampled_from(["", ";BYDAY=MO", ";BYDAY=TU,SA", ";BYMONTHDAY=1,31", ";BYMONTH=1,7;BYDAY=WE", ";WKST=SU"]),
    st.sampled_from(["", ";COUNT=7", ";UNTIL=20261101T000000Z", ";UNTIL=20200101T000000Z"]),
)
LENGTHS = st.sampled_from(["PT0S", "PT45M", "PT30H", "P9D"])


@given(RULES, LENGTHS, st.datetimes(datetime(2015, 1, 1), datetime(2027, 1, 1)), st.integers(0, 700))  # noqa: DTZ001
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
        assert sorted(one.starts_at for one in found.occurrences) == sorted(
            one["DTSTART"].dt.astimezone(UTC) for one in expected
        )


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
    assert not (file.problems and file.series)
    found = expand(file.series, *AUTUMN, lambda _day: BERLIN)
    keys = [(one.uid, one.recurrence_id) for one in found.occurrences]
    assert len(keys) == len(set(keys))
    assert all(one.starts_at <= one.ends_at for one in found.occurrences)


# Real calendars


def real_calendars():
    folder = Path(os.environ.get("TIMEFLOW_CALENDARS") or HERE.parents[3] / "shared" / "data" / "calendars")
    return sorted(folder.glob("*.ics")) if folder.is_dir() else []


@pytest.mark.skipif(not real_calendars(), reason="no real calendars: TIMEFLOW_CALENDARS names no folder of .ics files")
@pytest.mark.parametrize("path", real_calendars(), ids=lambda path: path.stem)
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
