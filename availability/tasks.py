"""Background doors: each takes ids, shrugs at rows that are gone, makes one service call and may run twice."""

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from availability.services import imports
from timeflow.lib.queue import periodic


@shared_task(name="availability.tasks.roll_windows")
@periodic("roll-calendar-windows", lease=timedelta(minutes=50))
def roll_windows(*, now: datetime) -> None:
    """Events that repeat reach far enough ahead again."""
    for calendar in imports.calendars_to_roll(now=now):
        imports.roll_window(calendar=calendar, now=now)


@shared_task(name="availability.tasks.follow_zone")
def follow_zone(user_id: str) -> None:
    """The person's zone changed: what is wall clock to them moves along."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        imports.follow_zone(user=user, now=timezone.now())
