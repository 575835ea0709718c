"""What doors call for changes to tasks and habits that may move planned blocks: the change, the repair and the undo.

Each is one `edit_week`; pages and API use the same. Changes that no plan depends on (a note, a label) skip the repair.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from accounts.models import User
from accounts.services.changes import held
from scheduling.domain.words import shortfall_words
from scheduling.models import Dependency, Habit, Label, Task
from scheduling.selectors.plans import outcome_of
from scheduling.selectors.quick import quick_entry
from scheduling.services.bulk import Value, change_many
from scheduling.services.edits import WeekEdit, edit_week
from scheduling.services.habits import check_habit, create_habit, uncheck_habit, update_habit
from scheduling.services.labels import delete_label
from scheduling.services.quick import add_line
from scheduling.services.tasks import complete_task, delete_task, reopen_task, update_task
from timeflow.lib.http import owned
from timeflow.lib.words import count

UNPLANNED_FIELDS = frozenset({"title", "notes", "label_ids", "new_labels"})
HABIT_UNPLANNED_FIELDS = frozenset({"title", "tint"})


def add_and_place(*, user: User, text: str, now: datetime) -> WeekEdit:
    """Make the task that a line says and plan it at once, or say why it does not fit. Raises as `add_line`."""
    edit = edit_week(
        user=user,
        now=now,
        words=f"Added {quick_entry(user, text, now).title}",
        change=lambda: add_line(user=user, text=text, now=now),
        places_created=True,
    )
    missing = shortfall_words(outcome_of(edit.plan, str(edit.created[0].pk)))
    return replace(edit, words=f"{edit.words}. {missing}") if missing else edit


def complete(*, user: User, task_id: uuid.UUID, now: datetime) -> WeekEdit:
    """Raises `NotFound`."""
    task = owned(Task.objects.of(user), task_id)
    return edit_week(
        user=user,
        now=now,
        words=f"Finished {task.title}",
        touches=[task],
        change=lambda: complete_task(user=user, task_id=task.pk, now=now),
    )


def reopen(*, user: User, task_id: uuid.UUID, now: datetime) -> WeekEdit:
    """Raises `NotFound`, `TooManyOpenTasks`."""
    task = owned(Task.objects.of(user), task_id)

    def change() -> None:
        reopen_task(user=user, task_id=task.pk, now=now)

    return edit_week(user=user, now=now, words=f"Reopened {task.title}", touches=[task], change=change)


def delete(*, user: User, task_id: uuid.UUID, now: datetime) -> WeekEdit:
    """Raises `NotFound`."""
    task = owned(Task.objects.of(user), task_id)
    return edit_week(
        user=user,
        now=now,
        words=f"Deleted {task.title}",
        touches=[task],
        change=lambda: delete_task(user=user, task_id=task.pk),
    )


@held
def change(*, user: User, task_id: uuid.UUID, now: datetime, **fields: Any) -> WeekEdit | None:
    """`update_task`, with a repair if a plan depends on what really changes; else None. Raises as `update_task`."""
    task = owned(Task.objects.of(user), task_id)
    if not _matters(task, fields):
        update_task(user=user, task_id=task.pk, now=now, **fields)
        return None

    def carry_out() -> set[Model]:
        before = _links([task.pk])
        update_task(user=user, task_id=task.pk, now=now, **fields)
        return _links([task.pk]) - before

    return edit_week(user=user, now=now, words=f"Changed {task.title}", touches=[task], change=carry_out)


def change_all(
    *, user: User, task_ids: Sequence[uuid.UUID], action: str, value: Value = None, now: datetime
) -> WeekEdit:
    """`change_many` with its repair and undo. Raises as `change_many`."""
    tasks = list(Task.objects.of(user).filter(pk__in=task_ids))

    def carry_out() -> list[Model]:
        before = _links(task_ids)
        brought = change_many(user=user, task_ids=task_ids, action=action, value=value, now=now)
        return [*brought, *(_links(task_ids) - before)]

    words = _bulk_words(user, action, value, len(tasks))
    return edit_week(user=user, now=now, words=words, touches=tasks, change=carry_out)


def remove_label(*, user: User, label_id: uuid.UUID, now: datetime) -> WeekEdit:
    """No block moves, but it can be taken back. Raises `NotFound`."""
    label = owned(Label.objects.of(user), label_id)
    return edit_week(
        user=user,
        now=now,
        words=f"Removed the label {label.name}",
        touches=[label],
        change=lambda: delete_label(user=user, label_id=label.pk),
    )


def add_habit(*, user: User, now: datetime, title: str, **fields: Any) -> WeekEdit:
    """It is planned with the next plan. Raises as `create_habit`."""
    return edit_week(
        user=user,
        now=now,
        words=f"Added {title}",
        change=lambda: create_habit(user=user, now=now, title=title, **fields),
    )


def check(*, user: User, habit_id: uuid.UUID, on: date, now: datetime) -> WeekEdit:
    """Raises `NotFound`, `Invalid`."""
    habit = owned(Habit.objects.of(user), habit_id)
    return edit_week(
        user=user,
        now=now,
        words=f"{habit.title} done",
        touches=[habit],
        change=lambda: check_habit(user=user, habit_id=habit.pk, on=on, now=now),
    )


def uncheck(*, user: User, habit_id: uuid.UUID, on: date, now: datetime) -> WeekEdit:
    """Raises `NotFound`."""
    habit = owned(Habit.objects.of(user), habit_id)
    return edit_week(
        user=user,
        now=now,
        words=f"{habit.title} not done",
        touches=[habit],
        change=lambda: uncheck_habit(user=user, habit_id=habit.pk, on=on),
    )


@held
def change_habit(*, user: User, habit_id: uuid.UUID, now: datetime, **fields: Any) -> WeekEdit | None:
    """`update_habit`, with a repair if a plan depends on it; else None. Raises as `update_habit`."""
    habit = owned(Habit.objects.of(user), habit_id)
    if all(name in HABIT_UNPLANNED_FIELDS or getattr(habit, name, value) == value for name, value in fields.items()):
        update_habit(user=user, habit_id=habit.pk, **fields)
        return None

    def carry_out() -> None:
        update_habit(user=user, habit_id=habit.pk, **fields)

    verb = "Changed"
    if fields.get("is_active", habit.is_active) != habit.is_active:
        verb = "Archived" if habit.is_active else "Took up"
    return edit_week(user=user, now=now, words=f"{verb} {habit.title}", touches=[habit], change=carry_out)


def _matters(task: Task, fields: dict[str, object]) -> bool:
    """Whether a plan depends on one of `fields` and it differs from what the task has."""
    for name, value in fields.items():
        if name == "depends_on":
            present = set(task.dependencies.values_list("predecessor_id", flat=True))
            if isinstance(value, Iterable) and set(value) != present:
                return True
        elif name not in UNPLANNED_FIELDS and getattr(task, name, None) != value:
            return True
    return False


def _links(task_ids: Iterable[uuid.UUID]) -> set[Model]:
    """The rows that tie tasks to labels and predecessors."""
    ids = list(task_ids)
    return {*Dependency.objects.filter(task__in=ids), *Task.labels.through.objects.filter(task__in=ids)}


def _bulk_words(user: User, action: str, value: Value, number: int) -> str:
    tasks = count(number, "task")
    if action in {"add_label", "remove_label"}:
        label = Label.objects.of(user).filter(pk=value).first() if isinstance(value, uuid.UUID) else None
        return f"{'Labelled' if action == 'add_label' else 'Unlabelled'} {tasks} {label.name if label else ''}".strip()
    verbs = {"complete": "Finished", "delete": "Deleted", "priority": "Changed the priority of"}
    return f"{verbs.get(action, 'Changed the due date of')} {tasks}"
