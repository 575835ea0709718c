"""The private address at which any calendar program reads a person's plan: made anew, read, taken away."""

import hashlib
import secrets
from datetime import datetime, timedelta

from accounts.domain.callers import Caller
from accounts.models import SecurityEvent, User
from accounts.services.audit import record_event
from accounts.services.changes import holding
from availability.domain.ics.writing import Entry, write
from availability.models import Event, PlanFeed
from timeflow.lib.errors import NotFound

BACK, AHEAD = timedelta(days=31), timedelta(days=200)
NOTED_EVERY = timedelta(hours=1)
HEADER = "X-WR-CALNAME:TimeFlow\r\nREFRESH-INTERVAL;VALUE=DURATION:PT15M\r\nX-PUBLISHED-TTL:PT15M\r\n"


def make_address(*, user: User, caller: Caller, now: datetime) -> str:
    """The secret of a new address, which nobody can be shown again; an older one is good no more."""
    secret = secrets.token_urlsafe(32)
    with holding(user.pk) as person:
        made = {"digest": _digest(secret), "made_at": now, "read_at": None}
        PlanFeed.objects.update_or_create(user=person, defaults=made)
        record_event(user_id=user.pk, kind=SecurityEvent.Kind.PLAN_SHARED, caller=caller, now=now)
    return secret


def remove_address(*, user: User, caller: Caller, now: datetime) -> None:
    """Without one it is fine."""
    with holding(user.pk) as person:
        gone, _ = PlanFeed.objects.filter(user=person).delete()
        if gone:
            record_event(user_id=user.pk, kind=SecurityEvent.Kind.PLAN_UNSHARED, caller=caller, now=now)


def find_feed(*, secret: str, now: datetime) -> PlanFeed:
    """Whose plan an address shows. Raises `NotFound`, too, for somebody whose account is being closed."""
    feed = PlanFeed.objects.select_related("user").filter(digest=_digest(secret)).first()
    if feed is None or not feed.user.is_active or feed.user.deletion_due_at:
        raise NotFound
    if feed.read_at is None or now - feed.read_at > NOTED_EVERY:
        PlanFeed.objects.filter(pk=feed.pk).update(read_at=now)
    return feed


def version_of(feed: PlanFeed, now: datetime) -> str:
    """Another one whenever the plan may be another: it changes with the person's data, and with the day."""
    return hashlib.sha256(f"{feed.pk} {feed.user.data_version} {now:%Y%m%d}".encode()).hexdigest()[:32]


def plan_file(feed: PlanFeed, now: datetime) -> bytes:
    """Planned blocks of a month back and half a year ahead, as an .ics file."""
    blocks = Event.objects.of(feed.user).filter(source=Event.Source.BLOCK).overlapping(now - BACK, now + AHEAD)
    rows = blocks.order_by("starts_at", "id").values(*Entry.__annotations__)
    return b"".join(write((), (Entry(**row) for row in rows), now, HEADER))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
