"""What TimeFlow writes, as iCalendar: a new event, or a few lines changed in one that the person may have changed too.

A present text is changed line by line and never parsed: whatever else stands in it stays as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import icalendar

from availability.domain.ics.resources import MARK
from availability.domain.ics.words import plain
from availability.gateways.faults import Unsound
from availability.gateways.provider import Entry
from timeflow.lib import bounds

LINES = {
    "title": {"SUMMARY"},
    "starts_at": {"DTSTART", "DTEND", "DURATION"},
    "ends_at": {"DTSTART", "DTEND", "DURATION"},
    "notes": {"DESCRIPTION"},
    "is_private": {"CLASS"},
    "is_busy": {"TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"},
}
"""Which properties say a field of an Entry."""

_FOLD = re.compile(r"\r\n[ \t]")


@dataclass(frozen=True, slots=True)
class _Line:
    """A content line as it is folded; `path` names the components around it."""

    text: str
    path: tuple[str, ...]

    @property
    def unfolded(self) -> str:
        return _FOLD.sub("", self.text)

    @property
    def name(self) -> str:
        return self.unfolded.partition(":")[0].partition(";")[0].strip().upper()

    @property
    def value(self) -> str:
        return self.unfolded.partition(":")[2].strip()


def new_text(uid: str, entry: Entry, now: datetime) -> bytes:
    """A calendar with the one event."""
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//TimeFlow//EN")
    event = _event(entry, now, sequence=0)
    event.add("uid", uid)
    calendar.add_component(event)
    return calendar.to_ical()


def changed_text(present: bytes, entry: Entry, was: Entry | None, now: datetime) -> bytes | None:
    """`present` with what is other in `entry` than in `was`, with all of it if there is none; None for nothing.

    Raises `Unsound` if there is no event in it.
    """
    names = {name for field, names in LINES.items() if not was or _differs(field, entry, was) for name in names}
    if not names:
        return None
    lines = list(_lines(present))
    begin, end = _event_in(lines, entry.mark)
    own = lines[begin + 1 : end]
    sequence = next((int(line.value) for line in own if line.name == "SEQUENCE" and line.value.isdecimal()), 0)
    event = _event(entry, now, sequence=sequence + 1)
    names |= {"DTSTAMP", "LAST-MODIFIED", "SEQUENCE", MARK}
    fresh = [line.text for line in _lines(event.to_ical()) if line.name in names and line.name not in {"BEGIN", "END"}]
    kept = [line.text for line in own if len(line.path) > 2 or line.name not in names]
    before, after = ([line.text for line in part] for part in (lines[: begin + 1], lines[end:]))
    return "\r\n".join([*before, *fresh, *kept, *after, ""]).encode("utf-8", "surrogateescape")


def _differs(field: str, entry: Entry, was: Entry) -> bool:
    return bool(getattr(entry, field) != getattr(was, field))


def _event(entry: Entry, now: datetime, *, sequence: int) -> icalendar.Event:
    event = icalendar.Event()
    event.add("dtstamp", now)
    event.add("last-modified", now)
    event.add("sequence", sequence)
    event.add("summary", plain(entry.title, bounds.TITLE))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    if entry.notes:
        event.add("description", plain(entry.notes, bounds.NOTES, has_lines=True))
    if entry.is_private:
        event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE" if entry.is_busy else "TRANSPARENT")
    event.add(MARK, entry.mark)
    return event


def _lines(raw: bytes) -> Iterator[_Line]:
    text = raw.decode("utf-8-sig", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n")
    path: tuple[str, ...] = ()
    for whole in text.replace("\n ", "\r ").replace("\n\t", "\r\t").split("\n"):
        line = _Line(whole.replace("\r", "\r\n"), path)
        if line.name == "BEGIN":
            path = (*path, line.value.upper())
            line = _Line(line.text, path)
        elif line.name == "END":
            path = path[:-1]
        if whole.strip():
            yield line


def _event_in(lines: list[_Line], mark: str) -> tuple[int, int]:
    """Where it begins and ends: the one with our mark, else the first that is no exception of a series."""
    best: tuple[int, int] | None = None
    begin, names, marks = 0, set[str](), set[str]()
    for number, line in enumerate(lines):
        if line.path != ("VCALENDAR", "VEVENT"):
            continue
        if line.name == "BEGIN":
            begin, names, marks = number, set(), set()
        elif line.name == "END" and "RECURRENCE-ID" not in names:
            if mark in marks:
                return begin, number
            best = best or (begin, number)
        names.add(line.name)
        marks |= {line.value} if line.name == MARK else set()
    if best is None:
        raise Unsound("The event there is not one that TimeFlow can change.")
    return best
