"""Every change to one task: made, changed, finished, taken up again, deleted."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from accounts.models import User
from accounts.selectors.zones import ZoneOn, zone_on
from accounts.services.changes import changing
from availability.models import Event
from scheduling.models import Block, ChecklistItem, Task
from scheduling.selectors.preferences import usual_minutes
from scheduling.services.checklists import clean_text, require_room
from scheduling.services.dependencies import set_predecessors
from scheduling.services.labels import labels_named, labels_of
from scheduling.services.recurrence import bring_next_after_done, follow_rule
from scheduling.services.room import require_room_for_tasks
from scheduling.services.stopping import finish_early
from scheduling.services.task_rules import require_sound
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned

EDITABLE = frozenset(
    {
        "title",
        "notes",
        "minutes",
        "priority",
        "due_at",
        "due_on",
        "due_kind",
        "earliest_at",
        "earliest_on",
        "is_splittable",
        "min_block_minutes",
        "max_block_minutes",
        "max_minutes_per_day",
        "preferred",
        "rrule",
    }
)


def create_task(
    *,
    user: User,
    now: datetime,
    title: str,
    minutes: int | None = None,
    label_ids: Collection[uuid.UUID] = (),
    depends_on: Collection[uuid.UUID] = (),
    checklist: Sequence[str] = (),
    **fields: object,
) -> Task:
    """A task for the pool. Without `minutes` it takes as long as the person's usual task.

    `fields` are those in `EDITABLE`. Raises `Invalid`, `TooManyOpenTasks`, `DependencyCycle`, `NotFound`.
    """
    with changing(user.pk) as person:
        require_room_for_tasks(person, 1)
        task = Task(user=person, title=title, created_at=now, minutes=minutes or 0)
        if minutes is None:
            task.minutes = usual_minutes(person)
        set_fields(task, fields, zone_on(person), now)
        task.save(force_insert=True)
        task.labels.set(labels_of(person, label_ids))
        set_predecessors(task=task, predecessor_ids=depends_on)
        require_room(0, len(checklist))
        ChecklistItem.objects.bulk_create(
            ChecklistItem(task=task, text=clean_text(text), position=place) for place, text in enumerate(checklist)
        )
    return task


def update_task(
    *,
    user: User,
    task_id: uuid.UUID,
    now: datetime,
    label_ids: Collection[uuid.UUID] | None = None,
    new_labels: Sequence[str] = (),
    depends_on: Collection[uuid.UUID] | None = None,
    **fields: object,
) -> Task:
    """Change the given fields; `label_ids` and `depends_on` replace all labels and predecessors.

    `new_labels` are names of labels that are added, and made where they are missing.

    Setting a due (or earliest start) as a date removes one set as a moment, and the other way round. Raises as
    `create_task` does.
    """
    with changing(user.pk) as person:
        task = owned(Task.objects.of(person), task_id)
        old_title = task.title
        set_fields(task, fields, zone_on(person), now)
        task.save()
        if label_ids is not None:
            task.labels.set(labels_of(person, label_ids))
        task.labels.add(*labels_named(user=person, names=new_labels))
        if depends_on is not None:
            set_predecessors(task=task, predecessor_ids=depends_on)
        if task.title != old_title:
            Event.objects.of(person).filter(block__task=task).update(title=task.title, updated_at=now)
    return task


def complete_task(*, user: User, task_id: uuid.UUID, now: datetime) -> Task | None:
    """The task is done; doing it again changes nothing. Returns the task that comes next if it recurs.

    A block of it that is running ends here and keeps what was worked.
    """
    with changing(user.pk) as person:
        task = owned(Task.objects.of(person), task_id)
        if task.completed_at:
            return None
        running = Block.objects.filter(task=task, event__starts_at__lte=now).exclude(event__ends_at__lte=now)
        for block in running.select_related("event"):
            finish_early(block, now)
        task.completed_at = task.updated_at = now
        task.save(update_fields=["completed_at", "updated_at"])
        return bring_next_after_done(task=task, person=person, now=now)


def reopen_task(*, user: User, task_id: uuid.UUID, now: datetime) -> Task:
    """The task was not done after all; for an open one this changes nothing. Raises `TooManyOpenTasks`."""
    with changing(user.pk) as person:
        task = owned(Task.objects.of(person), task_id)
        if task.completed_at:
            require_room_for_tasks(person, 1, are_new=False)
            task.completed_at, task.updated_at = None, now
            task.save(update_fields=["completed_at", "updated_at"])
    return task


def delete_tasks(*, user: User, tasks: Sequence[Task]) -> None:
    """Remove rows read under the person's lock, with their blocks and the events behind them."""
    with changing(user.pk) as person:
        ids = [task.pk for task in tasks]
        Event.objects.of(person).filter(block__task__in=ids).delete()
        Task.objects.of(person).filter(pk__in=ids).delete()


def delete_task(*, user: User, task_id: uuid.UUID) -> None:
    """Remove the task with its checklist and blocks; of a series, the one with the rule ends it."""
    with changing(user.pk) as person:
        delete_tasks(user=person, tasks=[owned(Task.objects.of(person), task_id)])


def set_fields(task: Task, fields: dict[str, object], zones: ZoneOn, now: datetime) -> None:
    """Set fields of an unsaved or locked row without saving it. Raises `Invalid`."""
    unknown = set(fields) - EDITABLE
    if unknown:
        raise Invalid(fields={name: ["This field is not known."] for name in sorted(unknown)})
    old_rrule = "" if task._state.adding else task.rrule
    for name, value in fields.items():
        setattr(task, name, value)
    for at, on in (("due_at", "due_on"), ("earliest_at", "earliest_on")):
        if fields.get(on) and at not in fields:
            setattr(task, at, None)
        if fields.get(at) and on not in fields:
            setattr(task, on, None)
    require_sound(task, zones)
    follow_rule(task, old_rrule=old_rrule, zones=zones, now=now)
    task.updated_at = now
