"""When an event begins or ends, as Google says it: a day, or an instant with the zone in which it repeats."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from timeflow.fakes.google.exchange import Refused, invalid


@dataclass(frozen=True)
class Moment:
    """Either `day` or `at` (in UTC). `zone` is "" where nobody named one: then the calendar's counts."""

    at: datetime | None = None
    day: date | None = None
    zone: str = ""

    def instant(self, zone: str) -> datetime:
        """In UTC; a day begins at its midnight in `zone`, the calendar's."""
        if self.at:
            return self.at
        return datetime.combine(self.day or date.min, time(), ZoneInfo(zone)).astimezone(UTC)

    def wall(self, zone: str) -> datetime:
        """What a clock on the wall shows, without a zone, where the event repeats."""
        if self.at:
            return self.at.astimezone(ZoneInfo(self.zone or zone)).replace(tzinfo=None)
        return datetime.combine(self.day or date.min, time())

    def at_wall(self, wall: datetime, zone: str) -> "Moment":
        """One like this at another time on the wall; what a gap of the clocks leaves out comes after the gap."""
        if self.day:
            return Moment(day=wall.date())
        return Moment(at=wall.replace(tzinfo=ZoneInfo(self.zone or zone)).astimezone(UTC), zone=self.zone)

    def moved(self, by: timedelta) -> "Moment":
        """Later by so much; a day only by whole days."""
        if self.at:
            return Moment(at=self.at + by, zone=self.zone)
        return Moment(day=(self.day or date.min) + by)

    def since(self, other: "Moment") -> timedelta:
        if self.at and other.at:
            return self.at - other.at
        return (self.day or date.min) - (other.day or date.min)

    def name(self) -> str:
        """What distinguishes an occurrence of a series: its instant or day, as in the ids of occurrences."""
        return f"{self.at:%Y%m%dT%H%M%SZ}" if self.at else f"{self.day:%Y%m%d}"

    def shown(self, zone: str) -> dict[str, str]:
        """With the offset of `zone`, the calendar's or the reader's, whatever zone the event has."""
        if not self.at:
            return {"date": f"{self.day}"}
        return {"dateTime": told(self.at, zone)} | ({"timeZone": self.zone} if self.zone else {})


def told(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def known_zone(name: object) -> bool:
    try:
        return isinstance(name, str) and bool(ZoneInfo(name))
    except (ValueError, OSError, LookupError):
        return False


def read_moment(value: Any, part: str) -> Moment:
    """What a body says of its start or end (`part`). Raises `Refused`."""
    if not isinstance(value, dict):
        raise Refused(400, "required", f"Missing {part} time.")
    day, at, zone = (value.get(name) or "" for name in ("date", "dateTime", "timeZone"))
    if bool(day) == bool(at):
        raise invalid(f"Invalid {part} time.") if day else Refused(400, "required", f"Missing {part} time.")
    if zone and not known_zone(zone):
        raise invalid(f"Invalid time zone definition for {part} time.")
    try:
        if day:
            return Moment(day=date.fromisoformat(day))
        read = datetime.fromisoformat(at)
    except (TypeError, ValueError):
        raise invalid(f"Invalid {part} time.") from None
    if read.tzinfo is None and not zone:
        raise Refused(400, "required", f"Missing time zone definition for {part} time.")
    aware = read.replace(tzinfo=ZoneInfo(zone)) if read.tzinfo is None else read
    return Moment(at=aware.astimezone(UTC).replace(microsecond=0), zone=zone)


def read_instant(written: str, name: str) -> datetime | None:
    """A query parameter with an offset; None if it is not there. Raises `Refused`."""
    if not written:
        return None
    try:
        read = datetime.fromisoformat(written) if re.match(r"\d{4}-\d\d-\d\dT", written) else None
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise Refused(400, "badRequest", "Bad Request", place=f"parameter {name}")
    return read.astimezone(UTC)
