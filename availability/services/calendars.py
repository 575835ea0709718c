"""The calendars that a person has from the start, and what they may change about any of theirs."""

import uuid
from datetime import datetime

from accounts.models import User
from accounts.services.changes import changing, holding
from availability.errors import CalendarStays
from availability.models import Calendar
from availability.selectors import calendars
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned

TINTS = range(1, 9)


def own_calendar(*, user: User, now: datetime) -> Calendar:
    """The calendar for events that the person makes here; made on first use."""
    return _the(user, Calendar.Kind.OWN, "My events", now)


def plan_calendar(*, user: User, now: datetime) -> Calendar:
    """The calendar that planned blocks are written into; made on first use."""
    return _the(user, Calendar.Kind.PLAN, "Plan", now)


def _the(user: User, kind: str, name: str, now: datetime) -> Calendar:
    calendar, _ = Calendar.objects.get_or_create(
        user=user, kind=kind, defaults={"name": name, "created_at": now, "read_at": now}
    )
    return calendar


def update_calendar(*, user: User, calendar_id: uuid.UUID, **fields: object) -> Calendar:
    """Set name, tint (1 to 8), `is_shown` or `is_busy` (its events block time).

    Only the last of them is a change that plans depend on. Raises `NotFound`, `Invalid`.
    """
    with (changing if "is_busy" in fields else holding)(user.pk) as person:
        calendar = owned(calendars(person), calendar_id)
        _require_sound(calendar, fields)
        for name, value in fields.items():
            setattr(calendar, name, value.strip() if isinstance(value, str) else value)
        calendar.save(update_fields=list(fields))
    return calendar


def _require_sound(calendar: Calendar, fields: dict[str, object]) -> None:
    unknown = set(fields) - {"name", "tint", "is_shown", "is_busy"}
    if unknown:
        raise Invalid(fields={name: ["This field is not known."] for name in sorted(unknown)})
    if "tint" in fields and fields["tint"] not in TINTS:
        raise Invalid.field("tint", "There are eight tints, 1 to 8.")
    if "name" in fields:
        name = str(fields["name"]).strip()
        if not 1 <= len(name) <= bounds.CALENDAR_NAME:
            raise Invalid.field("name", f"A name has 1 to {bounds.CALENDAR_NAME} characters.")
        if calendars(calendar.user).exclude(pk=calendar.pk).filter(name__iexact=name).exists():
            raise Invalid.field("name", "Another calendar of yours has this name.")


def delete_calendar(*, user: User, calendar_id: uuid.UUID) -> str:
    """Remove an imported calendar with all its events; returns its name. Raises `NotFound`, `CalendarStays`."""
    with changing(user.pk) as person:
        calendar = owned(calendars(person), calendar_id)
        if calendar.kind == Calendar.Kind.OWN:
            raise CalendarStays
        if calendar.kind == Calendar.Kind.REMOTE:
            raise CalendarStays("This calendar belongs to a connected account; follow it no longer instead.")
        calendar.delete()
    return calendar.name
