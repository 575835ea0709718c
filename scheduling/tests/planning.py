"""A working week for tests of plans: Monday 13 April 2026, eight in the morning, hours nine to five in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import User
from availability.models import WorkingHours
from scheduling.models import Block, Plan, PlanJob
from scheduling.services import jobs, plans

MONDAY = datetime(2026, 4, 13, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def works_nine_to_five(user: User) -> User:
    user.time_zone = "UTC"
    user.save()
    for weekday in range(5):
        WorkingHours.objects.create(user=user, weekday=weekday, start_minute=540, end_minute=1020)
    return user


def proposed(user: User, now: datetime = MONDAY, **wish: Any) -> Plan:
    """The proposal that a worker makes of a request."""
    job = jobs.request_plan(user=user, wish=jobs.PlanRequest(**wish), now=now)
    jobs.run_job(job_id=job.pk, clock=lambda: now, tick=lambda: 0.0)
    job.refresh_from_db()
    assert job.state == PlanJob.State.DONE, job.error
    assert job.plan
    return job.plan


def applied(user: User, now: datetime = MONDAY) -> Plan:
    return plans.apply_plan(user=user, plan_id=proposed(user, now).pk, now=now)


def week_of(user: User) -> list[tuple]:
    """Everything about the person's blocks that an undo must bring back."""
    rows = Block.objects.of(user).select_related("event").order_by("event__starts_at", "id")
    return [(row.pk, row.event.title, row.event.starts_at, row.event.ends_at, row.is_pinned) for row in rows]
