"""Wall-clock rules turned into instants.

Instants are aware and in UTC. Rules people state ("09:00 on Monday") are wall clock plus an IANA zone; they are
turned into instants here, once, and durations are added afterwards, because `zoned + timedelta` is wrong on the
two days a year when a local day has not 24 hours.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

MINUTES_PER_DAY = 1440
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Between these, both included, people may plan: every zone's clock can be read there, a day before and after, too.
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2199, 12, 31)


class UnknownZone(ValueError):
    """The name is not an IANA time zone."""


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Names that `zone` accepts."""
    return frozenset(name for name in available_timezones() if name != "localtime")


def zone(name: str) -> ZoneInfo:
    """The zone called `name`. Raises `UnknownZone` for anything else, paths and odd spellings included."""
    if name not in zone_names():
        raise UnknownZone(name)
    return ZoneInfo(name)


@lru_cache(maxsize=16384)
def edge(day: date, minute: int, tz: ZoneInfo) -> datetime:
    """First instant at which the wall clock on local date `day` reads `minute` (minutes after 0:00) or later.

    If that date has no such reading (24:00, a date the zone skipped) it is the first instant of the next local
    date. This settles spring gaps, doubled hours, 24:00 and zones without a midnight. `minute` is 0..1440.
    """
    if not 0 <= minute <= MINUTES_PER_DAY:
        raise ValueError(f"minute of day out of range: {minute}")
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    instant = wall.replace(tzinfo=tz, fold=0).astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == wall:
        return instant
    # The reading falls into a gap. Whatever date the clock lands on, the answer is the moment of the jump, which
    # lies between the wall time taken with the later offset and with the earlier one.
    before = wall.replace(tzinfo=tz, fold=1).astimezone(UTC)
    return _jump(before, instant, tz)


def _jump(before: datetime, after: datetime, tz: ZoneInfo) -> datetime:
    """The instant in (before, after] at which the zone's offset changes, to the second."""
    old = before.astimezone(tz).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(tz).utcoffset() == old:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


def minutes_since_epoch(instant: datetime) -> int:
    """Whole minutes since 1970-01-01T00:00Z, rounded down."""
    return int((instant - EPOCH) // timedelta(minutes=1))


def from_minutes(minutes: int) -> datetime:
    """The UTC instant `minutes` after 1970-01-01T00:00Z."""
    return EPOCH + timedelta(minutes=minutes)


def local_date(instant: datetime, tz: ZoneInfo) -> date:
    """The date that the wall clock in `tz` shows at `instant`."""
    return instant.astimezone(tz).date()


def first_weekday_on_or_before(day: date, week_start: int) -> date:
    """The start of the week that holds `day`; `week_start` is 0 for Monday to 6 for Sunday."""
    return day - timedelta(days=(day.weekday() - week_start) % 7)
