"""Calendars from files: brought in whole or not at all, and kept as rows for the time in which a person plans.

A calendar keeps the text of each of its series. Rows of Event exist for its occurrences inside the calendar's window,
[expanded_from, expanded_until), which a beat task rolls forward. Cancelled occurrences get no row.
"""

import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

from accounts.models import User
from accounts.selectors.zones import ZoneOn, person_clock, zone_on
from accounts.services.changes import changing
from availability.domain import ics
from availability.errors import FileRefused
from availability.models import Calendar, Event, Series
from availability.services.calendars import TINTS
from availability.services.events import retime_all_day_events
from availability.services.occurrences import AHEAD, BACK, fields_of
from availability.services.repairs import ask_for_repair
from availability.services.room import require_room
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned
from timeflow.lib.words import PersonClock, count, days

ROLL_BEFORE = timedelta(days=190)
BATCH = 500
log = logging.getLogger(__name__)
SOURCES: dict[str, str] = {
    Calendar.Kind.FILE: Event.Source.FILE,
    Calendar.Kind.OWN: Event.Source.OWN,
    Calendar.Kind.REMOTE: Event.Source.REMOTE,
}


@dataclass(frozen=True)
class ImportReport:
    """What an import brought: the file's events and series, and the dates of them that lie in the window.

    `is_replaced`: the calendar was there and its content made way. `notes` are sentences about what was left out.
    """

    calendar: Calendar
    clock: PersonClock
    events: int
    series: int
    occurrences: int
    cancelled: int
    is_replaced: bool
    notes: tuple[str, ...]

    @property
    def words(self) -> str:
        """ "Imported Choir: 17 events with 42 dates (25 October – 13 June 2027); 3 cancelled ones are left out"."""
        said = f"{'Brought up to date' if self.is_replaced else 'Imported'} {self.calendar.name}: "
        said += f"{count(self.series, 'event')} "
        said += f"with {count(self.occurrences, 'date')} " if self.occurrences else "but none in the time that is kept "
        said += f"({self._kept_days})"
        if self.cancelled:
            said += f"; {count(self.cancelled, 'cancelled one')} {'is' if self.cancelled == 1 else 'are'} left out"
        return said

    @property
    def _kept_days(self) -> str:
        window = self.calendar.expanded_from, self.calendar.expanded_until
        first, last = (self.clock.date_of(edge) for edge in window if edge)
        return days(first, last, self.clock.today)


def import_calendar(
    *,
    user: User,
    raw: bytes,
    now: datetime,
    name: str = "",
    file_name: str = "",
    tint: int | None = None,
    calendar_id: uuid.UUID | None = None,
) -> ImportReport:
    """Bring the .ics file `raw` in as a calendar of its own.

    It replaces the content of `calendar_id`, else of the imported calendar that has the same name, else it is a new
    one. Without `name` it is called as the file says, else as the file is called. Raises `FileRefused` with every
    problem, `Invalid`, `NotFound`; then nothing has changed.
    """
    file = ics.read(raw)
    if file.problems:
        raise FileRefused.because(
            {"line": problem.line, "uid": problem.uid, "reason": problem.reason} for problem in file.problems
        )
    window = (now - BACK, now + AHEAD)
    expansion = ics.expand(file.series, *window, zone_on(user))
    if expansion.is_cut:
        reason = f"It would fill more than {ics.MAX_OCCURRENCES:,} times in the coming half year."
        raise FileRefused.because([{"line": 1, "uid": "", "reason": reason}])
    with changing(user.pk) as person:
        calendar, is_new = _target(person, calendar_id, _clean_name(name or file.name or _stem(file_name)), tint, now)
        require_room(person, len(expansion.occurrences), field="file", instead_of=calendar)
        _replace(calendar, file.series, expansion.occurrences, now)
        calendar.read_at = now
        calendar.expanded_from, calendar.expanded_until = window
        calendar.save(update_fields=["name", "tint", "read_at", "expanded_from", "expanded_until"])
        ask_for_repair(person)
    cancelled = sum(occurrence.is_cancelled for occurrence in expansion.occurrences)
    return ImportReport(
        calendar=calendar,
        clock=person_clock(user, now),
        events=file.events,
        series=len(file.series),
        occurrences=len(expansion.occurrences) - cancelled,
        cancelled=cancelled,
        is_replaced=not is_new,
        notes=(*file.notes, *expansion.notes),
    )


def roll_window(*, calendar: Calendar, now: datetime) -> int:
    """Add what the calendar holds between the end of its window and `AHEAD` of now; the number of rows added.

    Rows stay for ever, so that past weeks look as they were. Does nothing while the window is long enough, if too much
    would come, or if the calendar's series or the person's zone changed meanwhile.
    """
    start, end = calendar.expanded_until, now + AHEAD
    if start is None or start >= now + ROLL_BEFORE:
        return 0
    rows = list(calendar.series.all())
    zones = zone_on(calendar.user)
    expansion = _expanded(rows, (start, end), zones)
    if expansion.is_cut:
        log.warning("More would come into the window of calendar %s than is kept.", calendar.pk)
        return 0
    with changing(calendar.user_id) as person:
        present = Calendar.objects.filter(pk=calendar.pk, expanded_until=start, read_at=calendar.read_at).first()
        if present is None or zone_on(person) != zones:
            return 0
        known = set(Event.objects.filter(calendar=present, ends_at__gte=start).values_list("series", "recurrence_id"))
        made = [
            event
            for event in _events(person, present, rows, expansion.occurrences, now)
            if (event.series_id, event.recurrence_id) not in known
        ]
        Event.objects.bulk_create(made, batch_size=BATCH)
        present.expanded_until = end
        present.save(update_fields=["expanded_until"])
    calendar.expanded_until = end
    return len(made)


