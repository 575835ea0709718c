"""Everything in a person's calendars as one .ics file."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import icalendar

from availability.domain.ics.words import plain
from timeflow.lib import bounds


@dataclass(frozen=True)
class Entry:
    """An event that stands alone. An all-day one has dates, its end exclusive."""

    id: uuid.UUID
    title: str
    location: str
    notes: str
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool
    starts_on: date | None
    ends_on: date | None
    is_busy: bool
    updated_at: datetime


def write(series: Iterable[str], alone: Iterable[Entry], now: datetime, header: str = "") -> Iterator[bytes]:
    """The pieces of the file: each series as it was kept, with every zone that it names, then what stands alone.

    `header` is more lines about the whole, each ended by CRLF.

    Two calendars may know one UID; then the second series gets another, or programs would take them for one event.
    """
    yield b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//TimeFlow//EN\r\n" + header.encode()
    uids: set[str] = set()
    zones: set[str] = set()
    for text in series:
        yield from _of_series(icalendar.Calendar.from_ical(text), uids, zones, now)
    for entry in alone:
        yield _component(entry).to_ical()
    yield b"END:VCALENDAR\r\n"


def _of_series(calendar: Any, uids: set[str], zones: set[str], now: datetime) -> Iterator[bytes]:
    known = [icalendar.Timezone.from_tzid(name) for name in calendar.get_missing_tzids() - zones]
    for zone in [*calendar.walk("VTIMEZONE"), *known]:
        if str(zone["TZID"]) not in zones:
            zones.add(str(zone["TZID"]))
            yield zone.to_ical()
    events = calendar.walk("VEVENT")
    uid = str(events[0].get("UID", "")) if events else ""
    other, number = uid, 1
    while other in uids:
        number += 1
        other = f"{uid}-{number}"
    uids.add(other)
    for event in events:
        if other != uid:
            event["UID"] = icalendar.vText(other)
        if "DTSTAMP" not in event:
            event.add("dtstamp", now)
        yield event.to_ical()


def _component(entry: Entry) -> Any:
    event = icalendar.Event()
    event.add("uid", f"{entry.id}@timeflow")
    event.add("dtstamp", entry.updated_at)
    event.add("summary", plain(entry.title, bounds.TITLE))
    if entry.location:
        event.add("location", plain(entry.location, bounds.LOCATION))
    if entry.notes:
        event.add("description", plain(entry.notes, bounds.NOTES, has_lines=True))
    event.add("dtstart", entry.starts_on if entry.is_all_day else entry.starts_at)
    event.add("dtend", entry.ends_on if entry.is_all_day else entry.ends_at)
    event.add("transp", "OPAQUE" if entry.is_busy else "TRANSPARENT")
    return event
