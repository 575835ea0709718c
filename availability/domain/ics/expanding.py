"""Series as occurrences within a window of time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from icalendar import Component
from recurring_ical_events.selection.name import ComponentsWithName

from availability.domain.ics.effort import (
    MAX_STEPS,
    READ_AHEAD,
    STEPS_TO_BEGIN,
    STEPS_TO_NEVER,
    is_over,
    moved_up,
    rules,
    steps,
    steps_to_a_date,
)
from availability.domain.ics.reading import Series
from availability.domain.ics.words import plain
from timeflow.lib import bounds
from timeflow.lib.time import edge

MAX_OCCURRENCES = 10_000
"""In one window, of one series; of all together, too, where nobody says otherwise."""
MAX_ALL_STEPS = 1_100_000
MAX_NOTES = 100
TOO_OFTEN = "repeats too often"
AROUND = timedelta(days=2)
"""How far wall clock in any zone is from UTC, and a day more."""

ZoneOn = Callable[[date], ZoneInfo]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which an event happens: half-open [starts_at, ends_at) in UTC.

    `recurrence_id` tells the occurrences of a UID apart and stays when one is moved; it is "" for an event that stands
    alone. An all-day one keeps its dates, `ends_on` exclusive; others have None.
    """

    uid: str
    recurrence_id: str
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool
    starts_on: date | None
    ends_on: date | None
    title: str
    location: str
    description: str
    is_busy: bool
    status: str
    is_cancelled: bool
    is_tentative: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class Expansion:
    """The occurrences in order of start. `notes` name series that were left out, wholly or in part, and `left_out` has
    their UIDs; `is_cut` if there were too many.
    """

    occurrences: tuple[Occurrence, ...]
    notes: tuple[str, ...] = ()
    is_cut: bool = False
    left_out: frozenset[str] = frozenset()


def expand(
    series: Iterable[Series], start: datetime, end: datetime, zone_on: ZoneOn, most: int = MAX_OCCURRENCES
) -> Expansion:
    """What of `series` shares time with [start, end), or lies in it if it takes no time; cancelled ones too.

    `zone_on` is the person's zone on a date: all-day and floating times are wall clock there. At most `most` are
    returned, and of one series at most `MAX_OCCURRENCES`. Never raises for series that `read` made.
    """
    found: list[Occurrence] = []
    notes: list[str] = []
    left_out: set[str] = set()
    steps_left = MAX_ALL_STEPS
    for one in series:
        if is_over(one.events, start - AROUND):
            continue
        events, reason, taken = _judged(one, start - AROUND, end + AROUND, steps_left)
        steps_left -= taken
        if reason:
            notes.append(f"“{one.title or one.uid}” {reason} and was left out.")
            left_out.add(one.uid)
            continue
        before = len(found)
        try:
            found += islice(_occurrences(one, events, start, end, zone_on), MAX_OCCURRENCES + 1)
        except Exception:  # the libraries fail in their own ways on rules that contradict themselves
            notes.append(f"“{one.title or one.uid}” repeats by a rule that cannot be followed and was left out.")
            left_out.add(one.uid)
        if len(found) - before > MAX_OCCURRENCES:
            notes.append(f"“{one.title or one.uid}” has more than {MAX_OCCURRENCES:,} dates; the rest is left out.")
            left_out.add(one.uid)
        if len(found) > most:
            break
    found.sort(key=lambda occurrence: (occurrence.starts_at, occurrence.ends_at, occurrence.uid))
    if len(notes) > MAX_NOTES:
        notes[MAX_NOTES:] = [f"{len(notes) - MAX_NOTES:,} more were left out."]
    return Expansion(tuple(found[:most]), tuple(notes), len(found) > most, frozenset(left_out))


def _judged(one: Series, start: datetime, end: datetime, steps_left: int) -> tuple[list[Component], str, int]:
    """(its events as they are to be expanded, why they are not or "", the steps that takes)."""
    if not is_recurring(one):
        return list(one.events), "", 0
    if steps_left < STEPS_TO_BEGIN:
        return [], TOO_OFTEN, 0
    events = moved_up(one.events, start)
    return events, *_refusal(events, end, steps_left)


def _refusal(events: list[Component], end: datetime, steps_left: int) -> tuple[str, int]:
    """(why a series is not expanded or "", the steps it takes)."""
    taken = sum(steps(event, end) for event in events)
    if taken > MAX_STEPS or taken > steps_left:
        return TOO_OFTEN, 0
    try:
        for event in events:
            searched = steps_to_a_date(event)
            if searched is None:
                return "repeats on a day that never comes", taken + STEPS_TO_NEVER
            taken += searched * (1 + READ_AHEAD)
    except (ValueError, OverflowError):
        return "repeats by a rule that cannot be followed", taken + STEPS_TO_NEVER
    return (TOO_OFTEN if taken > steps_left else ""), taken


