"""One change to many tasks: to all of them, or to none."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from accounts.selectors.zones import zone_on
from accounts.services.changes import changing
from scheduling.errors import TooMany
from scheduling.models import Label, Task
from scheduling.services.labels import labels_of
from scheduling.services.tasks import complete_task, delete_tasks, set_fields
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid, NotFound

Value = uuid.UUID | int | date | None


@dataclass(frozen=True)
class _Chosen:
    person: User
    tasks: list[Task]
    value: Value
    now: datetime


def _complete(chosen: _Chosen) -> list[Task]:
    following = (complete_task(user=chosen.person, task_id=task.pk, now=chosen.now) for task in chosen.tasks)
    return [task for task in following if task]


def _delete(chosen: _Chosen) -> list[Task]:
    delete_tasks(user=chosen.person, tasks=chosen.tasks)
    return []


def _add_label(chosen: _Chosen) -> list[Task]:
    for label in _label(chosen):
        label.tasks.add(*chosen.tasks)
    return []


def _remove_label(chosen: _Chosen) -> list[Task]:
    for label in _label(chosen):
        label.tasks.remove(*chosen.tasks)
    return []


def _set_priority(chosen: _Chosen) -> list[Task]:
    if not isinstance(chosen.value, int):
        raise Invalid.field("priority", "Priority goes from 1 (urgent) to 4 (some day).")
    return _update_each(chosen, priority=chosen.value)


def _set_due(chosen: _Chosen) -> list[Task]:
    return _update_each(chosen, due_on=chosen.value, due_at=None)


ACTIONS: dict[str, Callable[[_Chosen], list[Task]]] = {
    "complete": _complete,
    "delete": _delete,
    "add_label": _add_label,
    "remove_label": _remove_label,
    "priority": _set_priority,
    "due": _set_due,
}


def change_many(
    *, user: User, task_ids: Sequence[uuid.UUID], action: str, value: Value = None, now: datetime
) -> list[Task]:
    """Do `action` (of `ACTIONS`) to all these tasks; returns the tasks that appeared (the next of recurring ones).

    `value` is a label's id, a priority, or the date they become due (None: no due). Raises `Invalid`, `TooMany`, or
    `NotFound` if a single one of the tasks is not there.
    """
    wanted = list(dict.fromkeys(task_ids))
    if action not in ACTIONS:
        raise Invalid.field("action", f"Choose one of {', '.join(ACTIONS)}.")
    if not wanted:
        raise Invalid.field("tasks", "Choose at least one task.")
    if len(wanted) > bounds.TASKS_AT_ONCE:
        reason = f"At most {bounds.TASKS_AT_ONCE} tasks are changed at once."
        raise TooMany(reason, fields={"tasks": [reason]})
    with changing(user.pk) as person:
        tasks = list(Task.objects.of(person).filter(pk__in=wanted))
        if len(tasks) != len(wanted):
            raise NotFound
        return ACTIONS[action](_Chosen(person, tasks, value, now))


def _label(chosen: _Chosen) -> Sequence[Label]:
    if not isinstance(chosen.value, uuid.UUID):
        raise Invalid.field("label", "Choose a label.")
    return labels_of(chosen.person, [chosen.value])


def _update_each(chosen: _Chosen, **fields: object) -> list[Task]:
    zones = zone_on(chosen.person)
    for task in chosen.tasks:
        try:
            set_fields(task, fields, zones, chosen.now)
        except Invalid as error:
            raise Invalid.field("tasks", f"“{task.title}”: {error.detail}") from error
    Task.objects.bulk_update(chosen.tasks, [*fields, "updated_at"])
    return []
