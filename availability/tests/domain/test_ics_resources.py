from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from availability.domain.ics import read, wrapped
from availability.domain.ics.resources import MAX_TEXT, NO_EVENT, TOO_LARGE, UNREADABLE, NotAnEvent, cut
from availability.tests.domain.calendar_files import REAL_CALENDARS, calendar
from timeflow.lib import bounds

MARK = "0192f3c4000070008000000000000001" * 2
ALICE = {"mailto:alice@example.com", "/principals/alice/"}


def alice():
    return ALICE


def nobody():
    raise AssertionError("nobody said no, so nobody need know who the person is")


def test_only_what_is_needed_is_kept():
    alarm = "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nDESCRIPTION:Ring\r\nEND:VALARM"
    text = cut(
        calendar(
            "UID:a\r\nDTSTART:20261001T120000Z\r\nSUMMARY:Long\r\n er\r\nORGANIZER:mailto:b@example.com\r\n"
            f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@example.com\r\nATTACH:data\r\n{alarm}"
        ),
        nobody,
    ).text
    assert text == "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261001T120000Z\r\nSUMMARY:Longer\r\nEND:VEVENT\r\n"


@pytest.mark.parametrize(
    ("attendee", "is_declined"),
    [
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:alice@example.com", True),
        ('attendee;cn="Alice: A";partstat="declined";x=1:MAILTO:Alice@example.com', True),
        ("ATTENDEE;PARTSTAT=DECLINED:/principals/alice/", True),
        ("ATTENDEE;EMAIL=alice@example.com;PARTSTAT=DECLINED:urn:uuid:1", True),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.com", False),
        ("ATTENDEE;PARTSTAT=TENTATIVE:mailto:alice@example.com", False),
        ('ATTENDEE;CN=";PARTSTAT=DECLINED":mailto:bob@example.com', False),
        ("ATTENDEE:mailto:alice@example.com?PARTSTAT=DECLINED", False),
    ],
)
def test_an_invitation_makes_busy_unless_the_person_said_no(attendee, is_declined):
    text = cut(calendar(f"UID:a\r\nDTSTART:20261001T120000Z\r\nTRANSP:OPAQUE\r\n{attendee}"), alice).text
    assert ("TRANSP:TRANSPARENT" in text, "TRANSP:OPAQUE" in text) == (is_declined, not is_declined)


def test_one_declined_occurrence_frees_no_other():
    text = cut(
        calendar(
            "UID:a\r\nDTSTART:20261001T120000Z\r\nRRULE:FREQ=DAILY",
            "UID:a\r\nRECURRENCE-ID:20261002T120000Z\r\nDTSTART:20261002T120000Z\r\n"
            "ATTENDEE;PARTSTAT=DECLINED:mailto:alice@example.com",
        ),
        alice,
    ).text
    assert text.count("TRANSPARENT") == 1
    assert text.index("RECURRENCE-ID") < text.index("TRANSPARENT")


@pytest.mark.parametrize("mark", [MARK, ""])
@pytest.mark.parametrize(
    ("times", "span"),
    [
        ("DTSTART:20261001T120000Z\r\nDTEND:20261001T133000Z", (12, 0, 13, 30)),
        ("DTSTART;TZID=Europe/Berlin:20261001T120000\r\nDURATION:PT1H", (10, 0, 11, 0)),
        ("DTSTART;TZID=W. Europe Standard Time:20261001T120000\r\nDURATION:PT1H", (10, 0, 11, 0)),
        ("DTSTART:20261001T120000Z", (12, 0, 12, 0)),
        ("DTSTART:20261001T120000\r\nDURATION:PT1H", None),
        ("DTSTART;VALUE=DATE:20261001", None),
        ("DTSTART:soon", None),
        ("DTSTART:20261001T120000Z\r\nDTEND:20261001T110000Z", None),
    ],
)
def test_an_event_says_where_it_is_and_whether_it_is_ours(times, span, mark):
    found = cut(calendar(f"UID:a\r\n{times}\r\nX-TIMEFLOW:{mark}"), nobody)
    day = datetime(2026, 10, 1, tzinfo=UTC)
    expected = span and tuple(day.replace(hour=hour, minute=minute) for hour, minute in (span[:2], span[2:]))
    assert (found.mark, found.span) == (mark, expected)


def test_of_several_events_ours_says_where_it_is():
    other = "UID:a\r\nDTSTART:20261001T080000Z"
    alone = f"UID:b\r\nRECURRENCE-ID:20261001T090000Z\r\nDTSTART:20261001T090000Z\r\nX-TIMEFLOW:{MARK}"
    ours = f"UID:b\r\nDTSTART:20261001T120000Z\r\nX-TIMEFLOW:{MARK}"
    noon = datetime(2026, 10, 1, 12, tzinfo=UTC)
    found = cut(calendar(other, alone, ours), nobody)
    assert (found.mark, found.span) == (MARK, (noon, noon))


def test_a_mark_is_two_uuids_and_of_the_event_itself():
    for events in (
        [f"UID:a\r\nDTSTART:20261001\r\nX-TIMEFLOW:{MARK}0"],
        [f"UID:a\r\nDTSTART:20261001\r\nX-TIMEFLOW:{MARK[:32]}"],
        ["UID:a\r\nDTSTART:20261001\r\nX-TIMEFLOW:../../etc"],
        [f"UID:a\r\nDTSTART:20261001\r\nRECURRENCE-ID:20261001\r\nX-TIMEFLOW:{MARK}"],
        ["UID:a\r\nDTSTART:20261001\r\nX-TIMEFLOW:"],
    ):
        found = cut(calendar(*events), nobody)
        assert (found.mark, found.span) == ("", None)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", UNREADABLE),
        (b"<html>", UNREADABLE),
        (b"\xff\xfe\x00", UNREADABLE),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT", UNREADABLE),
        (calendar("UID:a\r\nX:" + "x" * bounds.FILE), TOO_LARGE),
        (calendar(), NO_EVENT),
        (calendar(header="BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n"), NO_EVENT),
        (calendar(*[f"UID:a\r\nSUMMARY:{'x' * 30_000}"] * (MAX_TEXT // 30_000 + 1)), TOO_LARGE),
    ],
)
def test_what_is_no_event_is_told_by_one_of_a_few_reasons(raw, reason):
    with pytest.raises(NotAnEvent) as unread:
        cut(raw, nobody)
    assert unread.value.reason == reason


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda inner: calendar(inner.decode("latin-1"))))
def test_any_bytes_are_cut_or_refused(raw):
    with suppress(NotAnEvent):
        assert read(wrapped(cut(raw, alice).text).encode()).is_calendar


@pytest.mark.parametrize("path", REAL_CALENDARS)
def test_a_real_calendar_means_the_same_after_it_was_cut(path):
    raw = path.read_bytes()
    before, after = read(raw), read(wrapped(cut(raw, alice).text).encode())
    assert [(one.uid, one.title) for one in after.series] == [(one.uid, one.title) for one in before.series]
    assert [one.inside for one in after.series] == [
        one.inside.removeprefix(f"X-WR-TIMEZONE:{before.time_zone}\r\n") for one in before.series
    ]
