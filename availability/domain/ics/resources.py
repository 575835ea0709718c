"""One resource of a calendar server: an event with its exceptions, cut out of what stands around it.

Cutting only: what the events mean is read when a series is made of them, so that one odd line costs nothing here.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from availability.domain.ics.events import KEPT, read_event
from availability.domain.ics.lines import Line, NotACalendar, Part, Parts, before_value, parts
from availability.domain.ics.zones import ZoneBook, known_zone
from timeflow.lib import bounds

MARK = "X-TIMEFLOW"
MAX_TEXT = 256 * 1024
"""Characters that are kept of one resource."""
NO_EVENT = "It holds no event but a task, a note or the like."
UNREADABLE = "It cannot be read."
TOO_LARGE = "It is too large."

_OUR_MARK = re.compile(r"[0-9a-f]{64}")
_PARAMETER = r";%s=(\"[^\"]*\"|[^;:,]*)"
_PARTSTAT = re.compile(_PARAMETER % "PARTSTAT", re.IGNORECASE)
_EMAIL = re.compile(_PARAMETER % "EMAIL", re.IGNORECASE)


class NotAnEvent(ValueError):
    """Nothing can be kept of the resource; `reason` is one of a few sentences, so that such ones can be counted."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Resource:
    """`text` is what stands inside a VCALENDAR: the zones that only this text knows, the events.

    `mark` is what TimeFlow wrote into it, the UUIDs of the person and of the block, "" for none. `span` says where the
    event is, half-open in UTC; None where its clock is the person's own: an all-day event, or a floating one.
    """

    text: str
    mark: str
    span: tuple[datetime, datetime] | None


def cut(raw: bytes, own_addresses: Callable[[], Collection[str]]) -> Resource:
    """Events to which the person said no do not make them busy; `own_addresses` ("mailto:…", in lower case) tell who
    that is, asked for only if somebody said no. Raises `NotAnEvent`.
    """
    if len(raw) > bounds.FILE:
        raise NotAnEvent(TOO_LARGE)
    try:
        found = parts(raw)
    except NotACalendar:
        raise NotAnEvent(UNREADABLE) from None
    if not found.events:
        raise NotAnEvent(NO_EVENT)
    pieces = [_wrapped("VTIMEZONE", part.lines) for part in found.timezones if not _is_known(part)]
    pieces += [_wrapped("VEVENT", _event_lines(part, own_addresses)) for part in found.events]
    text = "".join(pieces)
    if len(text) > MAX_TEXT:
        raise NotAnEvent(TOO_LARGE)
    mark, event = _itself(found)
    return Resource(text, mark, _span(event, found.timezones) if event else None)


def _wrapped(name: str, lines: Iterable[Line]) -> str:
    return "\r\n".join([f"BEGIN:{name}", *(line.text for line in lines), f"END:{name}", ""])


def _is_known(zone: Part) -> bool:
    return any(line.name == "TZID" and known_zone(line.value.strip()) for line in zone.lines)


def _event_lines(part: Part, own_addresses: Callable[[], Collection[str]]) -> list[Line]:
    said_no = [line for line in part.lines if line.name == "ATTENDEE" and _says_no(line)]
    is_declined = said_no and any(_is_of(line, own_addresses()) for line in said_no)
    kept = [line for line in part.lines if line.name in KEPT and not (is_declined and line.name == "TRANSP")]
    return [*kept, Line("TRANSP", "TRANSP:TRANSPARENT", part.line)] if is_declined else kept


def _says_no(attendee: Line) -> bool:
    return _parameter(_PARTSTAT, attendee) == "declined"


def _is_of(attendee: Line, own_addresses: Collection[str]) -> bool:
    """iCloud names people by an address of its own and writes their e-mail beside it."""
    return attendee.value.strip().lower() in own_addresses or f"mailto:{_parameter(_EMAIL, attendee)}" in own_addresses


def _parameter(pattern: re.Pattern[str], line: Line) -> str:
    found = pattern.search(before_value(line.text))
    return found[1].strip('"').lower() if found else ""


def _itself(found: Parts) -> tuple[str, Part | None]:
    """The event that is no exception of a series, with its mark; of several the one that has one."""
    best: Part | None = None
    for part in found.events:
        said = {line.name: line.value.strip() for line in part.lines}
        if "RECURRENCE-ID" in said:
            continue
        if _OUR_MARK.fullmatch(said.get(MARK, "")):
            return said[MARK], part
        best = best or part
    return "", best


def _span(part: Part, timezones: Iterable[Part]) -> tuple[datetime, datetime] | None:
    try:
        event: Any = read_event(part, ZoneBook(timezones)).component
        start, end = event.start, event.end
    except Exception:  # the library fails in its own ways on lines that contradict themselves
        return None
    if not (_is_instant(start) and _is_instant(end)):
        return None
    return start.astimezone(UTC), end.astimezone(UTC)


def _is_instant(at: object) -> bool:
    return isinstance(at, datetime) and at.tzinfo is not None
