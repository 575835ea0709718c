"""Background doors of the shared kernel: errands and their sweeper."""

import uuid
from datetime import datetime, timedelta

from celery import shared_task

from timeflow.lib import queue
from timeflow.lib.queue import periodic


@shared_task(name=queue.RUN_ERRAND)
def run_errand(errand_id: str) -> None:
    queue.run_errand(uuid.UUID(errand_id))


@shared_task(name="timeflow.lib.tasks.sweep_errands")
@periodic("sweep-errands", lease=timedelta(seconds=20))
def sweep_errands(*, now: datetime) -> None:
    """Errands whose message got lost are sent again."""
    queue.sweep_errands(now=now)
