"""A calendar file as series: one for each UID, whose text can be kept and expanded for any window later."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import icalendar
from icalendar import Component

from availability.domain.ics.events import ReadEvent, Unsound, read_event
from availability.domain.ics.lines import NotACalendar, Parts, Problem, parts
from availability.domain.ics.words import plain
from availability.domain.ics.zones import ZoneBook, known_zone
from timeflow.lib import bounds

MAX_PROBLEMS = 100
SHARED = "It has the UID of another event."
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//TimeFlow//EN\r\n"
TAIL = "END:VCALENDAR\r\n"

_QUOTED = re.compile("“.*”", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Series:
    """What a source says about one UID. `ics` is a calendar of its own: the VEVENTs and the zones that they need.

    `events` is what `icalendar` made of it, so that what was just read need not be read again; it is not compared.
    """

    uid: str
    ics: str
    title: str
    line: int
    events: tuple[Component, ...] = field(compare=False, repr=False)
    time_zone: str = field(default="", compare=False)
    """The X-WR-TIMEZONE under which UTC and floating times recur."""

    @property
    def inside(self) -> str:
        """`ics` without the VCALENDAR around it: the X-WR-TIMEZONE if there is one, the zones, the VEVENTs."""
        return self.ics.removeprefix(HEAD).removesuffix(TAIL)


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A file read: all that is sound of it, and the `problems` of what is not; who wants it whole refuses any problem.

    `is_calendar` is false for what cannot be read at all, for the one reason in `problems`. `left_out` counts the
    VEVENTs that have problems, by the first one of each and without what that quotes, and those that stand in for no
    other but share its UID; `unread` has the UIDs of which only such with problems are there. `events` counts those
    that are in `series`, fewer than the sound ones where the file repeats itself. `notes` say what was read in another
    way than written. `time_zone` is the file's X-WR-TIMEZONE, if that is known.
    """

    name: str = ""
    time_zone: str = ""
    series: tuple[Series, ...] = ()
    events: int = 0
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_calendar: bool = True
    left_out: Mapping[str, int] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()


def read(raw: bytes) -> CalendarFile:
    """Read the bytes of an .ics file. Never raises; at most `MAX_PROBLEMS` problems and the number of the rest."""
    try:
        found = parts(raw)
    except NotACalendar as error:
        return CalendarFile(problems=(error.problem,), is_calendar=False)
    zones = ZoneBook(found.timezones)
    problems: list[Problem] = []
    unread = set[str]()
    left_out = Counter[str]()
    by_uid: dict[str, list[ReadEvent]] = {}
    for part in found.events:
        try:
            event = read_event(part, zones)
        except Unsound as error:
            problems += error.problems
            unread.add(error.problems[0].uid)
            left_out[_QUOTED.sub("something", error.problems[0].reason)] += 1
        else:
            by_uid.setdefault(event.uid, []).append(event)
    notes = Counter[str]()
    zone = known_zone(_header(found, "X-WR-TIMEZONE")) or ""
    series = [_series(uid, events, zone, notes) for uid, events in by_uid.items()]
    if notes["shared"]:
        left_out[SHARED] += notes["shared"]
    return CalendarFile(
        name=(_header(found, "X-WR-CALNAME") or _header(found, "NAME"))[: bounds.CALENDAR_NAME],
        time_zone=zone,
        series=tuple(series),
        events=sum(len(one.events) for one in series),
        notes=_notes(found, zones, notes),
        problems=_listed(problems),
        left_out=left_out,
        unread=frozenset(unread - by_uid.keys()),
    )


def wrapped(inside: str) -> str:
    """A calendar around what stands inside one: zones and VEVENTs, of one series or of several."""
    return f"{HEAD}{inside}{TAIL}"


def stored(uid: str, ics: str) -> Series:
    """The series that was kept as `ics`, which `read` made."""
    calendar = icalendar.Calendar.from_ical(ics)
    events = tuple(calendar.walk("VEVENT"))
    title = plain(events[0].get("SUMMARY"), bounds.TITLE) if events else ""
    return Series(uid, ics, title, 0, events, str(calendar.get("X-WR-TIMEZONE", "")))


def _series(uid: str, events: list[ReadEvent], zone: str, notes: Counter[str]) -> Series:
    events = _without_repeats(events, notes)
    timezones = "".join(dict.fromkeys(text for event in events for text in event.timezones))
    body = "".join(event.text for event in events)
    header = f"{HEAD}X-WR-TIMEZONE:{zone}\r\n" if zone else HEAD
    title = plain(events[0].component.get("SUMMARY"), bounds.TITLE)
    components = tuple(event.component for event in events)
    ics = f"{header}{timezones}{body}{TAIL}"
    return Series(uid, ics, title, events[0].line, components, zone)


def _without_repeats(events: list[ReadEvent], notes: Counter[str]) -> list[ReadEvent]:
    """Of events with one UID and one RECURRENCE-ID the one of the highest SEQUENCE, of those the last."""
    kept: dict[str, ReadEvent] = {}
    for event in events:
        which = event.component.get("RECURRENCE-ID")
        key = "" if which is None else which.to_ical().decode()
        if key in kept:
            notes["repeated"] += 1
            is_other = _sequence(event) == _sequence(kept[key]) and event.text != kept[key].text
            notes["shared"] += is_other
        if key not in kept or _sequence(event) >= _sequence(kept[key]):
            kept[key] = event
    return list(kept.values())


def _sequence(event: ReadEvent) -> int:
    return int(event.component.get("SEQUENCE", -1))


def _header(found: Parts, name: str) -> str:
    value = next((line.value for line in found.header if line.name == name), "")
    return plain(icalendar.vText.from_ical(value), bounds.CALENDAR_NAME) if value else ""


def _notes(found: Parts, zones: ZoneBook, counts: Counter[str]) -> tuple[str, ...]:
    notes = []
    if counts["repeated"]:
        notes.append(f"{counts['repeated']:,} events are in the file more than once; the newest of each counts.")
    notes += [
        f"The time zone “{tzid[:60]}” is not known; its times are read in the calendar's or your own."
        for tzid in sorted(zones.unknown)[:5]
    ]
    left_out = sum(found.others.values())
    if left_out:
        notes.append(f"{left_out:,} entries that are no events (tasks, journals) are left out.")
    if not found.events:
        notes.append("There are no events in this file.")
    return tuple(notes)


def _listed(problems: list[Problem]) -> tuple[Problem, ...]:
    problems.sort(key=lambda problem: problem.line)
    shown, rest = problems[:MAX_PROBLEMS], problems[MAX_PROBLEMS:]
    if rest:
        shown.append(Problem(rest[0].line, "", f"From here on there are {len(rest):,} more."))
    return tuple(shown)
