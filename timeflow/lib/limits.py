"""How often somebody may ask: the scopes of `settings.RATE_LIMITS`, counted where every web process sees it.

A scope has a short window against bursts and a long one against persistence. Without the shared counter (Redis is set
and does not answer) what is expensive or a step of signing in is closed, and all else is counted in this process alone.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django_ratelimit.core import get_usage
from redis import RedisError

from timeflow.lib.errors import Refusal

# Guesses at passwords and heavy work must not get through uncounted.
CLOSED_WITHOUT_COUNTER = frozenset({"auth", "schedule"})
# Seconds for which a counter that failed is not asked again, so that a silent one delays few requests.
PAUSE = 2
PAUSED = "rate-limits-paused"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Usage:
    """One window of a scope after a request was counted. `resets_in` and `seconds` are seconds."""

    scope: str
    limit: int
    seconds: int
    count: int
    resets_in: int

    @property
    def is_over(self) -> bool:
        return self.count > self.limit

    @property
    def policy(self) -> str:
        return f'"{self.scope}-{self.seconds}";q={self.limit};w={self.seconds}'

    @property
    def state(self) -> str:
        return f'"{self.scope}-{self.seconds}";r={max(0, self.limit - self.count)};t={self.resets_in}'


class TryLater(Refusal):
    """Nothing was done, and the same request is welcome in `after` seconds."""

    def __init__(self, detail: str | None = None, *, after: int, usages: Sequence[Usage] = ()) -> None:
        super().__init__(detail)
        self.after = after
        self.headers = {"Retry-After": str(after), **headers_of(usages)}

    @property
    def wait(self) -> str:
        """`after` in words."""
        number, unit = (self.after, "second") if self.after < 100 else (-(-self.after // 60), "minute")
        return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


class TooOften(TryLater):
    status = 429
    code = "too_many_requests"

    def __init__(self, *, after: int, usages: Sequence[Usage] = ()) -> None:
        super().__init__(after=after, usages=usages)
        self.detail = f"That was too often in a short time, so nothing was changed. Try again in {self.wait}."


class Unavailable(TryLater):
    """Something that this needs does not answer; it is tried again by itself."""

    status = 503
    code = "unavailable"
    detail = "TimeFlow cannot do this at the moment, and nothing was changed. Try again in a few seconds."


class DatabaseAway(Unavailable):
    """It may have gone in the middle of a commit, so that nobody knows whether something was changed."""

    detail = "TimeFlow’s database does not answer at the moment. Look again in a few seconds before you repeat this."


class NoRoom(Unavailable):
    """The disk is full. What a statement had written is taken back, so reading goes on and nothing is half there."""

    code = "no_room"
    detail = "TimeFlow’s disk is full, so nothing was changed. Try again when whoever runs it has made room."


def count(scope: str, who: str) -> list[Usage]:
    """Count one request of `who` in the windows of a scope. Atomic: of many at once exactly `limit` get through.

    Raises `TooOften`, or `Unavailable` for a scope that is closed without the shared counter. What one window refuses
    does not wear down the next.
    """
    usages: list[Usage] = []
    for limit, seconds in settings.RATE_LIMITS[scope]:
        found = _count(scope, who, limit, seconds)
        if found is None:
            continue
        # A counter that vanished between two steps says −1 and is over, too.
        usages.append(Usage(scope, limit, seconds, found["count"], max(1, found["time_left"])))
        if found["should_limit"]:
            raise TooOften(after=usages[-1].resets_in, usages=usages)
    return usages


def headers_of(usages: Sequence[Usage]) -> dict[str, str]:
    """What an answer says of them, in the form of the IETF's draft (RateLimit header fields for HTTP)."""
    if not usages:
        return {}
    return {
        "RateLimit-Policy": ", ".join(usage.policy for usage in usages),
        "RateLimit": ", ".join(usage.state for usage in usages),
    }


def _count(scope: str, who: str, limit: int, seconds: int) -> dict[str, Any] | None:
    memory = caches["memory"]
    if not memory.get(PAUSED):
        try:
            return get_usage(None, group=scope, key=lambda *_: who, rate=(limit, seconds), increment=True)
        except (RedisError, OSError):
            memory.set(PAUSED, True, PAUSE)
            log.exception("Redis does not answer: rate limits are counted in this process alone.")
    if scope in CLOSED_WITHOUT_COUNTER:
        raise Unavailable(after=PAUSE)
    key = f"limit:{scope}:{seconds}:{who}"
    try:
        used = 1 if memory.add(key, 1, seconds) else memory.incr(key)
    except ValueError:  # It ended between the two.
        used = 1
    return {"count": used, "should_limit": used > limit, "time_left": seconds}
