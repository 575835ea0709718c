"""Events that a person makes here, and the events behind planned blocks."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from accounts.selectors import ZoneOn, zone_on
from accounts.services import changing
from availability.errors import EndsBeforeItStarts, NotEditable
from availability.models import Event
from availability.selectors import fixed_events
from availability.services.calendars import own_calendar, plan_calendar
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned
from timeflow.lib.time import edge

EDITABLE = frozenset(
    {"title", "location", "notes", "starts_at", "ends_at", "is_all_day", "starts_on", "ends_on", "is_busy"}
)


def create_event(*, user: User, now: datetime, title: str, **fields: object) -> Event:
    """An event in the person's own calendar: `starts_at`/`ends_at`, or `is_all_day` with `starts_on`/`ends_on`.

    Raises `EndsBeforeItStarts`, or `Invalid` for a missing time.
    """
    with changing(user.pk) as person:
        event = Event(
            user=person,
            calendar=own_calendar(user=person, now=now),
            source=Event.Source.OWN,
            title=title,
            created_at=now,
        )
        _set(event, fields, person, now)
        event.save(force_insert=True)
    return event


def update_event(*, user: User, event_id: uuid.UUID, now: datetime, **fields: object) -> Event:
    """Change an event of the own calendar. Raises `NotFound`, `NotEditable`, `EndsBeforeItStarts`."""
    with changing(user.pk) as person:
        event = editable_event(person, event_id)
        _set(event, fields, person, now)
        event.save()
    return event


def delete_event(*, user: User, event_id: uuid.UUID) -> None:
    """Remove an event of the own calendar. Raises `NotFound`, `NotEditable`."""
    with changing(user.pk) as person:
        editable_event(person, event_id).delete()


def editable_event(user: User, event_id: uuid.UUID) -> Event:
    """The person's own event. Raises `NotFound`, `NotEditable`."""
    event = owned(fixed_events(user), event_id)
    if event.source != Event.Source.OWN:
        raise NotEditable
    return event


def _set(event: Event, fields: dict[str, object], person: User, now: datetime) -> None:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise Invalid(fields={name: ["This field is not known."] for name in sorted(unknown)})
    for name, value in fields.items():
        setattr(event, name, value)
    _require_matching_times(event, fields)
    if event.is_all_day:
        _require_order(event.starts_on, event.ends_on, "ends_on")
        _follow_dates(event, zone_on(person))
    else:
        event.starts_on = event.ends_on = None
        _require_order(event.starts_at, event.ends_at, "ends_at")
    event.updated_at = now


def _require_matching_times(event: Event, fields: dict[str, object]) -> None:
    """Times for an all-day event, or dates for another, would be kept by nobody: better to say so."""
    others = ("starts_at", "ends_at") if event.is_all_day else ("starts_on", "ends_on")
    wrong = [name for name in others if fields.get(name) is not None]
    if wrong:
        reason = "An all-day event has dates." if event.is_all_day else "Only an all-day event has dates."
        raise Invalid(fields={name: [reason] for name in wrong})


def _follow_dates(event: Event, zones: ZoneOn) -> None:
    if event.starts_on and event.ends_on:
        event.starts_at = edge(event.starts_on, 0, zones(event.starts_on))
        event.ends_at = edge(event.ends_on, 0, zones(event.ends_on))


def _require_order(start: date | None, end: date | None, field: str) -> None:
    if start is None or end is None:
        raise Invalid.field(field, "Say when it starts and when it ends.")
    if end <= start:
        raise EndsBeforeItStarts(fields={field: [EndsBeforeItStarts.detail]})


@dataclass(frozen=True)
class BlockTime:
    """Where a planned block stands. A pinned one is not exclusive: it may clash, which is then reported."""

    event_id: uuid.UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    is_exclusive: bool


def write_block_events(
    *,
    user: User,
    new: Sequence[BlockTime],
    changed: Sequence[BlockTime],
    removed: Sequence[uuid.UUID],
    now: datetime,
) -> None:
    """Write, change and remove the events of planned blocks, all together.

    Call inside `changing(user.pk)`. Rows that change are first released from the guard against overlaps and then
    placed, so that blocks may swap their times.
    """
    calendar = plan_calendar(user=user, now=now)
    own = Event.objects.of(user).filter(source=Event.Source.BLOCK)
    own.filter(pk__in=removed).delete()
    own.filter(pk__in=[block.event_id for block in changed]).update(is_exclusive=False, updated_at=now)
    for block in changed:
        own.filter(pk=block.event_id).update(
            title=block.title,
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            is_exclusive=block.is_exclusive,
        )
    Event.objects.bulk_create(
        Event(
            id=block.event_id,
            user=user,
            calendar=calendar,
            source=Event.Source.BLOCK,
            title=block.title,
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            is_exclusive=block.is_exclusive,
            created_at=now,
            updated_at=now,
        )
        for block in new
    )


def retime_all_day_events(*, user: User, now: datetime) -> None:
    """After the person's zone changed: all-day events follow their dates to the new edges."""
    zones = zone_on(user)
    for event in Event.objects.of(user).filter(is_all_day=True).iterator():
        _follow_dates(event, zones)
        event.updated_at = now
        event.save(update_fields=["starts_at", "ends_at", "updated_at"])
