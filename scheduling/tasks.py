"""Background doors: each reads the clock, makes one service call and may run twice."""

from datetime import datetime, timedelta

from celery import shared_task

from scheduling.services import recurrence
from timeflow.lib.queue import periodic


@shared_task(name="scheduling.tasks.bring_recurring_tasks")
@periodic("bring-recurring-tasks", lease=timedelta(seconds=240))
def bring_recurring_tasks(*, now: datetime) -> None:
    """Recurring tasks whose next day has come appear."""
    recurrence.bring_recurring_tasks(now=now)
