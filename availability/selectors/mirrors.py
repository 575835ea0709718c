"""Reads about calendars that have another side at a provider, and which of them cannot be relied on."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.models import Connection, User
from availability.domain.freshness import Why, why_stale
from availability.models import Calendar, Channel, Mirror
from timeflow.lib.sealed import sealed_fields

SHORT = {Connection.Provider.GOOGLE: "Google", Connection.Provider.CALDAV: "CalDAV", Connection.Provider.FEED: "feed"}
"""Providers as one says them in passing."""
SHORTLY = timedelta(minutes=1)
"""So long after it was asked for a calendar is said to be looked at."""


def known_mirrors(now: datetime) -> "QuerySet[Mirror]":
    """With their connections, but no secret of them, and with `is_told`: whether the provider tells of changes."""
    hidden = [f"connection__{field.name}" for field in sealed_fields(Connection)]
    told = Channel.objects.filter(mirror=OuterRef("pk"), expires_at__gt=now)
    return Mirror.objects.select_related("connection").defer("token", "page", *hidden).annotate(is_told=Exists(told))


def reading_on_time() -> "QuerySet[Mirror]":
    """What is read again at its `next_at`, but for what rests after a failure."""
    return Mirror.objects.awake().filter(is_followed=True, rests_until=None)


def with_mirrors(rows: "QuerySet[Calendar]", now: datetime) -> "QuerySet[Calendar]":
    """Calendars with what is known of their other side. One query more."""
    return rows.prefetch_related(Prefetch("mirror", queryset=known_mirrors(now)))


def mirror_at(calendar: Calendar) -> Mirror | None:
    """The other side of a calendar, with its connection; None if it has none. At most one query."""
    rows = Mirror.objects.select_related("connection").filter(pk=calendar.pk)
    return rows.first() if calendar.kind == Calendar.Kind.REMOTE else None


def mirror_of(calendar: Calendar) -> Mirror | None:
    """None for one that belongs to no account."""
    return getattr(calendar, "mirror", None)


def staleness(calendar: Calendar, mirror: Mirror, now: datetime) -> Why | None:
    """Why a followed calendar cannot be relied on; of a mirror from `known_mirrors`."""
    connection = mirror.connection
    return why_stale(
        read_at=calendar.read_at,
        fault=mirror.fault,
        is_broken=connection.state == Connection.State.NEEDS_RECONNECT,
        is_feed=connection.provider == Connection.Provider.FEED,
        is_told=mirror.is_told,  # type: ignore[attr-defined]
        now=now,
    )


@dataclass(frozen=True)
class Stale:
    """Calendars of one account that cannot be relied on, for the same reason: `since` is when the oldest was read."""

    why: Why
    names: Sequence[str]
    connection: Connection
    since: datetime | None
    fault: str
    is_being_read: bool

    @property
    def more(self) -> int:
        """How many there are besides the first."""
        return len(self.names) - 1

    @property
    def provider(self) -> str:
        return SHORT[Connection.Provider(self.connection.provider)]


def stale_calendars(user: User, now: datetime) -> list[Stale]:
    """What is followed and blocks time, and was not read lately: the plan may not know all of it. Two queries."""
    rows = Calendar.objects.filter(user=user, is_busy=True, mirror__is_followed=True).order_by("created_at", "id")
    found = [
        (why, calendar, calendar.mirror)
        for calendar in with_mirrors(rows, now)
        if (why := staleness(calendar, calendar.mirror, now))
    ]
    order = list(Why)

    def likeness(row: tuple[Why, Calendar, Mirror]) -> tuple[int, uuid.UUID, str]:
        # One sentence is enough for an account that is lost, whatever each of its calendars said last.
        return order.index(row[0]), row[2].connection_id, "" if row[0] == Why.BROKEN else row[2].fault

    return [_together(list(rows), now) for _, rows in groupby(sorted(found, key=likeness), key=likeness)]


def _together(rows: Sequence[tuple[Why, Calendar, Mirror]], now: datetime) -> Stale:
    why, _, mirror = rows[0]
    read = [calendar.read_at for _, calendar, _ in rows if calendar.read_at]
    names, asked = [calendar.name for _, calendar, _ in rows], [mirror.asked_at for _, _, mirror in rows]
    is_being_read = all(at is not None and now - at < SHORTLY for at in asked)
    return Stale(why, names, mirror.connection, min(read, default=None), mirror.fault, is_being_read)
