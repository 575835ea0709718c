"""Which zone a TZID means.

`icalendar` keeps the VTIMEZONEs it meets in a cache of the whole process under their TZID, the first one for good: one
person's file could bend the times of everybody's. So a TZID that is a known zone, by its IANA name, by the name that
Windows gives it or by the location its VTIMEZONE states, is replaced by the IANA name and its VTIMEZONE dropped; any
other is renamed after its own content.
"""

import re
from collections.abc import Iterable
from hashlib import sha256

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from availability.domain.ics.lines import Part
from timeflow.lib.time import zone_names

MAX_CUSTOM = 20
MAX_LINES = 400
MAX_RULES = 60
"""In all the zones of a file together: each is followed year by year from its beginning on, often in 1601."""
ZONED = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"})

_TZID = re.compile(r';TZID=("[^"]*"|[^;:,"]*)', re.IGNORECASE)
_YEARLY = re.compile(r"(?=.*\bFREQ=YEARLY\b)(?!.*\bBY(?:HOUR|MINUTE|SECOND)=)(?!.*\bINTERVAL=0\b)", re.IGNORECASE)


def known_zone(tzid: str) -> str | None:
    """The IANA name that a TZID stands for, or None."""
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


class ZoneBook:
    """The zones of one file. `unknown` collects the TZIDs that mean nothing; their times are wall clock anywhere."""

    def __init__(self, timezones: Iterable[Part]) -> None:
        self.unknown: set[str] = set()
        self._names: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._rules_left = MAX_RULES
        for part in timezones:
            self._add(part)

    def _add(self, part: Part) -> None:
        said = {line.name: line.value.strip() for line in part.lines}
        tzid = said.get("TZID", "")
        if tzid in self._names or not tzid:
            return
        name = known_zone(tzid) or known_zone(said.get("X-LIC-LOCATION", ""))
        rules = [line.value for line in part.lines if line.name == "RRULE"]
        is_bearable = len(self._texts) < MAX_CUSTOM and len(rules) <= self._rules_left and _is_tame(part, rules)
        if name is None and is_bearable:
            self._rules_left -= len(rules)
            body = "\r\n".join(line.text for line in part.lines if line.name != "TZID")
            name = f"zone-{sha256(body.encode()).hexdigest()[:24]}"
            self._texts[name] = f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\n{body}\r\nEND:VTIMEZONE\r\n"
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
        match = _TZID.search(text.split(":", 1)[0]) or _TZID.match(text, text.find(';TZID="'))
        if match is None:
            return text, ""
        name = self.resolve(match[1].strip('"'))
        return text[: match.start()] + (f";TZID={name}" if name else "") + text[match.end() :], self._texts.get(
            name or "", ""
        )


def _is_tame(part: Part, rules: list[str]) -> bool:
    """Whether its rules can be followed without end or hurry: every zone on earth changes at most some times a year."""
    return len(part.lines) <= MAX_LINES and all(_YEARLY.match(rule) for rule in rules)
