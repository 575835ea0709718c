"""Calls to providers: counted by kind, and those to Google let pass only while there is quota for them.

Quota is kept in Redis, where all processes see it, by its own clock, since theirs differ. Without Redis, or while it is
away, each process keeps its own: an installation of one process needs no more, and for a short time several are held
back by Google itself.
"""

import functools
import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.db.models import F
from redis import Redis, RedisError

from accounts.models import Connection
from availability.domain.quota import RESERVES, UNITS, USED, Lane, Limit, take
from availability.gateways.faults import Slow
from availability.models import CallCount
from timeflow.lib.metrics import tell_calls

A_MINUTE, A_DAY = 60, 86_400
BURST = 20
"""A bucket holds what comes back in so many seconds; the day's holds a whole day."""
KEY = "quota:google:"
PAUSE, PAUSED = 5, "quota-paused"
# The pure rule of availability.domain.quota, in the one place where it is atomic for all processes. ARGV: now or "",
# the lane's reserve, the units that the call takes, then rate and capacity of each key.
TAKE = """
local now, reserve, units, wait, found = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), 0, {}
if not now then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1000000
end
for i, key in ipairs(KEYS) do
  local rate, capacity = tonumber(ARGV[2 + 2 * i]), tonumber(ARGV[3 + 2 * i])
  local kept = redis.call('HMGET', key, 'level', 'at')
  local level, at = tonumber(kept[1]) or capacity, tonumber(kept[2]) or now
  level = math.min(capacity, level + math.max(0, now - at) * rate)
  found[i] = {key, level, math.max(now, at), math.ceil(capacity / rate) + 60}
  wait = math.max(wait, (units + reserve * (capacity - units) - level) / rate)
end
for _, one in ipairs(found) do
  local level = one[2]
  if wait <= 0 then level = level - units end
  redis.call('HSET', one[1], 'level', tostring(level), 'at', tostring(one[3]))
  redis.call('EXPIRE', one[1], one[4])
end
return tostring(math.max(0, wait))
"""
log = logging.getLogger(__name__)
_lock = threading.Lock()


def google_limits() -> dict[str, Limit]:
    """Nine tenths of what Google grants: to the project in a minute and in a day, and to each account in a minute."""
    minute, user, day = (
        USED * settings.GOOGLE_CALLS_PER_MINUTE,
        USED * settings.GOOGLE_CALLS_PER_MINUTE_AND_USER,
        USED * settings.GOOGLE_CALLS_PER_DAY,
    )
    return {
        "minute": Limit(minute / A_MINUTE, minute / A_MINUTE * BURST),
        "day": Limit(day / A_DAY, day),
        "user": Limit(user / A_MINUTE, user / A_MINUTE * BURST),
    }


class CountingMeter:
    """Counts calls by kind until they are noted down, and lets all pass."""

    def __init__(self) -> None:
        self.calls, self.refusals = Counter[str](), Counter[str]()

    def admit(self, kind: str) -> None:
        self.calls[kind] += 1

    def refused(self, kind: str) -> None:
        self.refusals[kind] += 1


class GoogleMeter(CountingMeter):
    """Of one account, in one lane. `admit` raises `Slow` while there is no quota, with the seconds until there is."""

    def __init__(self, subject: str, lane: Lane, clock: Callable[[], datetime]) -> None:
        super().__init__()
        digest = hashlib.sha256(subject.encode()).hexdigest()[:32]
        self._keys = {"minute": f"{KEY}minute", "day": f"{KEY}day", "user": f"{KEY}user:{digest}"}
        self._lane, self._clock = lane, clock

    def admit(self, kind: str) -> None:
        wait = _take(self._keys, self._lane, UNITS.get(kind, 1), self._clock().timestamp())
        if wait:
            self.refused(kind)
            raise Slow(after=wait)
        super().admit(kind)


def meter_for(connection: Connection, lane: Lane, clock: Callable[[], datetime]) -> CountingMeter:
    is_google = connection.provider == Connection.Provider.GOOGLE
    return GoogleMeter(connection.subject, lane, clock) if is_google else CountingMeter()


def note_calls(provider: str, lane: Lane, meter: CountingMeter, now: datetime) -> None:
    """Add what was counted to the day's numbers, and tell it as metrics."""
    for kind in meter.calls.keys() | meter.refusals.keys():
        calls, refused = meter.calls[kind], meter.refusals[kind]
        tell_calls(provider=provider, kind=kind, lane=lane, calls=calls, refused=refused)
        day = {"on": now.date(), "provider": provider, "kind": kind, "lane": lane}
        more = {"calls": F("calls") + calls, "refused": F("refused") + refused}
        if CallCount.objects.filter(**day).update(**more):
            continue
        try:
            with transaction.atomic():
                CallCount.objects.create(**day, calls=calls, refused=refused)
        except IntegrityError:
            CallCount.objects.filter(**day).update(**more)


def _take(keys: dict[str, str], lane: Lane, units: int, now: float) -> float:
    """The seconds to wait, 0 if the call may be made; `now` in seconds, by the clock of this process."""
    limits = google_limits()
    if settings.REDIS_URL and not caches["memory"].get(PAUSED):
        try:
            return _take_from_redis(keys, limits, lane, units)
        except (RedisError, OSError):
            caches["memory"].set(PAUSED, True, PAUSE)
            log.exception("Redis does not answer: Google's quota is counted in this process alone.")
    own = caches["memory"]
    with _lock:
        kept = own.get_many(keys.values())
        buckets = {name: kept[key] for name, key in keys.items() if key in kept}
        after, wait = take(buckets, limits, lane, now, units)
        own.set_many({keys[name]: bucket for name, bucket in after.items()}, A_DAY)
    return wait


def _take_from_redis(
    keys: dict[str, str], limits: dict[str, Limit], lane: Lane, units: int, now: float | str = ""
) -> float:
    numbers = [number for name in keys for number in (limits[name].rate, limits[name].capacity)]
    script = _client(str(settings.CACHES["default"]["LOCATION"])).register_script(TAKE)
    return float(script(keys=list(keys.values()), args=[now, RESERVES[lane], units, *numbers]))


@functools.cache
def _client(location: str) -> Redis:
    return Redis.from_url(location, **settings.CACHE_TIMEOUTS)
