"""How much of a task its past blocks have worked off."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import User
from scheduling.models import Block, Task

ONE_MINUTE = timedelta(minutes=1)


def worked_minutes(block: Block, now: datetime) -> int:
    """Minutes that a block counts for its task; 0 while it is not over, unless it was answered before.

    Over and unanswered counts as worked, so that only "not done" gives time back to the pool.
    """
    if block.worked_minutes is not None:
        return block.worked_minutes
    if block.event.ends_at > now:
        return 0
    return int((block.event.ends_at - block.event.starts_at) / ONE_MINUTE)


def worked_by_task(user: User, now: datetime, tasks: Iterable[uuid.UUID] | None = None) -> dict[uuid.UUID, int]:
    """Task id to minutes worked, for those tasks (all by default) that have any. One query."""
    blocks: QuerySet[Block] = Block.objects.of(user).filter(task__isnull=False).select_related("event")
    blocks = blocks.filter(task__in=list(tasks)) if tasks is not None else blocks.filter(task__completed_at=None)
    worked: dict[uuid.UUID, int] = defaultdict(int)
    for block in blocks.exclude(event__ends_at__gt=now, worked_minutes=None):
        worked[block.work_id] += worked_minutes(block, now)
    return dict(worked)


def remaining_minutes(task: Task, now: datetime) -> int:
    """What is left of a task's estimate, at least 0."""
    return max(0, task.minutes - worked_by_task(task.user, now, [task.pk]).get(task.pk, 0))
