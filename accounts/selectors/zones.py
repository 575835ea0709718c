"""In which zone a person is, and how times are said to them."""

import uuid
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from accounts.models import Stay, User
from timeflow.lib.time import edge, zone
from timeflow.lib.words import PersonClock, zone_name

ZoneOn = Callable[[date], ZoneInfo]


@dataclass(frozen=True)
class _Zones:
    starts: tuple[date, ...]
    zones: tuple[ZoneInfo, ...]

    def __call__(self, day: date) -> ZoneInfo:
        return self.zones[bisect_right(self.starts, day)]


def zone_on(user: User) -> ZoneOn:
    """The zone in which the person lives on a date: that of the last stay begun by then, else their own.

    Equal to another one that says the same of every date. One query.
    """
    stays = sorted(user.stays.values_list("starts_on", "time_zone"))
    starts = tuple(starts_on for starts_on, _ in stays)
    return _Zones(starts, (zone(user.time_zone), *(zone(name) for _, name in stays)))


def person_clock(user: User, now: datetime, zones: ZoneOn | None = None) -> PersonClock:
    """How times and days are said to the person."""
    return PersonClock(zone_at=partial(zone_at, zones or zone_on(user)), clock=user.clock, now=now)


def zone_at(zone_on_date: ZoneOn, instant: datetime) -> ZoneInfo:
    """The zone in force at an instant. A stay begins at the first instant of its date in the new zone."""
    day = instant.astimezone(zone_on_date(instant.date())).date()
    tz = zone_on_date(day)
    return tz if edge(day, 0, tz) <= instant else zone_on_date(date.fromordinal(day.toordinal() - 1))


@dataclass(frozen=True)
class StayInWords:
    id: uuid.UUID
    starts_on: date
    place: str
    is_now: bool


def stays(user: User, now: datetime) -> list[StayInWords]:
    """Journeys in order of their start, and the one that the person is on. Two queries."""
    today = now.astimezone(zone_at(zone_on(user), now)).date()
    rows = list(user.stays.order_by("starts_on"))
    begun = [stay.pk for stay in rows if stay.starts_on <= today]
    return [
        StayInWords(stay.pk, stay.starts_on, zone_name(stay.time_zone, max(now, _noon(stay))), begun[-1:] == [stay.pk])
        for stay in rows
    ]


def _noon(stay: Stay) -> datetime:
    return edge(stay.starts_on, 720, zone(stay.time_zone))
