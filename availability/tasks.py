"""Background doors: each takes ids, shrugs at rows that are gone, makes one service call and may run twice."""

import uuid
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from accounts.models import Connection, User
from availability.domain.quota import Lane
from availability.services import imports
from availability.services.mirrors import channels, listing, stepping, target
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


@shared_task(name="availability.tasks.list_calendars")
def list_calendars(connection_id: str) -> None:
    """What the person just connected, or looks at again."""
    connection = Connection.objects.filter(pk=connection_id, state=Connection.State.ACTIVE).first()
    if connection is not None:
        listing.list_calendars(connection=connection, clock=timezone.now)


@shared_task(name="availability.tasks.make_own_calendar")
def make_own_calendar(connection_id: str, words: str) -> None:
    """Runs again until the provider has made it, for a day."""
    connection = Connection.objects.filter(pk=connection_id, state=Connection.State.ACTIVE).first()
    if connection is not None:
        target.make_own(connection=connection, words=words, clock=timezone.now)


@shared_task(name="availability.tasks.step_calendar")
def step_calendar(calendar_id: str, lane: str) -> None:
    stepping.step(calendar_id=uuid.UUID(calendar_id), lane=Lane(lane), clock=timezone.now)


@shared_task(name="availability.tasks.sweep_calendars")
@periodic("sweep-calendars", lease=timedelta(seconds=50))
def sweep_calendars(*, now: datetime) -> None:
    """Calendars whose time has come, or which are not in step, are read and written."""
    stepping.sweep(now=now)


@shared_task(name="availability.tasks.stop_channels")
@periodic("stop-needless-channels", lease=timedelta(minutes=50))
def stop_channels(*, now: datetime) -> None:
    """Providers tell no more of what nobody wants to know."""
    channels.stop_orphans(now=now, clock=timezone.now)
