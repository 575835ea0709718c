"""One VEVENT: made small and sound before it is kept."""

import re
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import icalendar
from icalendar import Component
from recurring_ical_events import EventAdapter
from recurring_ical_events.util import make_comparable

from availability.domain.ics.lines import Line, Part, Problem
from availability.domain.ics.zones import ZONED, ZoneBook

KEPT = ZONED | {
    "UID", "DURATION", "RRULE", "SEQUENCE", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "TRANSP", "CLASS",
    "X-MICROSOFT-CDO-BUSYSTATUS",
}  # fmt: skip
LISTING = frozenset({"EXDATE", "RDATE", "RRULE"})
ONCE = KEPT - LISTING
NEEDED = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
FIRST_YEAR = 1600
"""Birthdays without a year are kept at 1604 by Apple's calendars."""
LAST_YEAR = 2500
MAX_UID = 300
MAX_DATES = 5_000
MAX_TIMES_A_DAY = 100
MAX_RULE = 500

_TIMES = re.compile(r"BY(?:HOUR|MINUTE|SECOND)=([^;]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """A VEVENT that was found to be sound: its text, the zones it needs, and what `icalendar` made of it."""

    uid: str
    line: int
    text: str
    timezones: tuple[str, ...]
    component: Component


class Unsound(ValueError):
    """An event that cannot be kept; `problems` say why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__()


def read_event(part: Part, zones: ZoneBook) -> ReadEvent:
    """Raises `Unsound`."""
    lines = _kept(part)
    uid = next((line.value.strip() for line in lines if line.name == "UID"), "")
    if sum(line.text.count(",") + 1 for line in lines if line.name in LISTING) > MAX_DATES:
        raise Unsound([Problem(part.line, uid[:MAX_UID], f"It lists more than {MAX_DATES:,} dates.")])
    timezones: dict[str, None] = {}
    texts = []
    for line in lines:
        text = line.text
        if line.name in ZONED:
            text, timezone = zones.rename(text)
            if timezone:
                timezones[timezone] = None
        texts.append(text)
    if not uid or len(uid) > MAX_UID:
        uid = sha256((uid or "\r\n".join(texts)).encode()).hexdigest()
        texts = [f"UID:{uid}", *(text for text in texts if not text.upper().startswith("UID"))]
    text = "\r\n".join(["BEGIN:VEVENT", *texts, "END:VEVENT", ""])
    try:
        component = parse(text)
        reasons = _errors(component, lines) or _unsound(component, lines)
    except Exception:  # the library fails in its own ways on lines that contradict themselves
        reasons = [(part.line, "It is not understood.")]
    if reasons:
        raise Unsound([Problem(number or part.line, uid, reason) for number, reason in reasons])
    return ReadEvent(uid, part.line, text, tuple(timezones), component)


def parse(event: str) -> Component:
    """What `icalendar` makes of a VEVENT whose zones it knows already."""
    return icalendar.Event.from_ical(event)


def _kept(part: Part) -> list[Line]:
    """The properties that matter; of those that may stand once, the first. An empty rule says nothing, nor does a
    SEQUENCE that is no number."""
    kept: list[Line] = []
    seen: set[str] = set()
    for line in part.lines:
        if line.name not in KEPT or line.name in seen:
            continue
        if line.name == "RRULE" and not line.value.strip():
            continue
        if line.name == "SEQUENCE" and not re.fullmatch(r"[0-9]{1,9}", line.value.strip()):
            continue
        if line.name in ONCE:
            seen.add(line.name)
        kept.append(line)
    return kept


def _errors(component: Component, lines: list[Line]) -> list[tuple[int, str]]:
    """What `icalendar` could not read of what is needed."""
    broken = {name for name, _ in component.errors if name in NEEDED}
    return [
        (line.number, f"{line.name} holds “{line.value[:60]}”, which is not understood.")
        for line in lines
        if line.name in broken
    ]


def _unsound(component: Component, lines: list[Line]) -> list[tuple[int, str]]:
    numbers = {line.name: line.number for line in lines}
    if "DTSTART" not in component:
        return [(0, "It has no start.")]
    adapter = EventAdapter(component)
    try:
        start, end = adapter.raw_start, adapter.raw_end
        dates = [start, end, *adapter.exdates, *(_first(rdate) for rdate in adapter.rdates)]
        first, last = make_comparable((start, end))
    except (OverflowError, TypeError, ValueError, AttributeError):
        return [(numbers["DTSTART"], "Its times cannot be worked out.")]
    if last < first:
        return [(numbers.get("DTEND", numbers.get("DURATION", 0)), "It ends before it starts.")]
    if any(not FIRST_YEAR <= at.year <= LAST_YEAR for at in dates):
        return [(numbers["DTSTART"], f"It has a date outside the years {FIRST_YEAR} to {LAST_YEAR}.")]
    return [(line.number, reason) for line in lines if line.name == "RRULE" and (reason := _unsound_rule(line.value))]


def _first(rdate: Any) -> date:
    """An RDATE may be a moment or a period."""
    first: date = rdate[0] if isinstance(rdate, tuple) else rdate
    return first


def _unsound_rule(rule: str) -> str:
    """Why a rule cannot be followed by the libraries, or ""."""
    if len(rule) > MAX_RULE:
        return f"RRULE has more than {MAX_RULE} characters."
    parts = dict(piece.partition("=")[::2] for piece in rule.upper().split(";"))
    if "FREQ" not in parts:
        return "RRULE does not say how often (FREQ)."
    for name in ("INTERVAL", "COUNT"):
        number = parts.get(name, "1").strip()
        is_endless = name == "COUNT" and number.startswith("-")  # some write COUNT=-1 for no end
        if not is_endless and (not re.fullmatch(r"[0-9]{1,6}", number) or int(number) < 1):
            return f"RRULE has {name}={number[:20]}, which is not a number from 1 on."
    times = 1
    for listed in _TIMES.findall(rule):
        times *= listed.count(",") + 1
    return "It repeats too many times a day." if times > MAX_TIMES_A_DAY else ""
