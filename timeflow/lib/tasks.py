"""Background doors of the shared kernel: errands and their sweeper."""

import uuid
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from timeflow.lib import idempotency, queue
from timeflow.lib.queue import periodic

# Beat asks for it each minute, so its lease shows that both beat and a worker live.
SWEEP, SWEEP_LEASE = "sweep-errands", timedelta(seconds=50)


@shared_task(name=queue.RUN_ERRAND)
def run_errand(errand_id: str) -> None:
    queue.run_errand(uuid.UUID(errand_id), now=timezone.now())


@shared_task(name="timeflow.lib.tasks.sweep_errands")
@periodic(SWEEP, lease=SWEEP_LEASE)
def sweep_errands(*, now: datetime) -> None:
    """Errands whose message got lost are sent again."""
    queue.sweep_errands(now=now)


@shared_task(name="timeflow.lib.tasks.forget_old_answers")
@periodic("forget-old-answers", lease=timedelta(hours=20))
def forget_old_answers(*, now: datetime) -> None:
    """Answers that no request with an `Idempotency-Key` gets any more are gone."""
    idempotency.forget_old_answers(now=now)
