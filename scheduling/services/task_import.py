"""Tasks from a spreadsheet: all of a file, in one edit that can be undone, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Model

from accounts.models import User
from accounts.selectors.zones import zone_at, zone_on
from accounts.services.changes import changing
from availability.errors import FileRefused
from scheduling.domain import task_csv
from scheduling.domain.task_csv import TaskRow
from scheduling.models import ChecklistItem, Dependency, Label, Preferences, Task
from scheduling.selectors.quick import SHORTEST_TO_SPLIT
from scheduling.services.edits import WeekEdit, edit_week
from scheduling.services.labels import labels_named
from scheduling.services.room import require_room_for_tasks
from scheduling.services.tasks import set_fields
from timeflow.lib.errors import Invalid
from timeflow.lib.ids import new_id
from timeflow.lib.words import count

BATCH = 500


@dataclass(frozen=True)
class TaskImport:
    """The tasks that came in, in the file's order, and the edit through which to undo that."""

    tasks: tuple[Task, ...]
    edit: WeekEdit


def import_tasks(*, user: User, raw: bytes, now: datetime) -> TaskImport:
    """Bring in the tasks of a CSV file (see `scheduling.domain.task_csv`); labels that are missing are made.

    They go into the pool and are not planned yet. Raises `FileRefused` with every problem, `TooManyOpenTasks`,
    `TooMany` labels; then nothing has changed.
    """
    preferences = Preferences.objects.filter(user=user).first() or Preferences()
    tz = zone_at(zone_on(user), now)
    sheet = task_csv.parse(
        raw,
        default_minutes=preferences.default_minutes,
        today=now.astimezone(tz).date(),
        tz=tz,
        week_start=user.week_start,
    )
    if sheet.problems:
        raise FileRefused.because(_problem(each.line, each.column, each.reason) for each in sheet.problems)
    tasks: list[Task] = []

    def bring() -> list[Model]:
        made = _make(user, sheet.rows, now)
        tasks.extend(row for row in made if isinstance(row, Task))
        return made

    edit = edit_week(user=user, now=now, words=f"Imported {count(len(sheet.rows), 'task')}", change=bring)
    return TaskImport(tasks=tuple(tasks), edit=edit)


def _make(user: User, rows: Sequence[TaskRow], now: datetime) -> list[Model]:
    """Write all rows; call inside the edit's transaction."""
    with changing(user.pk) as person:
        require_room_for_tasks(person, len(rows))
        tasks = _tasks(person, rows, now)
        names = list(dict.fromkeys(name for row in rows for name in row.labels))
        known = set(Label.objects.of(person).values_list("pk", flat=True))
        labels = {label.name.casefold(): label for label in labels_named(user=person, names=names)}
        tagged = [
            Task.labels.through(task=task, label=labels[name.casefold()])
            for task, row in zip(tasks, rows, strict=True)
            for name in row.labels
        ]
        items = [
            ChecklistItem(task=task, text=text, position=place)
            for task, row in zip(tasks, rows, strict=True)
            for place, text in enumerate(row.checklist)
        ]
        links = [
            Dependency(task=task, predecessor=tasks[place])
            for task, row in zip(tasks, rows, strict=True)
            for place in row.depends_on
        ]
        Task.objects.bulk_create(tasks, batch_size=BATCH)
        Task.labels.through.objects.bulk_create(tagged, batch_size=BATCH)
        ChecklistItem.objects.bulk_create(items, batch_size=BATCH)
        Dependency.objects.bulk_create(links, batch_size=BATCH)
    fresh = [label for label in labels.values() if label.pk not in known]
    return [*tasks, *fresh, *tagged, *items, *links]


def _tasks(person: User, rows: Sequence[TaskRow], now: datetime) -> list[Task]:
    """Unsaved rows in order. Raises `FileRefused` for what the house's rules for tasks do not allow."""
    zones = zone_on(person)
    tasks, problems = [], []
    for pk, row in zip(sorted(new_id() for _ in rows), rows, strict=True):
        task = Task(id=pk, user=person, created_at=now)
        try:
            set_fields(task, _fields(row), zones, now)
        except Invalid as refusal:
            problems += [
                _problem(row.line, field, reason) for field, reasons in refusal.fields.items() for reason in reasons
            ]
        tasks.append(task)
    if problems:
        raise FileRefused.because(problems)
    return tasks


def _fields(row: TaskRow) -> dict[str, object]:
    fields: dict[str, object] = {
        "title": row.title,
        "notes": row.notes,
        "minutes": row.minutes,
        "preferred": row.preferred or "",
        "rrule": row.recurrence or "",
        # Less than two of the usual shortest blocks cannot be split, whatever the file says.
        "is_splittable": row.is_splittable and row.minutes >= SHORTEST_TO_SPLIT,
    }
    if row.priority is not None:
        fields["priority"] = row.priority
    fields |= _moment("due", row.due) | _moment("earliest", row.earliest)
    return fields


def _moment(name: str, at: date | datetime | None) -> dict[str, object]:
    if at is None:
        return {}
    return {f"{name}_at" if isinstance(at, datetime) else f"{name}_on": at}


def _problem(line: int, column: str, reason: str) -> dict[str, object]:
    return {"line": line, "column": column, "reason": reason}
