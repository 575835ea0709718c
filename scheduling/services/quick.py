"""A task from one line."""

from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.services.changes import changing
from scheduling.models import Task
from scheduling.selectors.quick import quick_entry, task_fields
from scheduling.services.labels import labels_named
from scheduling.services.tasks import create_task
from timeflow.lib.errors import Invalid


def add_line(*, user: User, text: str, now: datetime) -> Task:
    """Make the task that "report 2h !1 fri #thesis" says; labels that are missing are made too.

    Raises `Invalid` about `text` when nothing can be made of it, else what `create_task` raises.
    """
    entry = quick_entry(user, text, now)
    if entry.error:
        raise Invalid.field("text", entry.error)
    with changing(user.pk) as person:
        labels = labels_named(user=person, names=entry.labels)
        fields: dict[str, Any] = task_fields(entry)
        return create_task(user=person, now=now, label_ids=[label.pk for label in labels], **fields)
