"""When a series occurs: RRULE, EXRULE, RDATE and EXDATE lines, which count on the wall of the series' own zone."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from typing import cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr

from timeflow.fakes.google.exchange import invalid
from timeflow.fakes.google.moments import Moment

LINE = re.compile(r"(RRULE|EXRULE|RDATE|EXDATE)((?:;[^:]+)?):(.+)")


def occurrences(lines: Sequence[str], start: Moment, zone: str, until: datetime) -> Iterator[Moment]:
    """Starts before `until`, in order. `zone`: the calendar's. Raises `Refused` for lines that are no rules."""
    try:
        walls = iter(_rules(lines, start, zone))
        moments = (start.at_wall(wall, zone) for wall in walls)
        yield from takewhile(lambda moment: moment.instant(zone) < until, moments)
    except (ValueError, KeyError, TypeError, OverflowError):
        raise invalid("Invalid recurrence rule.") from None


def check(lines: object, start: Moment, zone: str) -> None:
    """Raises `Refused` for lines that are no rules, or under which nothing ever occurs."""
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise invalid("Invalid recurrence rule.")
    if start.at and not start.zone:
        raise invalid("Missing time zone definition for start time.")
    if next(occurrences(lines, start, zone, datetime.max.replace(tzinfo=UTC)), None) is None:
        raise invalid("The recurrence rule has no occurrence.")


def _rules(lines: Sequence[str], start: Moment, zone: str) -> rruleset:
    first = start.wall(zone)
    rules = rruleset()
    # The start occurs, whatever the rule says of it.
    rules.rdate(first)
    for line in lines:
        found = LINE.fullmatch(line.strip())
        # Google repeats nothing several times a day.
        if not found or re.search("FREQ=(SECONDLY|MINUTELY|HOURLY)", line):
            raise ValueError(line)
        name, options, value = found.groups()
        if name in ("RRULE", "EXRULE"):
            add_rule = rules.rrule if name == "RRULE" else rules.exrule
            add_rule(cast(rrule, rrulestr(f"RRULE:{_with_end_on_wall(value, start, zone)}", dtstart=first)))
        else:
            add = rules.rdate if name == "RDATE" else rules.exdate
            for written in value.split(","):
                add(_wall(written, options, start, zone))
    return rules


def _with_end_on_wall(rule: str, start: Moment, zone: str) -> str:
    end = re.search(r"UNTIL=([^;]+)", rule)
    return rule.replace(end[1], f"{_wall(end[1], '', start, zone):%Y%m%dT%H%M%S}") if end else rule


def _wall(written: str, options: str, start: Moment, zone: str) -> datetime:
    """A value of a line on the wall of the series."""
    if len(written) == 8:
        day = datetime.strptime(written, "%Y%m%d")  # noqa: DTZ007 - a wall has no zone
        # The last day of a rule counts to its end.
        return day if start.day else day.replace(hour=23, minute=59, second=59)
    at = datetime.strptime(written.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    if start.day:
        return at.replace(hour=0, minute=0, second=0)
    own = ZoneInfo(start.zone or zone)
    named = re.search(r"TZID=([^;:]+)", options)
    theirs = UTC if written.endswith("Z") else ZoneInfo(named[1]) if named else own
    return at.replace(tzinfo=theirs).astimezone(own).replace(tzinfo=None)