def _occurrences(
    one: Series, events: list[Component], start: datetime, end: datetime, zone_on: ZoneOn
) -> Iterator[Occurrence]:
    seen: set[str] = set()
    for found in _between(one, events, start - AROUND, end + AROUND):
        occurrence = found.occurrence(one, zone_on)
        if occurrence.recurrence_id in seen or not _is_inside(occurrence, start, end):
            continue
        seen.add(occurrence.recurrence_id)
        yield occurrence


def _is_inside(occurrence: Occurrence, start: datetime, end: datetime) -> bool:
    if occurrence.starts_at == occurrence.ends_at:
        return start <= occurrence.starts_at < end
    return occurrence.starts_at < end and occurrence.ends_at > start


def _between(one: Series, events: list[Component], start: datetime, end: datetime) -> Iterator["_Found"]:
    calendar = icalendar.Calendar()
    if one.time_zone:
        calendar["X-WR-TIMEZONE"] = one.time_zone
    for event in events:
        calendar.add_component(event)
    query = recurring_ical_events.of(calendar, components=[ComponentsWithName("VEVENT", _Event, occurrence=_Found)])
    for series in query.series:
        yield from series.between(start, end)


class _Event(recurring_ical_events.EventAdapter):
    """A VEVENT with what all its occurrences share, read once."""

    _shared: dict[str, Any] | None = None

    @property
    def shared(self) -> dict[str, Any]:
        if self._shared is None:
            component = self._component
            status = plain(component.get("STATUS"), 20).upper()
            is_free = plain(component.get("TRANSP"), 20).upper() == "TRANSPARENT"
            is_free = is_free or plain(component.get("X-MICROSOFT-CDO-BUSYSTATUS"), 20).upper() == "FREE"
            self._shared = {
                "title": plain(component.get("SUMMARY"), bounds.TITLE),
                "location": plain(component.get("LOCATION"), bounds.LOCATION),
                "description": plain(component.get("DESCRIPTION"), bounds.NOTES, has_lines=True),
                "status": status,
                "is_cancelled": status == "CANCELLED",
                "is_busy": not is_free and status != "CANCELLED",
                "is_tentative": status == "TENTATIVE",
                "is_private": plain(component.get("CLASS"), 20).upper() in {"PRIVATE", "CONFIDENTIAL"},
            }
        return self._shared

    @property
    def recurrence_id(self) -> date | None:
        """What its RECURRENCE-ID says."""
        prop = self._component.get("RECURRENCE-ID")
        at: date | None = prop.dt if prop is not None else None
        return at

    @property
    def is_single(self) -> bool:
        """Whether it stands alone and is no part of any series."""
        return not self.has_recurrence_rules() and not self.is_modification()


class _Found(recurring_ical_events.Occurrence):
    """An occurrence as the library found it, that can say what we keep of it."""

    def occurrence(self, one: Series, zone_on: ZoneOn) -> Occurrence:
        start, end = self.start, self.end
        is_all_day = not isinstance(start, datetime)
        starts_on = ends_on = None
        if is_all_day:
            starts_on = start
            last = end.date() if isinstance(end, datetime) else end
            ends_on = max(last, start + timedelta(days=1))
            start, end = starts_on, ends_on
        starts_at = _instant(start, zone_on)
        return Occurrence(
            uid=one.uid,
            recurrence_id=self._which(),
            starts_at=starts_at,
            ends_at=max(starts_at, _instant(end, zone_on)),
            is_all_day=is_all_day,
            starts_on=starts_on,
            ends_on=ends_on,
            **self._adapter.shared,
        )

    def _which(self) -> str:
        """The RECURRENCE-ID that this occurrence has or would be given."""
        event = self._adapter
        if event.is_single:
            return ""
        if event.is_modification() and self.start == event.start:
            return _stamp(event.recurrence_id)
        return _stamp(self.start - event.move_recurrences_by)


def _stamp(at: date) -> str:
    if not isinstance(at, datetime):
        return f"{at:%Y%m%d}"
    if at.tzinfo is None:
        return f"{at:%Y%m%dT%H%M%S}"
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _instant(at: date, zone_on: ZoneOn) -> datetime:
    """A date is its first instant, a floating time wall clock, both where the person is on that date."""
    if not isinstance(at, datetime):
        return edge(at, 0, zone_on(at))
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    on = at.date()
    return edge(on, at.hour * 60 + at.minute, zone_on(on)) + timedelta(seconds=at.second)


def is_past(one: Series, window: datetime) -> bool:
    """Whether nothing of a series comes at or after `window`."""
    return is_over(one.events, window - AROUND)


def is_cancelled(one: Series) -> bool:
    """Whether nothing of it takes place."""
    return all(plain(event.get("STATUS"), 20).upper() == "CANCELLED" for event in one.events)


def is_recurring(one: Series) -> bool:
    """Whether more can come of a series than one occurrence."""
    return len(one.events) > 1 or any(rules(event) or "RDATE" in event for event in one.events)
