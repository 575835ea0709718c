"""What staff do about a plan that does not come. The owner's log says that it was staff who did it."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services.changes import holding
from accounts.services.staffing import note_deed
from scheduling.models import Plan, PlanJob
from scheduling.services.jobs import OPEN, PlanRequest, cancel_job, request_plan, search_in_background, send_job
from timeflow.lib.errors import Refusal


@transaction.atomic
def try_again(job: PlanJob, *, staff: User, now: datetime) -> None:
    """An open job is sent to the workers again, a failed or cancelled one is asked for anew.

    Raises what asking raises: another plan is being made, its range is over.
    """
    if job.state == PlanJob.State.DONE:
        raise Refusal("That plan was made.")
    if job.state in OPEN:
        send_job(job.pk, job.origin)
    elif job.origin == Plan.Origin.SEARCH:
        with holding(job.user_id) as person:
            search_in_background(user=person, now=now)
    else:
        wish = {**job.request, "tasks": tuple(tasks) if (tasks := job.request.get("tasks")) is not None else None}
        request_plan(user=job.user, wish=PlanRequest(**wish), now=now)
    note_deed(user=job.user, staff=staff, now=now, model="plan, by having it made again")


@transaction.atomic
def cancel(job: PlanJob, *, staff: User, now: datetime) -> None:
    """Raises `JobFinished`."""
    cancel_job(user=job.user, job_id=job.pk, now=now)
    note_deed(user=job.user, staff=staff, now=now, model="plan, by stopping it")