def calendars_to_roll(*, now: datetime) -> list[Calendar]:
    """Calendars with events that repeat, imported or made here, whose window ends too soon.

    Those of accounts are rolled by whoever has them in hand.
    """
    short = Calendar.objects.filter(kind__in=SOURCES, mirror=None, expanded_until__lt=now + ROLL_BEFORE)
    return list(short.select_related("user").order_by("expanded_until"))


def follow_zone(*, user: User, now: datetime) -> None:
    """After the person's zone changed: all-day events, and floating ones of imported calendars, follow its clock."""
    with changing(user.pk) as person:
        retime_all_day_events(user=person, now=now)
    foreign = (Calendar.Kind.FILE, Calendar.Kind.REMOTE)
    for calendar in Calendar.objects.filter(user=user, kind__in=foreign, expanded_until__isnull=False):
        with changing(user.pk) as person:
            rows = list(calendar.series.all())
            window = (calendar.expanded_from or now - BACK, calendar.expanded_until or now + AHEAD)
            _retime(person, calendar, rows, _expanded(rows, window, zone_on(person)).occurrences, now)
    ask_for_repair(user)


def _expanded(rows: Iterable[Series], window: tuple[datetime, datetime], zones: ZoneOn) -> ics.Expansion:
    return ics.expand((ics.stored(row.uid, row.ics) for row in rows), *window, zones, most=bounds.EVENTS)


def _target(
    person: User, calendar_id: uuid.UUID | None, name: str, tint: int | None, now: datetime
) -> tuple[Calendar, bool]:
    """The calendar to fill and whether it is new."""
    if tint is not None and tint not in TINTS:
        raise Invalid.field("tint", "There are eight tints, 1 to 8.")
    files = Calendar.objects.filter(user=person, kind=Calendar.Kind.FILE)
    if calendar_id is not None:
        calendar = owned(files, calendar_id)
        calendar.name = name or calendar.name
    else:
        found = files.filter(name__iexact=name).order_by("created_at").first() if name else None
        name = name or _free_name(person)
        if found is None:
            if Calendar.objects.filter(user=person, name__iexact=name).exists():
                raise Invalid.field(
                    "name", f"You have a calendar called {name} that was not imported; give another name."
                )
            if files.count() >= bounds.FILE_CALENDARS:
                raise Invalid.field("file", f"At most {bounds.FILE_CALENDARS} imported calendars are kept.")
            hue = tint or _least_used_tint(person)
            kind = Calendar.Kind.FILE
            return Calendar.objects.create(user=person, kind=kind, name=name, tint=hue, created_at=now), True
        calendar = found
    calendar.tint = tint or calendar.tint
    return calendar, False


def _least_used_tint(person: User) -> int:
    used = list(Calendar.objects.filter(user=person).values_list("tint", flat=True))
    return min(TINTS, key=lambda hue: (used.count(hue), hue))


def _stem(file_name: str) -> str:
    """ "choir_2026.ics" as a name for people: "choir 2026"."""
    return PurePath(file_name).stem.replace("_", " ")[: bounds.CALENDAR_NAME]


def _free_name(person: User) -> str:
    """For a file that says no name at all: it never takes the place of another one."""
    taken = {name.lower() for name in Calendar.objects.filter(user=person).values_list("name", flat=True)}
    names = ("Imported calendar", *(f"Imported calendar {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name.lower() not in taken)


def _clean_name(name: str) -> str:
    words = " ".join(name.split())
    if len(words) > bounds.CALENDAR_NAME:
        raise Invalid.field("name", f"A calendar's name has at most {bounds.CALENDAR_NAME} characters.")
    return words


def _replace(
    calendar: Calendar, series: Iterable[ics.Series], occurrences: Sequence[ics.Occurrence], now: datetime
) -> None:
    Event.objects.filter(calendar=calendar).delete()
    calendar.series.all().delete()
    rows = [Series(calendar=calendar, uid=one.uid, ics=one.ics) for one in series]
    Series.objects.bulk_create(rows, batch_size=BATCH)
    Event.objects.bulk_create(_events(calendar.user, calendar, rows, occurrences, now), batch_size=BATCH)


def _events(
    person: User, calendar: Calendar, rows: Iterable[Series], occurrences: Sequence[ics.Occurrence], now: datetime
) -> list[Event]:
    """Unsaved rows for what is not cancelled."""
    series = {row.uid: row for row in rows}
    return [
        Event(
            user=person,
            calendar=calendar,
            series=series[occurrence.uid],
            recurrence_id=occurrence.recurrence_id,
            source=SOURCES[calendar.kind],
            created_at=now,
            updated_at=now,
            **fields_of(occurrence),
        )
        for occurrence in occurrences
        if not occurrence.is_cancelled
    ]


def _retime(
    person: User, calendar: Calendar, rows: Sequence[Series], occurrences: Sequence[ics.Occurrence], now: datetime
) -> None:
    """Move rows whose time is another now; they keep their ids. What only now lies in the window is added."""
    present = {(event.series_id, event.recurrence_id): event for event in Event.objects.filter(calendar=calendar)}
    moved, made = [], []
    for fresh in _events(person, calendar, rows, occurrences, now):
        event = present.get((fresh.series_id, fresh.recurrence_id))
        if event is None:
            made.append(fresh)
        elif (event.starts_at, event.ends_at) != (fresh.starts_at, fresh.ends_at):
            event.starts_at, event.ends_at, event.updated_at = fresh.starts_at, fresh.ends_at, now
            moved.append(event)
    Event.objects.bulk_update(moved, ["starts_at", "ends_at", "updated_at"], batch_size=BATCH)
    Event.objects.bulk_create(made, batch_size=BATCH)
