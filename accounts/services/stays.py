"""Journeys: from a date on the person lives in another zone."""

import uuid
from datetime import date

from accounts.models import Stay, User
from accounts.services.changes import changing
from accounts.services.people import FOLLOW_ZONE, require_zone
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid, NotFound
from timeflow.lib.queue import enqueue_surely


def add_stay(*, user: User, starts_on: date, time_zone: str) -> Stay:
    """From `starts_on` the person lives in `time_zone`. A stay that starts on the same date is replaced."""
    require_zone(time_zone, "time_zone")
    with changing(user.pk) as person:
        if person.stays.count() >= bounds.STAYS:
            raise Invalid.field("starts_on", f"At most {bounds.STAYS} journeys are kept; remove an old one first.")
        stay, _ = Stay.objects.update_or_create(user=person, starts_on=starts_on, defaults={"time_zone": time_zone})
        enqueue_surely(FOLLOW_ZONE, str(person.pk))
    return stay


def remove_stay(*, user: User, stay_id: uuid.UUID) -> None:
    """Raises `NotFound`."""
    with changing(user.pk) as person:
        deleted, _ = person.stays.filter(pk=stay_id).delete()
        if not deleted:
            raise NotFound
        enqueue_surely(FOLLOW_ZONE, str(person.pk))
