"""Events as Google writes them, turned into iCalendar text and back. Pure.

Google keeps a series as one event with RRULEs, and each occurrence that is different or cancelled as an event of its
own. So does iCalendar, by RECURRENCE-ID: what is read is expanded here like any other calendar.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

from availability.gateways.provider import Entry, Item, Span

MARK = "timeflow"
"""The private property that holds an `Entry.mark`."""
RECURRENCE = ("RRULE", "RDATE", "EXDATE")
TAKES_PART = {"declined": "TRANSP:TRANSPARENT", "tentative": "STATUS:TENTATIVE", "needsAction": "STATUS:TENTATIVE"}
BLOCKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "ul", "ol"})

_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
Event = Mapping[str, Any]


class Odd(ValueError):
    """An event that cannot be kept; its text is the reason."""


def item_of(event: Event, calendar_zone: str) -> Item:
    """What an event says. Raises `Odd` for one that contradicts itself."""
    event_id = text_of(event.get("id"))
    if not event_id:
        raise Odd("It has no id.")
    series = text_of(event.get("recurringEventId"))
    group, etag = series or event_id, text_of(event.get("etag"))
    is_cancelled = event.get("status") == "cancelled"
    if is_cancelled and not (series and event.get("originalStartTime")):
        return Item(event_id, group, etag)
    try:
        lines = _cancelled(event) if is_cancelled else _lines(event, calendar_zone)
        span = _span(event) if not is_cancelled else None
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Odd("Its times are not understood.") from error
    body = "\r\n".join(["BEGIN:VEVENT", f"UID:{group}", *lines, "END:VEVENT", ""])
    return Item(event_id, group, etag, body, mark_of(event), span)


def mark_of(event: Event) -> str:
    properties = event.get("extendedProperties")
    private = properties.get("private") if isinstance(properties, dict) else None
    return text_of(private.get(MARK)) if isinstance(private, dict) else ""


def body_of(entry: Entry, was: Entry | None = None, *, is_new: bool = False) -> dict[str, Any]:
    """What to send: all of `entry`, or only what is other than in `was`.

    A change is laid over what is there, so the date of an event that was made all-day must be taken away by name.
    """
    body: dict[str, Any] = {}
    undated = {} if is_new else {"date": None}
    if was is None or was.title != entry.title:
        body["summary"] = entry.title
    if was is None or was.notes != entry.notes:
        body["description"] = entry.notes
    if was is None or (was.starts_at, was.ends_at) != (entry.starts_at, entry.ends_at):
        body["start"], body["end"] = ({"dateTime": _rfc3339(at), **undated} for at in (entry.starts_at, entry.ends_at))
    if was is None or was.is_private != entry.is_private:
        body["visibility"] = "private" if entry.is_private else "default"
    if was is None or was.is_busy != entry.is_busy:
        body["transparency"] = "opaque" if entry.is_busy else "transparent"
    if is_new:
        body["extendedProperties"] = {"private": {MARK: entry.mark}}
        body["reminders"] = {"useDefault": False}
    return body


def _lines(event: Event, calendar_zone: str) -> list[str]:
    recurrence = event.get("recurrence") or []
    start, end = event["start"], event.get("end") or event["start"]
    zone = _zone(start, calendar_zone) if recurrence else None
    lines = [f"DTSTART{_time(start, zone)}", f"DTEND{_time(end, zone)}"]
    if event.get("recurringEventId"):
        lines.append(f"RECURRENCE-ID{_time(event['originalStartTime'])}")
    for rule in recurrence:
        line = text_of(rule).splitlines()[0] if text_of(rule) else ""
        if line.upper().startswith(RECURRENCE):
            lines.append(line)
    title = text_of(event.get("summary")) or ("Busy" if event.get("visibility") == "private" else "")
    lines.append(f"SUMMARY:{_escaped(title)}")
    if place := text_of(event.get("location")):
        lines.append(f"LOCATION:{_escaped(place)}")
    if notes := text_of(event.get("description")):
        lines.append(f"DESCRIPTION:{_escaped(_plain(notes))}")
    if event.get("visibility") in {"private", "confidential"}:
        lines.append("CLASS:PRIVATE")
    lines += _standing(event)
    return lines


def _standing(event: Event) -> list[str]:
    """Whether it blocks time and whether it is sure, by itself and by what the person answered."""
    attendees = event.get("attendees") or []
    own = next((one for one in attendees if isinstance(one, dict) and one.get("self")), {})
    answer = TAKES_PART.get(text_of(own.get("responseStatus")), "")
    lines = [answer] if answer else []
    if event.get("transparency") == "transparent" and "TRANSP:TRANSPARENT" not in lines:
        lines.append("TRANSP:TRANSPARENT")
    if event.get("status") == "tentative" and "STATUS:TENTATIVE" not in lines:
        lines.append("STATUS:TENTATIVE")
    return lines


def _cancelled(event: Event) -> list[str]:
    at = _time(event["originalStartTime"])
    return [f"DTSTART{at}", f"RECURRENCE-ID{at}", "STATUS:CANCELLED"]


def _span(event: Event) -> Span | None:
    """The instants of a single event with a time of day."""
    start, end = event["start"], event.get("end") or event["start"]
    if "dateTime" not in start or "dateTime" not in end or event.get("recurrence"):
        return None
    return _instant(start["dateTime"]), _instant(end["dateTime"])


def _zone(at: Mapping[str, Any], calendar_zone: str) -> ZoneInfo | None:
    """The zone on whose clock a series recurs; UTC's if neither name is known."""
    for name in (text_of(at.get("timeZone")), calendar_zone):
        if not name:
            continue
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            continue
    return None


def _time(at: Mapping[str, Any], zone: ZoneInfo | None = None) -> str:
    """In UTC but for what recurs: a clock that is put back reads the same twice."""
    if "date" in at:
        return f";VALUE=DATE:{date.fromisoformat(at['date']):%Y%m%d}"
    instant = _instant(at["dateTime"])
    if zone is None:
        return f":{instant:%Y%m%dT%H%M%SZ}"
    return f";TZID={zone.key}:{instant.astimezone(zone):%Y%m%dT%H%M%S}"


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at.astimezone(UTC)


def _rfc3339(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def text_of(value: object) -> str:
    """What can be kept: JSON can carry zero bytes and halves of characters."""
    return _NO_TEXT.sub("", value) if isinstance(value, str) else ""


def _escaped(text: str) -> str:
    """As RFC 5545, 3.3.11 has it. Lines of the file are not ended by what a person wrote."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, written)
    return text


def _plain(html: str) -> str:
    """Google's descriptions may hold a little HTML; what remains is what a person reads."""
    if "<" not in html and "&" not in html:
        return html
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in BLOCKS and self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
