"""Who has a calendar in hand. A worker that is silent for `HOLD` has lost it to whoever comes next."""

import uuid
from datetime import datetime, timedelta

from django.db.models import F, Q

from availability.models import Mirror

HOLD = timedelta(minutes=2)


class Superseded(Exception):
    """Another worker holds the calendar now, or it is gone: nothing more may be written."""


def claim(calendar_id: uuid.UUID, now: datetime) -> Mirror | None:
    """The mirror with the number of this attempt, or None while somebody else has it, or its account must rest."""
    is_free = Q(held_until=None) | Q(held_until__lte=now)
    may = Mirror.objects.awake().filter(is_free, pk=calendar_id)
    # Two at once: whoever updates first makes it free no more for the other.
    won = Mirror.objects.filter(is_free, pk__in=may.values("pk")).update(
        held_until=now + HOLD, attempt=F("attempt") + 1
    )
    if not won:
        return None
    return Mirror.objects.select_related("calendar", "connection", "user").get(pk=calendar_id)


def renew(mirror: Mirror, now: datetime) -> None:
    """Show that the attempt lives. Raises `Superseded`."""
    keep(mirror, held_until=now + HOLD)


def keep(mirror: Mirror, **fields: object) -> None:
    """Write fields of a mirror that this attempt holds. Raises `Superseded`."""
    if not Mirror.objects.filter(pk=mirror.pk, attempt=mirror.attempt).update(**fields):
        raise Superseded
    for name, value in fields.items():
        setattr(mirror, name, value)
