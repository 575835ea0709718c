"""Reads about a person."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from accounts.models import User
from timeflow.lib.time import edge, zone
from timeflow.lib.words import PersonClock

ZoneOn = Callable[[date], ZoneInfo]


def zone_on(user: User) -> ZoneOn:
    """The zone in which the person lives on a date: that of the last stay begun by then, else their own.

    One query.
    """
    stays = sorted(user.stays.values_list("starts_on", "time_zone"))
    starts = [starts_on for starts_on, _ in stays]
    zones = [zone(user.time_zone), *(zone(name) for _, name in stays)]
    return lambda day: zones[bisect_right(starts, day)]


def person_clock(user: User, now: datetime, zones: ZoneOn | None = None) -> PersonClock:
    """How times and days are said to the person."""
    return PersonClock(zone_at=partial(zone_at, zones or zone_on(user)), clock=user.clock, now=now)


def zone_at(zone_on_date: ZoneOn, instant: datetime) -> ZoneInfo:
    """The zone in force at an instant. A stay begins at the first instant of its date in the new zone."""
    day = instant.astimezone(zone_on_date(instant.date())).date()
    tz = zone_on_date(day)
    return tz if edge(day, 0, tz) <= instant else zone_on_date(date.fromordinal(day.toordinal() - 1))
