"""Events as bodies: what is taken of one that is sent, and what a reader is shown."""

import re
from typing import Any

from timeflow.fakes.google import recurrence
from timeflow.fakes.google.exchange import Refused, invalid
from timeflow.fakes.google.moments import Moment, read_moment, stamp
from timeflow.fakes.google.store import Calendar, Event

CHOICES = {
    "status": ("confirmed", "tentative", "cancelled"),
    "transparency": ("opaque", "transparent"),
    "visibility": ("default", "public", "private", "confidential"),
    "eventType": ("default", "birthday", "focusTime", "fromGmail", "outOfOffice", "workingLocation"),
}
SHARED = {"summary", "description", "location", "start", "end", "recurrence", "status"}
"""What only the organizer may change."""
TYPES: dict[str, type] = {
    **dict.fromkeys(("summary", "description", "location", "colorId"), str),
    **dict.fromkeys(("attendees", "recurrence"), list),
    **dict.fromkeys(("extendedProperties", "reminders", "source", "birthdayProperties"), dict),
    **dict.fromkeys(("focusTimeProperties", "outOfOfficeProperties", "workingLocationProperties"), dict),
    **dict.fromkeys(("anyoneCanAddSelf", "guestsCanInviteOthers", "guestsCanModify", "guestsCanSeeOtherGuests"), bool),
    "sequence": int,
}
WRITABLE = {*TYPES, *CHOICES, "start", "end"}
MOMENTS = ("start", "end", "originalStartTime")
EVENT_ID = re.compile(r"[0-9a-v]{5,1024}")
OF_A_HIDDEN = {"status", "start", "end", "recurrence", "recurringEventId", "originalStartTime", "iCalUID", "eventType"}


def read_event(body: dict[str, Any], calendar: Calendar) -> dict[str, Any]:
    """The writable fields of a whole event. Raises `Refused`."""
    fields = {name: value for name, value in body.items() if name in WRITABLE and value is not None}
    fields["start"], fields["end"] = read_moment(body.get("start"), "start"), read_moment(body.get("end"), "end")
    _check_span(fields["start"], fields["end"], calendar)
    for name, kind in TYPES.items():
        if name in fields and type(fields[name]) is not kind:
            raise invalid(f"Invalid value for: {name}")
    for name, choices in CHOICES.items():
        if fields.setdefault(name, choices[0]) not in choices:
            raise invalid(f"Invalid value for: {name}")
    if fields.get("recurrence"):
        recurrence.check(fields["recurrence"], fields["start"], calendar.zone)
    else:
        fields.pop("recurrence", None)
    _check_properties(fields.get("extendedProperties", {}))
    if "attendees" in fields:
        fields["attendees"] = [_attendee(value) for value in fields["attendees"]]
    return fields


def _check_span(start: Moment, end: Moment, calendar: Calendar) -> None:
    if bool(start.day) != bool(end.day):
        raise invalid("Invalid start time.")
    if end.instant(calendar.zone) < start.instant(calendar.zone) or (start.day and end.day == start.day):
        raise Refused(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")


def _check_properties(properties: Any) -> None:
    """Maps of short texts, one for this calendar alone and one that all copies share."""
    is_sound = isinstance(properties, dict) and all(
        kind in ("private", "shared") and isinstance(pairs, dict) and all(map(_is_pair, pairs.items()))
        for kind, pairs in properties.items()
    )
    if not is_sound:
        raise invalid("Invalid value for: extendedProperties")


def _is_pair(pair: tuple[str, Any]) -> bool:
    return len(pair[0]) <= 44 and isinstance(pair[1], str) and len(pair[1]) <= 1024


def _attendee(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or "@" not in str(value.get("email")):
        raise invalid("Invalid attendee email.")
    ours = {name: part for name, part in value.items() if name not in ("self", "organizer")}
    return {"responseStatus": "needsAction", **ours, "email": value["email"].lower()}


def merged(old: Any, change: dict[str, Any]) -> dict[str, Any]:
    """`old` with what `change` names in its place; null takes away, lists are replaced whole."""
    result = dict(old) if isinstance(old, dict) else {}
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value) if isinstance(value, dict) else value
    return result


def as_body(event: Event) -> dict[str, Any]:
    """The event as it could be sent again."""
    return {name: value.shown("UTC") if isinstance(value, Moment) else value for name, value in event.fields.items()}


def shown(event: Event, calendar: Calendar, role: str, zone: str, origin: str) -> dict[str, Any]:
    """What somebody with `role` reads. Only its owner and writers see what is in a private event."""
    is_hidden = role == "freeBusyReader" or (
        role == "reader" and event.fields.get("visibility") in ("private", "confidential")
    )
    known = {name: event.fields[name] for name in event.fields if not is_hidden or name in OF_A_HIDDEN}
    fields = {name: value.shown(zone) if name in MOMENTS else value for name, value in known.items()}
    told = {"kind": "calendar#event", "etag": event.etag, "id": event.id, **fields}
    told |= {"created": stamp(event.created), "updated": stamp(event.updated)}
    if is_hidden:
        return told | {"visibility": "private"}
    for name, usual in (("transparency", "opaque"), ("visibility", "default")):
        if told.get(name) == usual:
            del told[name]
    told["htmlLink"] = f"{origin}/people/{calendar.owner}/{calendar.id}#{event.id}"
    told.setdefault("reminders", {"useDefault": True})
    for name in ("creator", "organizer"):
        told[name] = _with_self(told[name], calendar)
    if "attendees" in told:
        told["attendees"] = [
            _with_self(guest, calendar) | ({"organizer": True} if guest["email"] == told["organizer"]["email"] else {})
            for guest in told["attendees"]
        ]
    return told


def _with_self(person: dict[str, Any], calendar: Calendar) -> dict[str, Any]:
    return person | ({"self": True} if person["email"] == calendar.id else {})


def tombstone(event: Event, zone: str) -> dict[str, Any]:
    """All that a list tells of a cancelled event; clients are promised no more."""
    told = {"kind": "calendar#event", "etag": event.etag, "id": event.id, "status": "cancelled"}
    if "recurringEventId" in event.fields:
        told["recurringEventId"] = event.fields["recurringEventId"]
        told["originalStartTime"] = event.fields["originalStartTime"].shown(zone)
    return told
