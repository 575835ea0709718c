"""What an event that is made here may say, and how its dates become instants."""

from datetime import date, datetime

from accounts.models import User
from accounts.selectors.zones import ZoneOn, zone_on
from availability.errors import EndsBeforeItStarts
from availability.models import Event
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid
from timeflow.lib.time import edge

TIMES = frozenset({"starts_at", "ends_at", "is_all_day", "starts_on", "ends_on"})
EDITABLE = TIMES | {"title", "location", "notes", "is_busy"}


def set_fields(event: Event, fields: dict[str, object], person: User, now: datetime) -> None:
    """Writes checked fields into the unsaved event. Raises `EndsBeforeItStarts`, `Invalid`."""
    unknown = set(fields) - EDITABLE
    if unknown:
        raise Invalid(fields={name: ["This field is not known."] for name in sorted(unknown)})
    for name, value in fields.items():
        setattr(event, name, value)
    _require_matching_times(event, fields)
    if event.is_all_day:
        _require_sound(event.starts_on, event.ends_on, "ends_on")
        follow_dates(event, zone_on(person))
    else:
        event.starts_on = event.ends_on = None
        _require_sound(event.starts_at, event.ends_at, "ends_at")
    event.updated_at = now


def _require_matching_times(event: Event, fields: dict[str, object]) -> None:
    """Times for an all-day event, or dates for another, would be kept by nobody: better to say so."""
    others = ("starts_at", "ends_at") if event.is_all_day else ("starts_on", "ends_on")
    wrong = [name for name in others if fields.get(name) is not None]
    if wrong:
        reason = "An all-day event has dates." if event.is_all_day else "Only an all-day event has dates."
        raise Invalid(fields={name: [reason] for name in wrong})


def follow_dates(event: Event, zones: ZoneOn) -> None:
    """The instants of an all-day event from its dates."""
    if event.starts_on and event.ends_on:
        event.starts_at = edge(event.starts_on, 0, zones(event.starts_on))
        event.ends_at = edge(event.ends_on, 0, zones(event.ends_on))


def _require_sound(start: date | None, end: date | None, field: str) -> None:
    if start is None or end is None:
        raise Invalid.field(field, "Say when it starts and when it ends.")
    if end <= start:
        raise EndsBeforeItStarts(fields={field: [EndsBeforeItStarts.detail]})
    if end - start > bounds.LONGEST_EVENT:
        raise Invalid.field(field, "It lasts longer than a year.")
