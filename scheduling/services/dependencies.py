"""What a task waits for."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from accounts.services.changes import changing
from scheduling.domain.dependencies import cycle_through
from scheduling.errors import DependencyCycle, TooMany
from scheduling.models import Dependency, Task
from timeflow.lib import bounds
from timeflow.lib.errors import NotFound
from timeflow.lib.http import owned

FIELD = "depends_on"


def set_dependencies(*, user: User, task_id: uuid.UUID, predecessor_ids: Collection[uuid.UUID], now: datetime) -> Task:
    """The task waits for exactly these tasks. Raises `NotFound`, `DependencyCycle`, `TooMany`."""
    with changing(user.pk) as person:
        task = owned(Task.objects.of(person), task_id)
        set_predecessors(task=task, predecessor_ids=predecessor_ids)
        task.updated_at = now
        task.save(update_fields=["updated_at"])
    return task


def set_predecessors(*, task: Task, predecessor_ids: Collection[uuid.UUID]) -> None:
    """Like `set_dependencies`, for a task read inside `changing`. Rows that stay are not touched."""
    wanted = list(dict.fromkeys(predecessor_ids))
    if len(wanted) > bounds.PREDECESSORS:
        reason = f"A task waits for at most {bounds.PREDECESSORS} others."
        raise TooMany(reason, fields={FIELD: [reason]})
    present = set(task.dependencies.values_list("predecessor_id", flat=True))
    fresh = [pk for pk in wanted if pk not in present]
    if fresh:
        if Task.objects.filter(user_id=task.user_id, pk__in=fresh).count() != len(fresh):
            raise NotFound
        _refuse_cycle(task, wanted)
    task.dependencies.exclude(predecessor_id__in=wanted).delete()
    Dependency.objects.bulk_create(Dependency(task=task, predecessor_id=pk) for pk in fresh)


def _refuse_cycle(task: Task, wanted: list[uuid.UUID]) -> None:
    waits_for: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    edges = Dependency.objects.filter(task__user_id=task.user_id)
    for later, earlier in edges.values_list("task_id", "predecessor_id"):
        waits_for[later].append(earlier)
    cycle = cycle_through(task.pk, wanted, waits_for)
    if cycle is None:
        return
    titles = dict(Task.objects.filter(pk__in=cycle).values_list("pk", "title"))
    if len(cycle) == 2:
        reason = f"“{titles[task.pk]}” cannot wait for itself."
    else:
        reason = "These would wait for each other for ever: " + " → ".join(f"“{titles[pk]}”" for pk in cycle) + "."
    raise DependencyCycle(reason, fields={FIELD: [reason]}, cycle=[str(pk) for pk in cycle])
