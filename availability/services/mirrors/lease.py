"""Who has a calendar in hand. A worker that is silent for `HOLD` has lost it to whoever comes next."""

import uuid
from datetime import datetime, timedelta

from django.db.models import F

from availability.models import Mirror

HOLD = timedelta(minutes=2)


class Superseded(Exception):
    """Another worker holds the calendar now, or it is gone: nothing more may be written."""


def claim(calendar_id: uuid.UUID, now: datetime) -> Mirror | None:
    """The mirror with the number of this attempt, or None while somebody else has it, or it must rest."""
    free = Mirror.objects.free(now).filter(pk=calendar_id)
    mirror = free.select_related("calendar", "connection", "user").first()
    if mirror is None:
        return None
    # Two at once: whoever updates first makes it another one for the other.
    same = Mirror.objects.filter(pk=mirror.pk, attempt=mirror.attempt, held_until=mirror.held_until)
    mirror.attempt, mirror.held_until = mirror.attempt + 1, now + HOLD
    return mirror if same.update(attempt=mirror.attempt, held_until=mirror.held_until) else None


def renew(mirror: Mirror, now: datetime) -> None:
    """Show that the attempt lives. Raises `Superseded`, also once the person is about to leave."""
    if not Mirror.objects.awake().filter(pk=mirror.pk, attempt=mirror.attempt).update(held_until=now + HOLD):
        raise Superseded
    mirror.held_until = now + HOLD


def keep(mirror: Mirror, **fields: object) -> None:
    """Write fields of a mirror that this attempt holds. Raises `Superseded`."""
    if not Mirror.objects.filter(pk=mirror.pk, attempt=mirror.attempt).update(**fields):
        raise Superseded
    _set(mirror, fields)


def let_go(mirror: Mirror, now: datetime, **fields: object) -> bool:
    """End the attempt with these fields. Whether the calendar is due again, since somebody wished so after the claim.

    A wish has the time of another clock, which is not compared with ours. Raises `Superseded`.
    """
    unasked = Mirror.objects.filter(pk=mirror.pk, attempt=mirror.attempt, asked_at=mirror.asked_at)
    if unasked.update(held_until=None, **fields):
        return False
    keep(mirror, **fields | {"held_until": None, "next_at": now})
    return True


def take_away(mirror: Mirror, **fields: object) -> None:
    """Write fields; whoever has the calendar in hand must not write any more."""
    Mirror.objects.filter(pk=mirror.pk).update(attempt=F("attempt") + 1, held_until=None, **fields)
    _set(mirror, fields)


def _set(mirror: Mirror, fields: dict[str, object]) -> None:
    for name, value in fields.items():
        setattr(mirror, name, value)
