"""Which zone a TZID means.

`icalendar` keeps the VTIMEZONEs it meets in a cache of the whole process under their TZID, the first one for good: one
person's file could bend the times of everybody's. So a TZID that is a known zone, by its IANA name, by the name that
Windows gives it or by the location its VTIMEZONE states, is replaced by the IANA name and its VTIMEZONE dropped; any
other is renamed after its own content.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

import icalendar
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from availability.domain.ics.lines import NotACalendar, Part, before_value, parts
from timeflow.lib.time import zone_names

MAX_CUSTOM = 20
MAX_NAME = 100
MAX_RULES = 10
MAX_CHANGES = 200
"""Dates that a custom zone lists, and lines that it has."""
ZONED = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"})

_TZID = re.compile(r';TZID=("[^"]*"|[^;:,"]*)', re.IGNORECASE)
# On one day of a year: "the last Sunday of October", "the Sunday from 8 to 14 March".
_YEARLY = re.compile(
    r"(?=.*\bFREQ=YEARLY\b)(?:(?:FREQ|UNTIL|WKST|BYMONTH)=\w+;?|INTERVAL=1;?|BYDAY=[+-]?\d?[A-Z]{2};?"
    r"|BYMONTHDAY=[\d,+-]{1,24};?)+\Z",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"[+-](?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?\Z")
_LATER_THAN_1600 = re.compile(r"(?:1[6-9]|2\d)\d\d")


def known_zone(tzid: str) -> str | None:
    """The IANA name that a TZID stands for, or None."""
    if len(tzid) > MAX_NAME:
        return None
    name = tzid.strip('"/ ')
    names = zone_names()
    if name in names:
        return name
    if WINDOWS_TO_OLSON.get(name) in names:
        return WINDOWS_TO_OLSON[name]
    if tzid.strip('" ').startswith("/"):
        pieces = name.split("/")
        return next((tail for cut in range(1, len(pieces)) if (tail := "/".join(pieces[cut:])) in names), None)
    return None


def described_zone(text: str) -> str:
    """The IANA name of the zone that a calendar with one VTIMEZONE describes, "" if it is not known."""
    try:
        found = parts(text.encode()).timezones
    except NotACalendar:
        return ""
    said = {line.name: line.value.strip() for part in found[:1] for line in part.lines}
    return known_zone(said.get("TZID", "")) or known_zone(said.get("X-LIC-LOCATION", "")) or ""


class ZoneBook:
    """The zones of one file. `unknown` collects the TZIDs that mean nothing; their times are wall clock anywhere."""

    def __init__(self, timezones: Iterable[Part]) -> None:
        self.unknown: set[str] = set()
        self._names: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        for part in timezones:
            self._add(part)

    def _add(self, part: Part) -> None:
        said = {line.name: line.value.strip() for line in part.lines}
        tzid = said.get("TZID", "")
        if tzid in self._names or not tzid:
            return
        name = known_zone(tzid) or known_zone(said.get("X-LIC-LOCATION", ""))
        if name is None and len(self._texts) < MAX_CUSTOM and _is_tame(part):
            body = "\r\n".join(line.text for line in part.lines if line.name != "TZID")
            name = f"zone-{sha256(body.encode()).hexdigest()[:24]}"
            text = f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\n{body}\r\nEND:VTIMEZONE\r\n"
            if not _is_read(text):
                return
            self._texts[name] = text
        if name is not None:
            self._names[tzid] = name

    def resolve(self, tzid: str) -> str | None:
        """The name to use for a TZID in this file, or None if it means nothing."""
        name = self._names.get(tzid) or known_zone(tzid)
        if name is None:
            self.unknown.add(tzid)
        return name

    def rename(self, text: str) -> tuple[str, str]:
        """(a content line with its TZID replaced, the VTIMEZONE that it needs or "")."""
        head = before_value(text)
        found = _TZID.findall(head)
        if not found:
            return text, ""
        name = self.resolve(found[0].strip('"'))
        zoned = _TZID.sub("", head) + (f";TZID={name}" if name else "")
        return zoned + text[len(head) :], self._texts.get(name or "", "")


def _is_tame(part: Part) -> bool:
    """Whether its rules can be followed without end or hurry: every zone on earth changes at most some times a year."""
    said: dict[str, list[str]] = {}
    for line in part.lines:
        said.setdefault(line.name, []).append(line.value.strip())
    rules, dates = said.get("RRULE", []), said.get("RDATE", [])
    offsets = [*said.get("TZOFFSETFROM", []), *said.get("TZOFFSETTO", [])]
    return (
        len(part.lines) <= MAX_CHANGES
        and len(rules) <= MAX_RULES
        and sum(listed.count(",") + 1 for listed in dates) <= MAX_CHANGES
        and all(_YEARLY.match(rule) for rule in rules)
        and all(_OFFSET.match(offset) for offset in offsets)
        and all(_LATER_THAN_1600.match(start) for start in said.get("DTSTART", []))
    )


def _is_read(text: str) -> bool:
    """Whether `icalendar` makes a zone of it, which it then knows by its name wherever it stands."""
    try:
        component: Any = icalendar.Timezone.from_ical(text)
        zone = component.to_tz(lookup_tzid=False)
        return zone.utcoffset(datetime(2026, 7, 1)) is not None  # noqa: DTZ001 - a reading of the clock there
    except Exception:  # the library fails in its own ways on zones that contradict themselves
        return False
