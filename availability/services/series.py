"""Events that repeat in the own calendar: their text, and the rows of their occurrences in the calendar's window.

Every function expects to be called inside `changing` of the person to whom the event belongs.
"""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from accounts.selectors.zones import ZoneOn, zone_at, zone_on
from availability.domain import ics
from availability.domain.own_series import Happening, OwnSeries, Repeats, date_part, faults, from_text, to_text
from availability.models import Calendar, Event, Series
from availability.services.occurrences import AHEAD, BACK, fields_of
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid
from timeflow.lib.ids import new_id

ONE, ALL = "this", "all"
BATCH = 500


def begin_series(event: Event, repeats: Repeats, now: datetime) -> Event:
    """`event`, saved or not, becomes the first occurrence of a new series. Raises `Invalid`."""
    calendar = event.calendar
    start, end = _window(calendar, now)
    if not start <= event.starts_at < end:
        field = "starts_on" if event.is_all_day else "starts_at"
        raise Invalid.field(field, "A series begins at most a month ago and half a year from now.")
    if calendar.series.count() >= bounds.SERIES:
        raise Invalid.field("repeats", f"At most {bounds.SERIES} events that repeat are kept; remove an old one first.")
    zone = _zone(event, zone_on(event.user))
    own = OwnSeries(f"{new_id()}@timeflow", zone, _happening(event, zone), repeats)
    _require_sound(own)
    event.series = Series.objects.create(calendar=calendar, uid=own.uid, ics="")
    event.recurrence_id = own.stamp(date_part(own.usual.start))
    event.save()
    _write(event.series, own, {event.recurrence_id: event}, now)
    return _fresh(event)


def change_occurrences(
    event: Event, scope: str, repeats: Repeats | None, *, has_new_times: bool, now: datetime
) -> Event:
    """Keep what `event`, not saved yet, says: for this occurrence alone, or for all of its series. Raises `Invalid`."""
    series = _series(event)
    own, stamp = from_text(series.ics), event.recurrence_id
    rows = {row.recurrence_id: row for row in series.occurrences.all()}
    if scope == ALL:
        zone = own.zone if not own.usual.is_all_day else _zone(event, zone_on(event.user))
        wanted = _happening(event, zone)
        alone, usual = own.exceptions.get(stamp), own.regular(stamp)
        if has_new_times:
            own = own.as_usual(stamp)
        else:
            # Its own times, if it has any, are kept by this one and are no wish for the others.
            own = own.with_exception(stamp, replace(wanted, start=alone.start, end=alone.end)) if alone else own
            wanted = replace(wanted, start=usual.start, end=usual.end)
        changed = own.changed(stamp, wanted, repeats or own.repeats, zone)
        _require_sound(changed)
        rows = {changed.stamp(own.date_of(one) + changed.shift_from(own)): row for one, row in rows.items()}
    else:
        if repeats is not None and repeats != own.repeats:
            raise Invalid.field("repeats", "How often it repeats is changed for all of them.")
        if event.is_all_day != own.usual.is_all_day:
            raise Invalid.field("is_all_day", "This is changed for all of them.")
        changed = own.with_exception(stamp, _happening(event, own.zone))
    _write(series, changed, rows, now)
    return _fresh(event)


def remove_occurrences(event: Event, scope: str, now: datetime) -> None:
    """Take this occurrence, or all of its series, out of the calendar. A series without any goes by itself."""
    series = _series(event)
    if scope != ALL:
        own = from_text(series.ics).without(event.recurrence_id)
        rows = {row.recurrence_id: row for row in series.occurrences.exclude(pk=event.pk)}
        if _write(series, own, rows, now):
            return
    series.delete()


def _series(event: Event) -> Series:
    if event.series is None:
        raise ValueError("The event stands alone.")
    return event.series


def _fresh(event: Event) -> Event:
    return Event.objects.select_related("series").get(pk=event.pk)


def _window(calendar: Calendar, now: datetime) -> tuple[datetime, datetime]:
    """The stretch of time in which occurrences have rows; it opens with the first series and is rolled by a beat."""
    if calendar.expanded_from is None or calendar.expanded_until is None:
        calendar.expanded_from, calendar.expanded_until = now - BACK, now + AHEAD
        calendar.save(update_fields=["expanded_from", "expanded_until"])
    return calendar.expanded_from, calendar.expanded_until


def _require_sound(own: OwnSeries) -> None:
    if reasons := faults(own):
        raise Invalid(fields={name: [reason] for name, reason in reasons.items()})


def _zone(event: Event, zones: ZoneOn) -> str:
    """The zone on whose clock an event was made."""
    return zones(event.starts_on).key if event.starts_on else zone_at(zones, event.starts_at).key


def _happening(event: Event, zone: str) -> Happening:
    return Happening(
        title=event.title,
        start=_wall(event.starts_at, event.starts_on, zone),
        end=_wall(event.ends_at, event.ends_on, zone),
        location=event.location,
        notes=event.notes,
        is_busy=event.is_busy,
    )


def _wall(at: datetime, on: date | None, zone: str) -> date:
    return on or at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _write(series: Series, own: OwnSeries, rows: dict[str, Event], now: datetime) -> bool:
    """Keep the text and make the rows what it says; `rows`, by their stamps in `own`, keep their ids.

    Rows before the calendar's window stay as they are. False if no occurrence is left in or before the window.
    """
    calendar = series.calendar
    series.ics = to_text(own)
    series.save(update_fields=["ics"])
    # Whoever is rolling the window forward meanwhile sees by this that the text is another.
    Calendar.objects.filter(pk=calendar.pk).update(read_at=now)
    start, end = _window(calendar, now)
    expansion = ics.expand([ics.stored(own.uid, series.ics)], start, end, zone_on(calendar.user))
    kept = [row for row in rows.values() if row.ends_at <= start]
    for occurrence in expansion.occurrences:
        row = rows.get(occurrence.recurrence_id) or Event(created_at=now)
        fields = fields_of(occurrence)
        if row.series_id is None or any(getattr(row, name) != value for name, value in fields.items()):
            row.updated_at = now
        row.user, row.calendar, row.series, row.source = calendar.user, calendar, series, Event.Source.OWN
        row.recurrence_id = occurrence.recurrence_id
        for name, value in fields.items():
            setattr(row, name, value)
        kept.append(row)
    # Written anew under their ids: moved by a day, each would meet the next one's stamp on the way.
    series.occurrences.all().delete()
    Event.objects.bulk_create({row.pk: row for row in kept}.values(), batch_size=BATCH)
    return bool(kept)
