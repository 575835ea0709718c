"""The rows of a mirrored calendar's events, made to be what its series say."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from accounts.models import User
from availability.domain import ics
from availability.models import Calendar, Event, Series
from availability.services.occurrences import FIELDS, fields_of

BATCH = 500
Key = tuple[uuid.UUID, str]


def write_series(calendar: Calendar, series: Mapping[str, ics.Series], gone: Iterable[str]) -> dict[str, Series]:
    """Keep the text of each series by its group, and drop those that are `gone` with their events."""
    calendar.series.filter(uid__in=list(gone)).delete()
    rows = {row.uid: row for row in calendar.series.filter(uid__in=list(series))}
    changed, made = [], []
    for group, one in series.items():
        row = rows.get(group)
        if row is None:
            made.append(Series(calendar=calendar, uid=group, ics=one.ics))
        elif row.ics != one.ics:
            row.ics = one.ics
            changed.append(row)
    Series.objects.bulk_update(changed, ["ics"], batch_size=BATCH)
    Series.objects.bulk_create(made, batch_size=BATCH)
    return rows | {row.uid: row for row in made}


def write_occurrences(
    person: User, calendar: Calendar, rows: Mapping[str, Series], occurrences: Sequence[ics.Occurrence], now: datetime
) -> bool:
    """Bring the events of these series in line inside the calendar's window; whether one of them is another now.

    An event keeps its id as long as it is the same occurrence. What lies before the window stays as it was.
    """
    known = Event.objects.filter(series__in=[row.pk for row in rows.values()])
    if calendar.expanded_from:
        known = known.filter(ends_at__gt=calendar.expanded_from)
    present: dict[Key, Event | None] = {}
    for row in known:
        if row.series_id is not None:
            present[row.series_id, row.recurrence_id] = row
    made: list[Event] = []
    changed: list[Event] = []
    for occurrence in occurrences:
        if occurrence.is_cancelled:
            continue
        series = rows[occurrence.uid]
        event = present.pop((series.pk, occurrence.recurrence_id), None)
        if event is None:
            made.append(_made(person, calendar, series, occurrence, now))
        elif _is_changed(event, occurrence):
            event.updated_at = now
            changed.append(event)
    gone = [event.pk for event in present.values() if event]
    Event.objects.filter(pk__in=gone).delete()
    Event.objects.bulk_update(changed, [*FIELDS, "updated_at"], batch_size=BATCH)
    Event.objects.bulk_create(made, batch_size=BATCH)
    return bool(gone or changed or made)


def _made(person: User, calendar: Calendar, series: Series, occurrence: ics.Occurrence, now: datetime) -> Event:
    return Event(
        user=person,
        calendar=calendar,
        series=series,
        recurrence_id=occurrence.recurrence_id,
        source=Event.Source.REMOTE,
        created_at=now,
        updated_at=now,
        **fields_of(occurrence),
    )


def _is_changed(event: Event, occurrence: ics.Occurrence) -> bool:
    is_changed = False
    for name, value in fields_of(occurrence).items():
        if getattr(event, name) != value:
            setattr(event, name, value)
            is_changed = True
    return is_changed
