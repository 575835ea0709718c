"""Calendars as bodies and lists: what somebody has in theirs, one made or dropped by a program, busy times, colours."""

from datetime import datetime
from typing import Any

from timeflow.fakes.google.events import Events
from timeflow.fakes.google.exchange import Refused, Request, invalid
from timeflow.fakes.google.listing import Snapshot, changes_since, sync_token, with_restrictions
from timeflow.fakes.google.moments import known_zone, read_instant, told
from timeflow.fakes.google.store import ROLES, Account, Calendar, Listed, Store, etag, new_id

MOST_BUSY_CALENDARS = 50
COLOURS = {"1": "#ac725e", "7": "#42d692", "9": "#7bd148", "14": "#9fe1e7", "17": "#9a9cff", "24": "#a47ae2"}
EVENT_COLOURS = {"1": "#a4bdfc", "2": "#7ae7bf", "5": "#fbd75b", "11": "#dc2127"}


def shown_listed(store: Store, email: str, listed: Listed) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "kind": "calendar#calendarListEntry",
        "etag": etag(listed.change),
        "id": listed.calendar_id,
    }
    calendar = store.calendars.get(listed.calendar_id)
    if listed.is_deleted or calendar is None:
        return entry | {"deleted": True}
    entry |= {"summary": calendar.name, "timeZone": calendar.zone, "accessRole": calendar.roles[email]}
    entry |= {"colorId": listed.colour_id, "backgroundColor": listed.colour, "foregroundColor": "#000000"}
    entry |= {"defaultReminders": [], "dataOwner": calendar.owner} | (
        {"description": calendar.notes} if calendar.notes else {}
    )
    return entry | {
        name: True for name, is_so in (("selected", listed.is_selected), ("primary", calendar.id == email)) if is_so
    }


def list_calendars(store: Store, email: str, request: Request) -> Snapshot:
    """Raises `Refused`."""
    owner, token, least = f"{email} calendarList", request.one("syncToken"), request.one("minAccessRole")
    if least and least not in ROLES:
        raise invalid("Invalid value for: minAccessRole", "parameter minAccessRole")
    if token and (least or "false" in (request.one("showDeleted"), request.one("showHidden"))):
        raise with_restrictions()
    place = changes_since(store, owner, token) if token else 0
    chosen = [
        shown_listed(store, email, listed)
        for listed in store.lists[email].values()
        if listed.change > place and (not listed.is_deleted or token or request.flag("showDeleted"))
    ]
    if least:
        chosen = [entry for entry in chosen if ROLES.index(entry["accessRole"]) >= ROLES.index(least)]
    return Snapshot(owner, chosen, "" if least else sync_token(store, owner))


def shown_calendar(calendar: Calendar) -> dict[str, Any]:
    told = {"kind": "calendar#calendar", "etag": etag(calendar.change), "id": calendar.id, "summary": calendar.name}
    notes = {"description": calendar.notes} if calendar.notes else {}
    return told | notes | {"timeZone": calendar.zone, "dataOwner": calendar.owner}


def make_calendar(store: Store, account: Account, body: dict[str, Any], app: str = "", colour: str = "") -> Calendar:
    """A secondary one. Raises `Refused`."""
    name, zone, notes = body.get("summary"), body.get("timeZone") or account.zone, body.get("description") or ""
    if not isinstance(name, str) or not name:
        raise Refused(400, "required", "Missing title.")
    if not known_zone(zone) or not isinstance(notes, str):
        raise invalid("Invalid value for: timeZone")
    calendar_id = f"{new_id()}@group.calendar.google.com"
    return store.add_calendar(Calendar(calendar_id, account.email, name, zone, notes=notes, app=app), colour)


def change_calendar(store: Store, calendar: Calendar, body: dict[str, Any]) -> None:
    """Raises `Refused`."""
    name, zone = body.get("summary", calendar.name), body.get("timeZone", calendar.zone)
    if not isinstance(name, str) or not name or not known_zone(zone):
        raise invalid("Invalid value for: summary or timeZone")
    calendar.name, calendar.zone, calendar.notes = name, zone, str(body.get("description", calendar.notes) or "")
    calendar.change = store.next()


def need_owner(calendar: Calendar, email: str) -> None:
    if calendar.roles[email] != "owner":
        words = "You need to have owner access to this calendar."
        raise Refused(403, "requiredAccessLevel", words, domain="calendar")


def drop_calendar(store: Store, calendar: Calendar, email: str) -> None:
    need_owner(calendar, email)
    if calendar.id == calendar.owner:
        raise Refused(400, "cannotDeletePrimaryCalendar", "A primary calendar cannot be deleted.", domain="calendar")
    store.drop_calendar(calendar)


def free_busy(store: Store, email: str, body: dict[str, Any]) -> dict[str, Any]:
    """Raises `Refused`."""
    start, end = (read_instant(str(body.get(name) or ""), name) for name in ("timeMin", "timeMax"))
    items, zone = body.get("items", []), body.get("timeZone") or "UTC"
    if start is None or end is None:
        raise Refused(400, "required", "Missing time range.")
    if start >= end:
        raise Refused(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")
    if not isinstance(items, list) or len(items) > MOST_BUSY_CALENDARS or not known_zone(zone):
        raise invalid("Invalid value for: items or timeZone")
    if not all(isinstance(item, dict) and isinstance(item.get("id"), str) for item in items):
        raise invalid("Invalid value for: items")
    calendars: dict[str, Any] = {}
    for item in items:
        try:
            calendar = store.calendar(item["id"], email)
        except Refused:
            calendars[item["id"]] = {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
            continue
        spans = busy_spans(Events(store, calendar, email), start, end)
        calendars[item["id"]] = {
            "busy": [{"start": told(begun, zone), "end": told(ended, zone)} for begun, ended in spans]
        }
    span = {"timeMin": told(start, zone), "timeMax": told(end, zone)}
    return {"kind": "calendar#freeBusy", **span, "calendars": calendars}


def busy_spans(events: Events, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Merged, in order, within [start, end)."""
    zone = events.calendar.zone
    spans = sorted(
        (max(one.start.instant(zone), start), min(one.end.instant(zone), end))
        for one in events.within(start, end)
        if one.fields["transparency"] == "opaque" and not _is_declined(one.fields, events.calendar.id)
    )
    merged: list[tuple[datetime, datetime]] = []
    for begun, ended in spans:
        if merged and begun <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ended, merged[-1][1]))
        else:
            merged.append((begun, ended))
    return merged


def _is_declined(fields: dict[str, Any], email: str) -> bool:
    return any(
        guest["email"] == email and guest["responseStatus"] == "declined" for guest in fields.get("attendees", [])
    )


def colours() -> dict[str, Any]:
    kinds = {"calendar": COLOURS, "event": EVENT_COLOURS}
    pairs = {
        kind: {key: {"background": value, "foreground": "#1d1d1d"} for key, value in has.items()}
        for kind, has in kinds.items()
    }
    return {"kind": "calendar#colors", "updated": "2012-02-14T00:00:00.000Z", **pairs}
