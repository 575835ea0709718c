from datetime import UTC, date, datetime, timedelta

import pytest

from availability.domain.ics import expand, read, stored
from availability.tests.domain.calendar_files import BERLIN, NEW_YORK, calendar, fixture, occurrences, only, wall


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
