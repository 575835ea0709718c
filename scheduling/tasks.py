"""Background doors: each takes ids, shrugs at rows that are gone, makes one service call and may run twice."""

import time
import uuid
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from scheduling.services import following, forgetting, jobs, recurrence, repairs
from timeflow.lib.queue import periodic


@shared_task(name="scheduling.tasks.run_plan_job")
def run_plan_job(job_id: str) -> None:
    jobs.run_job(job_id=uuid.UUID(job_id), clock=timezone.now, tick=time.perf_counter)


@shared_task(name="scheduling.tasks.repair")
def repair(user_id: str, cause: str = "outside") -> None:
    """`cause` is "own" after the person's own edit through another door."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        repairs.repair_week(user=user, is_own_edit=cause == "own", now=timezone.now())


@shared_task(name="scheduling.tasks.follow_copies")
def follow_copies(user_id: str) -> None:
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        following.follow_copies(user=user, now=timezone.now())


@shared_task(name="scheduling.tasks.sweep_jobs")
@periodic("sweep-plan-jobs", lease=timedelta(seconds=50))
def sweep_jobs(*, now: datetime) -> None:
    """Jobs that nobody works on are sent again."""
    jobs.sweep_jobs(now=now)


@shared_task(name="scheduling.tasks.bring_recurring_tasks")
@periodic("bring-recurring-tasks", lease=timedelta(seconds=240))
def bring_recurring_tasks(*, now: datetime) -> None:
    """Recurring tasks whose next day has come appear."""
    recurrence.bring_recurring_tasks(now=now)


@shared_task(name="scheduling.tasks.forget_old_plans")
@periodic("forget-old-plans", lease=timedelta(minutes=50))
def forget_old_plans(*, now: datetime) -> None:
    """Plans that were decided weeks ago, and those of which a person has too many, are gone."""
    forgetting.forget_old_plans(now=now)
