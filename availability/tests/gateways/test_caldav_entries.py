"""What TimeFlow writes into events that somebody else may have changed too."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from availability.domain.ics import read
from availability.domain.ics.resources import cut
from availability.gateways.caldav.entries import changed_text, new_text
from availability.gateways.faults import Unsound
from availability.gateways.provider import Entry
from availability.tests.gateways.dav_server import calendar_text

NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
NINE = datetime(2026, 10, 2, 9, tzinfo=UTC)
MARK = "0192f3c4000070008000000000000001" * 2
BLOCK = Entry(MARK, "Write", NINE, NINE + timedelta(hours=1))

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=80)
blocks = st.builds(
    Entry,
    mark=st.just(MARK),
    title=words,
    starts_at=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    ends_at=st.datetimes(datetime(2030, 1, 2), datetime(2031, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    notes=words,
    is_private=st.booleans(),
    is_busy=st.booleans(),
).map(lambda entry: replace(entry, starts_at=_whole(entry.starts_at), ends_at=_whole(entry.ends_at)))


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def said(text: bytes) -> tuple:
    """What a calendar program reads."""
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    names = ("SUMMARY", "DESCRIPTION", "CLASS", "TRANSP", "X-TIMEFLOW")
    return (event.start, event.end, *(str(event.get(name, "")) for name in names))


@given(blocks)
def test_a_new_event_is_read_as_it_was_meant(entry):
    text = new_text("u", entry, NOW)
    title, notes = " ".join(entry.title.split()), entry.notes.strip()
    privacy, busy = "PRIVATE" if entry.is_private else "", "OPAQUE" if entry.is_busy else "TRANSPARENT"
    assert said(text) == (entry.starts_at, entry.ends_at, title, notes, privacy, busy, MARK)
    found = cut(text, frozenset)
    assert (found.mark, found.span) == (MARK, (entry.starts_at, entry.ends_at))
    assert read(text).problems == ()


@given(blocks, blocks)
def test_after_a_change_the_event_says_what_is_wanted(was, entry):
    text = new_text("u", was, NOW)
    changed = changed_text(text, entry, was, NOW)
    assert said(changed or text) == said(new_text("u", entry, NOW))
    assert said(changed_text(text, entry, None, NOW)) == said(new_text("u", entry, NOW))


@given(words, words, blocks)
def test_what_the_person_wrote_stays_where_nothing_else_is_wanted(title, notes, entry):
    here = replace(BLOCK, title=title, notes=notes)
    text = new_text("u", here, NOW)
    entry = replace(entry, title=BLOCK.title, notes=BLOCK.notes)
    changed = changed_text(text, entry, BLOCK, NOW) or text
    assert said(changed) == said(new_text("u", replace(entry, title=title, notes=notes), NOW))


OTHERS = (
    *("LOCATION:Home", 'X-A;B="c:d":e', "ATTENDEE:mailto:b@example.com", "SUMMARYX:no", "CATEGORIES:a,\r\n b"),
    "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nSUMMARY:Ring\r\nDESCRIPTION:Ring\r\nDURATION:PT5M\r\nEND:VALARM",
    *(f"X-LONG:{'ä' * 30}\r\n {'ß' * 30}\r\n\t€", "x-odd", "GEO:1;2", "X-BYTES:\udcff"),
)
lines = st.lists(st.sampled_from(OTHERS))


@given(lines, st.sampled_from(["\r\n", "\n", "\r"]))
def test_every_other_line_stays_as_it_is(others, line_break):
    inner = "\r\n".join(["UID:u", "SUMMARY:Write\r\n  it", *others, f"X-TIMEFLOW:{MARK}"])
    text = calendar_text(inner, header="X-WR-CALNAME:Work\r\n").replace("\r\n", line_break)
    changed = changed_text(text.encode("utf-8", "surrogateescape"), BLOCK, None, NOW)
    kept = changed.decode("utf-8", "surrogateescape")
    for line in ["X-WR-CALNAME:Work", "PRODID:-//test//EN", "UID:u", *others]:
        assert kept.count(line) >= (others.count(line) or 1)
    assert "  it" not in kept
    assert kept.count("\r\nSUMMARY:Write\r\n") == 1


def test_of_a_series_only_the_event_itself_is_changed():
    master = f"UID:u\r\nDTSTART:20261001T120000Z\r\nRRULE:FREQ=DAILY\r\nSEQUENCE:4\r\nX-TIMEFLOW:{MARK}"
    alone = f"UID:u\r\nRECURRENCE-ID:20261002T120000Z\r\nDTSTART:20261002T130000Z\r\nX-TIMEFLOW:{MARK}"
    text = changed_text(calendar_text(alone, master).encode(), BLOCK, None, NOW).decode()
    assert "DTSTART:20261002T130000Z" in text
    assert "DTSTART:20261001T120000Z" not in text
    assert "RRULE:FREQ=DAILY" in text
    assert "SEQUENCE:5" in text


def test_of_several_events_ours_is_changed():
    text = calendar_text("UID:a\r\nSUMMARY:Not ours", f"UID:b\r\nSUMMARY:Ours\r\nX-TIMEFLOW:{MARK}").encode()
    changed = changed_text(text, BLOCK, None, NOW).decode()
    assert "SUMMARY:Not ours" in changed
    assert "SUMMARY:Ours" not in changed


def test_ours_is_found_though_its_mark_is_longer_than_a_line():
    ours = new_text("u", BLOCK, NOW).decode()
    theirs = calendar_text("UID:u\r\nSUMMARY:Theirs").partition("BEGIN:VEVENT")[2].partition("END:VCALENDAR")[0]
    assert MARK not in ours
    both = ours.replace("BEGIN:VEVENT", f"BEGIN:VEVENT{theirs}BEGIN:VEVENT")
    changed = changed_text(both.encode(), replace(BLOCK, title="Moved"), BLOCK, NOW).decode()
    assert "SUMMARY:Theirs" in changed
    assert "SUMMARY:Write\r\n" not in changed


@given(st.binary(max_size=300))
def test_no_bytes_break_a_change(present):
    with suppress(Unsound):
        changed_text(present, BLOCK, None, NOW)


def test_no_title_or_note_writes_a_line_of_its_own():
    entry = replace(BLOCK, title="a\r\nATTENDEE:mailto:b@example.com", notes="b\r\nEND:VEVENT\r\nx;y,z\\n")
    text = new_text("u", entry, NOW).decode()
    assert "\r\nATTENDEE" not in text
    assert text.count("\r\nEND:VEVENT") == 1
    assert said(text.encode())[3] == "b\nEND:VEVENT\nx;y,z\\n"


@pytest.mark.parametrize("name", ["title", "notes"])
def test_long_words_are_cut(name):
    text = new_text("u", replace(BLOCK, **{name: "ä" * 100_000}), NOW)
    assert len(text) < 30_000
