"""Token buckets with lanes: what is urgent may empty them, what nobody waits for stops while much is still left. Pure.

A bucket refills at a steady rate up to its capacity. A call takes its tokens from each bucket, or none; a lane leaves
its reserve untouched, so that under pressure calls are shed from the least urgent lane upward.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Lane(StrEnum):
    """How urgent a call is, from the most to the least."""

    BOOKING = "booking"
    CLICK = "click"
    PUSH = "push"
    SAFETY = "safety"
    BACKFILL = "backfill"


RESERVES = {Lane.BOOKING: 0.0, Lane.CLICK: 0.1, Lane.PUSH: 0.25, Lane.SAFETY: 0.5, Lane.BACKFILL: 0.6}
"""The part of each bucket that a lane leaves to those above it."""
USED = 0.9
"""The part of each limit that we let ourselves use."""
UNITS = {"update_event": 3}
"""What Google takes for a call, if it is not 1: its reference says so of PATCH."""


@dataclass(frozen=True)
class Limit:
    """`rate` tokens a second come back, up to `capacity`."""

    rate: float
    capacity: float

    def needed(self, lane: Lane, units: int = 1) -> float:
        """How full the bucket must be for a call that takes so much."""
        return units + RESERVES[lane] * (self.capacity - units)


@dataclass(frozen=True)
class Bucket:
    """`level` tokens at second `at`."""

    level: float
    at: float

    def filled(self, limit: Limit, now: float) -> "Bucket":
        """The same bucket now. A clock that went back takes nothing away."""
        passed = max(0.0, now - self.at)
        return Bucket(min(limit.capacity, self.level + passed * limit.rate), max(now, self.at))


def take(
    buckets: Mapping[str, Bucket], limits: Mapping[str, Limit], lane: Lane, now: float, units: int = 1
) -> tuple[dict[str, Bucket], float]:
    """(the buckets afterwards, 0), or (the buckets as they are, the seconds after which it is worth trying again).

    A bucket that is not there yet is full.
    """
    filled = {name: buckets.get(name, Bucket(limit.capacity, now)).filled(limit, now) for name, limit in limits.items()}
    missing = [(limit.needed(lane, units) - filled[name].level) / limit.rate for name, limit in limits.items()]
    wait = max(0.0, *missing)
    if wait > 0:
        return filled, wait
    return {name: Bucket(bucket.level - units, bucket.at) for name, bucket in filled.items()}, 0.0
