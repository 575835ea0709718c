"""When what is known of a calendar at a provider is too old to rely on. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

POLLED = timedelta(minutes=30)
TOLD = timedelta(hours=5)
"""Of a calendar whose provider tells of changes; it is read every few hours all the same."""
FEED = timedelta(hours=24)


class Why(StrEnum):
    """Why a calendar cannot be relied on, the gravest first."""

    BROKEN = "broken"
    UNREAD = "unread"
    FAULT = "fault"
    OLD = "old"


def why_stale(
    *, read_at: datetime | None, fault: str, is_broken: bool, is_feed: bool, is_told: bool, now: datetime
) -> Why | None:
    """None for one that is fresh. `is_broken`: its account must be connected again; `is_told`: a channel is open."""
    if is_broken:
        return Why.BROKEN
    if read_at is None:
        return Why.UNREAD
    if fault:
        return Why.FAULT
    limit = FEED if is_feed else TOLD if is_told else POLLED
    return Why.OLD if now - read_at > limit else None
