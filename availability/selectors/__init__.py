"""Reads about a person's time."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from availability.domain.own_series import Repeats, from_text
from availability.models import Calendar, DateOverride, Event, EventQuerySet, OverrideHours, Series, WorkingHours

Span = tuple[datetime, datetime]
Windows = list[tuple[int, int]]

ONE_DAY, ONE_YEAR = timedelta(days=1), timedelta(days=366)


def busy_spans(user: User, start: datetime, end: datetime, *, without: Iterable[uuid.UUID] = ()) -> list[Span]:
    """What blocks time in [start, end): other people's events and own ones, but no planned work.

    `without` leaves out events by id, for whoever is about to move one. One query.
    """
    spans = (
        Event.objects.of(user)
        .busy()
        .exclude(source=Event.Source.BLOCK)
        .overlapping(start, end)
        .exclude(pk__in=list(without))
    )
    return list(spans.order_by("starts_at", "ends_at").values_list("starts_at", "ends_at"))


def events_between(user: User, start: datetime, end: datetime) -> "QuerySet[Event]":
    """Shown events that share time with [start, end), planned work left out, in order of start."""
    return (
        Event.objects.of(user)
        .shown()
        .exclude(source=Event.Source.BLOCK)
        .overlapping(start, end)
        .select_related("calendar")
        .order_by("starts_at", "ends_at", "id")
    )


def fixed_events(user: User) -> EventQuerySet:
    """All that is fixed: planned work left out, hidden calendars included."""
    return Event.objects.of(user).exclude(source=Event.Source.BLOCK)


def with_repeats(events: Sequence[Event]) -> Sequence[Event]:
    """The same events, each with `repeats`: how often an own one of a series comes, else None. One query."""
    ids = {event.series_id for event in events if event.series_id and event.source == Event.Source.OWN}
    texts = Series.objects.filter(pk__in=ids).values_list("pk", "ics") if ids else ()
    repeats: dict[uuid.UUID | None, Repeats] = {pk: from_text(ics).repeats for pk, ics in texts}
    for event in events:
        event.repeats = repeats.get(event.series_id)  # type: ignore[attr-defined]
    return events


def weekly_hours(user: User) -> dict[int, Windows]:
    """Weekday (0 is Monday) to windows in minutes after 0:00. One query."""
    hours: dict[int, Windows] = defaultdict(list)
    rows = WorkingHours.objects.filter(user=user).order_by("weekday", "start_minute")
    for weekday, start, end in rows.values_list("weekday", "start_minute", "end_minute"):
        hours[weekday].append((start, end))
    return dict(hours)


def date_overrides(user: User, first: date, last: date) -> dict[date, Windows]:
    """Local dates first..last (inclusive) with hours of their own; an empty list is a rest day. Two queries."""
    overrides: dict[date, Windows] = {
        on: [] for on in DateOverride.objects.filter(user=user, on__range=(first, last)).values_list("on", flat=True)
    }
    rows = OverrideHours.objects.filter(override__user=user, override__on__range=(first, last))
    for on, start, end in rows.order_by("start_minute").values_list("override__on", "start_minute", "end_minute"):
        overrides[on].append((start, end))
    return overrides


@dataclass(frozen=True)
class DateRange:
    """Dates first..last, the last included, that have the same hours of their own; none is rest."""

    first: date
    last: date
    windows: Windows

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def special_dates(user: User, since: date) -> list[DateRange]:
    """Dates from `since` on with hours of their own, neighbours that are alike joined. Two queries."""
    return _joined(date_overrides(user, since, date.max))


def past_dates(user: User, today: date) -> list[DateRange]:
    """The same for the year before today, newest first."""
    return _joined(date_overrides(user, today - ONE_YEAR, today - ONE_DAY))[::-1]


def _joined(overrides: dict[date, Windows]) -> list[DateRange]:
    ranges: list[DateRange] = []
    for on in sorted(overrides):
        if ranges and ranges[-1].last + ONE_DAY == on and ranges[-1].windows == overrides[on]:
            ranges[-1] = replace(ranges[-1], last=on)
        else:
            ranges.append(DateRange(on, on, overrides[on]))
    return ranges


def calendars(user: User) -> "QuerySet[Calendar]":
    """The person's calendars that hold events, the plan's own left out."""
    return Calendar.objects.filter(user=user).exclude(kind=Calendar.Kind.PLAN).order_by("created_at", "id")


def counted(rows: "QuerySet[Calendar]") -> "QuerySet[Calendar]":
    """Calendars with two numbers from the same query: `event_count` of what is kept, `series_count` of what repeats or
    was imported."""
    series = Series.objects.filter(calendar=OuterRef("pk")).order_by().values("calendar").annotate(number=Count("pk"))
    return rows.annotate(event_count=Count("events"), series_count=Coalesce(Subquery(series.values("number")), 0))


def expanded_until() -> datetime | None:
    """Up to when the events of every calendar that repeat are there, None without such a calendar."""
    found: datetime | None = Calendar.objects.aggregate(end=Min("expanded_until"))["end"]
    return found
