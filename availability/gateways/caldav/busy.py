"""When a calendar is busy: as its server says (RFC 4791, 7.10), or worked out here where it does not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from availability.domain import ics
from availability.domain.ics.resources import NotAnEvent, cut
from availability.gateways.caldav import xml
from availability.gateways.caldav.changes import ETAG, REFUSALS
from availability.gateways.caldav.door import Door
from availability.gateways.caldav.fetched import TEXT, Addresses
from availability.gateways.caldav.xml import CALDAV
from availability.gateways.faults import Away, Unsound
from availability.gateways.fetching import fault_of
from availability.gateways.occupied import merged, occupied
from availability.gateways.provider import Span

FREE_BUSY, QUERY, RANGE = CALDAV + "free-busy-query", CALDAV + "calendar-query", CALDAV + "time-range"
FILTER, COMPONENT = CALDAV + "filter", CALDAV + "comp-filter"


def busy_times(
    door: Door, calendar: str, start: datetime, end: datetime, *, own_addresses: Addresses, zone: ZoneInfo
) -> list[Span]:
    """Within [start, end), in order. `zone` is the clock of all-day and floating events. Raises a `Fault`."""
    body = xml.body(FREE_BUSY, _range(start, end))
    answer = door.ask("REPORT", calendar, body, headers={"Depth": "1", "Accept": "text/calendar"})
    if answer.status == 200:
        said = _said(answer.content)
        if said is not None:
            return merged(said, start, end)
    elif answer.status not in REFUSALS | {403}:
        raise fault_of(answer)
    series = _series_between(door, calendar, start, end, own_addresses)
    return occupied(series, start, end, zone)


def _range(start: datetime, end: datetime) -> xml.Element:
    return xml.element(RANGE, start=_stamp(start), end=_stamp(end))


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _said(raw: bytes) -> list[Span] | None:
    """The busy periods of a VFREEBUSY, None if there is none that is understood."""
    try:
        found = icalendar.Calendar.from_ical(raw).walk("VFREEBUSY")
        return [span for part in found for span in _periods(part)] if found else None
    except (ValueError, TypeError, AttributeError, IndexError):
        return None


def _periods(part: Any) -> Iterator[Span]:
    listed = part.get("FREEBUSY", [])
    for one in listed if isinstance(listed, list) else [listed]:
        if str(one.params.get("FBTYPE", "BUSY")).upper() == "FREE":
            continue
        for period in getattr(one, "dts", [one]):
            yield _span(*period.dt)


def _span(start: datetime, end: datetime | timedelta) -> Span:
    until = end if isinstance(end, datetime) else start + end
    return start.astimezone(UTC), until.astimezone(UTC)


def _series_between(
    door: Door, calendar: str, start: datetime, end: datetime, own_addresses: Addresses
) -> Iterator[ics.Series]:
    events = xml.element(COMPONENT, _range(start, end), name="VEVENT")
    wanted = xml.element(FILTER, xml.element(COMPONENT, events, name="VCALENDAR"))
    _where, root = door.multistatus("REPORT", calendar, xml.body(QUERY, (ETAG, TEXT), wanted), depth="1")
    for each in xml.responses(root):
        if each.status in {404, 410}:
            continue
        if TEXT not in each.properties:
            # It may be busy then, or the answer may be cut short.
            raise Away if each.status >= 500 else Unsound
        try:
            text = cut(each.text(TEXT).encode(), own_addresses).text
        except NotAnEvent:
            continue
        yield from ics.read(ics.wrapped(text).encode()).series
