"""The calendars that a person has from the start."""

from datetime import datetime

from accounts.models import User
from availability.models import Calendar


def own_calendar(*, user: User, now: datetime) -> Calendar:
    """The calendar for events that the person makes here; made on first use."""
    return _the(user, Calendar.Kind.OWN, "My events", now)


def plan_calendar(*, user: User, now: datetime) -> Calendar:
    """The calendar that planned blocks are written into; made on first use."""
    return _the(user, Calendar.Kind.PLAN, "Plan", now)


def _the(user: User, kind: str, name: str, now: datetime) -> Calendar:
    calendar, _ = Calendar.objects.get_or_create(
        user=user, kind=kind, defaults={"name": name, "created_at": now, "read_at": now}
    )
    return calendar
