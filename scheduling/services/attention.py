"""The one next step for something late or left out, taken from the tray in one press."""

import uuid
from datetime import datetime
from typing import Any

from accounts.models import User
from scheduling.errors import NothingToHelp
from scheduling.models import Block, Task
from scheduling.selectors.plans import newest_applied, outcome_of
from scheduling.services.edits import WeekEdit, edit_week
from scheduling.services.tasks import update_task
from timeflow.lib.http import owned


def allow_splitting(*, user: User, task_id: uuid.UUID, now: datetime) -> WeekEdit:
    """The task may be split from now on, and is planned anew. Raises `NotFound`, `Invalid`."""
    return _change(user, _open_task(user, task_id), now, "Split {title}", is_splittable=True)


def accept_lateness(*, user: User, task_id: uuid.UUID, now: datetime) -> WeekEdit:
    """The task is due when the plan has it end. Raises `NotFound`, `NothingToHelp` if it has no such end."""
    task = _open_task(user, task_id)
    outcome = outcome_of(newest_applied(user), str(task.pk))
    if outcome is None or outcome["status"] != "late":
        raise NothingToHelp
    ends_at = datetime.fromisoformat(outcome["last_end"])
    return _change(user, task, now, "Moved the due date of {title}", due_at=ends_at, due_on=None)


def _open_task(user: User, task_id: uuid.UUID) -> Task:
    return owned(Task.objects.of(user).open(), task_id)


def let_go(*, user: User, task_id: uuid.UUID, now: datetime) -> WeekEdit:
    """Coming blocks of a task that were pinned may be moved again. Raises `NotFound`, `NothingToHelp`."""
    task = owned(Task.objects.of(user), task_id)
    pinned = list(task.blocks.filter(is_pinned=True, event__starts_at__gt=now).select_related("event", "task"))
    if not pinned:
        raise NothingToHelp

    def change() -> None:
        Block.objects.filter(pk__in=[block.pk for block in pinned]).update(is_pinned=False)

    return edit_week(user=user, now=now, words=f"Unpinned {task.title}", touches=pinned, change=change)


def _change(user: User, task: Task, now: datetime, words: str, **fields: Any) -> WeekEdit:
    def change() -> None:
        update_task(user=user, task_id=task.pk, now=now, **fields)

    return edit_week(
        user=user,
        now=now,
        words=words.format(title=task.title),
        touches=[task],
        change=change,
        places=[str(task.pk)],
    )
