"""Events that a person makes here, and the events behind planned blocks."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.selectors.zones import zone_on
from accounts.services.changes import changing
from availability.domain.own_series import Repeats
from availability.errors import NotEditable
from availability.models import Event
from availability.selectors import fixed_events
from availability.services.calendars import own_calendar, plan_calendar
from availability.services.event_fields import TIMES, follow_dates, set_fields
from availability.services.room import require_room
from availability.services.series import ONE, begin_series, change_occurrences, remove_occurrences
from timeflow.lib.http import owned


def create_event(*, user: User, now: datetime, title: str, repeats: Repeats | None = None, **fields: object) -> Event:
    """An event in the person's own calendar: `starts_at`/`ends_at`, or `is_all_day` with `starts_on`/`ends_on`.

    With `repeats` it is the first of a series, and the other occurrences are there, too. Raises `EndsBeforeItStarts`,
    or `Invalid` for a missing time or a series that cannot be.
    """
    with changing(user.pk) as person:
        require_room(person, 1, field="title")
        event = Event(
            user=person,
            calendar=own_calendar(user=person, now=now),
            source=Event.Source.OWN,
            title=title,
            created_at=now,
        )
        set_fields(event, fields, person, now)
        if repeats is not None:
            return begin_series(event, repeats, now)
        event.save(force_insert=True)
    return event


def update_event(
    *,
    user: User,
    event_id: uuid.UUID,
    now: datetime,
    scope: str = ONE,
    repeats: Repeats | None = None,
    **fields: object,
) -> Event:
    """Change an event of the own calendar; of a series this occurrence, or with `scope` "all" every one.

    All of a series move by as much as this one does. `repeats` makes a series of an event that stands alone, or
    changes how often all of them come. Raises `NotFound`, `NotEditable`, `EndsBeforeItStarts`, `Invalid`.
    """
    with changing(user.pk) as person:
        event = editable_event(person, event_id)
        set_fields(event, fields, person, now)
        if event.series is not None:
            return change_occurrences(event, scope, repeats, has_new_times=not TIMES.isdisjoint(fields), now=now)
        if repeats is not None:
            return begin_series(event, repeats, now)
        event.save()
    return event


def delete_event(*, user: User, event_id: uuid.UUID, now: datetime, scope: str = ONE) -> None:
    """Remove an event of the own calendar; of a series this occurrence, or with `scope` "all" every one.

    Raises `NotFound`, `NotEditable`.
    """
    with changing(user.pk) as person:
        event = editable_event(person, event_id)
        if event.series is not None:
            remove_occurrences(event, scope, now)
        else:
            event.delete()


def editable_event(user: User, event_id: uuid.UUID) -> Event:
    """The person's own event. Raises `NotFound`, `NotEditable`."""
    event = owned(fixed_events(user).select_related("series"), event_id)
    if event.source != Event.Source.OWN:
        raise NotEditable
    return event


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
        follow_dates(event, zones)
        event.updated_at = now
        event.save(update_fields=["starts_at", "ends_at", "updated_at"])
