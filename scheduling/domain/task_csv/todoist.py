"""The CSV that Todoist exports a project as (columns TYPE, CONTENT, DESCRIPTION, PRIORITY, INDENT, …).

How its parts become tasks:

- a task at INDENT 1 is a task. A deeper one is a line of that task's checklist, unless it has a DATE, DEADLINE or
  DURATION of its own: then it is a task too, and its notes say what it is part of. Its description and comments are
  kept in the notes of the task whose checklist it joined.
- PRIORITY is 1 (highest) to 4 as in the app's p1 to p4 (its API counts the other way round). Todoist's own help says
  that an empty cell means 1; here it means the usual priority, because nobody who leaves it empty means "urgent".
- "@word" in CONTENT is a label; a section is a label of the tasks below it.
- DATE is the due date, or a recurrence ("every monday at 9am"), read in TIMEZONE where it names one. With a DEADLINE,
  that is the due date and DATE is when the task may start. Dates must be English or numbers, whatever DATE_LANG says.
- DURATION in minutes is the task's length; in days it says which days are taken and not how long the work is.
- a note is a comment on the task above and joins its notes, without attachments.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from scheduling.domain.grammar import QuickEntry
from scheduling.domain.task_csv import cells
from scheduling.domain.task_csv.cells import Setting, TaskRow
from scheduling.domain.task_csv.table import BadCell, Problem, Row, Table
from timeflow.lib import bounds
from timeflow.lib.time import UnknownZone, zone

SILENT_TYPES = frozenset({"", "meta"})

_LABEL = re.compile(r"(?<!\S)@(\w[\w\-/.]*)")
# Begins at no white space but the first, and ends before the next one begins: a long cell is walked through once.
_ATTACHMENT = re.compile(r"(?<!\s)\s*\[\[file\b(?:(?!\[\[file\b|\]\]).)*\]\]", re.S)


Value = TypeVar("Value")


@dataclass
class _Draft:
    """A task being put together from its row and the rows below it."""

    row: TaskRow
    indent: int
    notes: list[str] = field(default_factory=list)
    checklist: list[str] = field(default_factory=list)


def rows(table: Table, setting: Setting, problems: list[Problem]) -> list[TaskRow]:
    """The tasks of the table; whatever is wrong is added to `problems`."""
    reader = _Reader(setting, problems)
    for row in table.rows:
        reader.take(row)
    return [reader.finished(draft) for draft in reader.drafts]


class _Reader:
    def __init__(self, setting: Setting, problems: list[Problem]) -> None:
        self.setting = setting
        self.problems = problems
        self.drafts: list[_Draft] = []
        self.section: tuple[str, ...] = ()
        self.ancestors: list[_Draft] = []
        """The tasks that the next row may be a part of, outermost first."""
        self.voice = ""
        """What a comment on the row before is introduced with: a checklist line's text, or nothing."""

    def take(self, row: Row) -> None:
        kind = row["TYPE"].lower()
        if kind == "section":
            self.section, self.ancestors = self._cell(row, "CONTENT", (), _section), []
        elif kind == "note":
            self._note(row)
        elif kind == "task":
            self._task(row)
        elif kind not in SILENT_TYPES:
            self.problems.append(Problem(row.line, "type", f"“{row['TYPE'][:40]}” is not task, section or note."))

    def _note(self, row: Row) -> None:
        text = cells.prose(_ATTACHMENT.sub("", row["CONTENT"]))
        if not self.ancestors:
            self.problems.append(Problem(row.line, "type", "This note has no task above it."))
        elif text:
            self.ancestors[-1].notes.append(f"{self.voice}{text}")

    def _task(self, row: Row) -> None:
        indent = self._cell(row, "INDENT", 1, _indent)
        self.ancestors = [draft for draft in self.ancestors if draft.indent < indent]
        text, names = _split_labels(row["CONTENT"])
        if not text:
            self.problems.append(Problem(row.line, "content", "A task needs a title."))
            return
        parent = self.ancestors[-1] if self.ancestors else None
        if parent and not (row["DATE"] or row["DEADLINE"] or row["DURATION"]):
            self._checklist_line(parent, text, row)
        else:
            self._own_task(row, indent, text, names, parent)

    def _checklist_line(self, parent: _Draft, text: str, row: Row) -> None:
        title, rest = cells.shortened(text)
        if len(parent.checklist) == bounds.STEPS_OF_A_TASK:
            reason = f"A task has at most {bounds.STEPS_OF_A_TASK} sub-tasks without a date of their own."
            self.problems.append(Problem(row.line, "indent", reason))
        parent.checklist.append(title)
        self.voice = f"{title}: "
        for extra in (rest, cells.prose(row["DESCRIPTION"])):
            if extra:
                parent.notes.append(f"{self.voice}{extra}")

    def _own_task(self, row: Row, indent: int, text: str, names: list[str], parent: _Draft | None) -> None:
        title, rest = cells.shortened(text)
        entry, due, earliest = self._times(row)
        task = TaskRow(
            line=row.line,
            title=title,
            minutes=self._minutes(row),
            priority=self._cell(row, "PRIORITY", None, cells.priority),
            due=due,
            earliest=earliest,
            labels=self._cell(row, "CONTENT", (), lambda _text: cells.labels([*self.section, *names])),
            preferred=entry.preferred,
            recurrence=entry.recurrence,
        )
        part_of = f"Part of “{parent.row.title}”." if parent else ""
        notes = [note for note in (rest, part_of, cells.prose(row["DESCRIPTION"])) if note]
        draft = _Draft(task, indent, notes)
        self.drafts.append(draft)
        self.ancestors.append(draft)
        self.voice = ""

    def _times(self, row: Row) -> tuple[QuickEntry, date | datetime | None, date | datetime | None]:
        """What DATE says, the due and the earliest start."""
        nothing = QuickEntry(title="")
        setting = replace(self.setting, tz=self._cell(row, "TIMEZONE", self.setting.tz, self._zone))
        entry = self._cell(row, "DATE", nothing, lambda text: cells.when(text, setting) if text else nothing)
        deadline = self._cell(row, "DEADLINE", None, lambda text: cells.moment(text, setting))
        if deadline is None or entry.recurrence:
            return entry, entry.due, entry.earliest
        starts = entry.due
        if starts is not None and _day(starts, setting) > _day(deadline, setting):
            starts = None
        return entry, deadline, starts

    def _zone(self, name: str) -> ZoneInfo:
        try:
            return zone(name) if name else self.setting.tz
        except UnknownZone:
            raise BadCell(f"“{name[:40]}” is no time zone.") from None

    def _minutes(self, row: Row) -> int:
        if row["DURATION_UNIT"].lower() == "day" or row["DURATION"].lower() == "none":
            return self.setting.default_minutes
        return self._cell(row, "DURATION", 1, lambda text: cells.minutes(text, self.setting))

    def _cell(self, row: Row, column: str, default: Value, read: Callable[[str], Value]) -> Value:
        return cells.cell(row, column, default, read, self.problems)

    def finished(self, draft: _Draft) -> TaskRow:
        notes = "\n\n".join(draft.notes)
        if len(notes) > bounds.NOTES:
            reason = f"Description and comments together have more than {bounds.NOTES:,} characters."
            self.problems.append(Problem(draft.row.line, "description", reason))
        return replace(draft.row, notes=notes, checklist=tuple(draft.checklist))


def _day(at: date | datetime, setting: Setting) -> date:
    return at.astimezone(setting.tz).date() if isinstance(at, datetime) else at


def _section(text: str) -> tuple[str, ...]:
    return cells.labels([text])


def _indent(text: str) -> int:
    if text not in {"", "1", "2", "3", "4", "5"}:
        raise BadCell(f"“{text[:40]}” is no indent; it is 1 to 5.")
    return int(text or 1)


def _split_labels(text: str) -> tuple[str, list[str]]:
    names = [name.rstrip(".") for name in _LABEL.findall(text)]
    return cells.one_line(_LABEL.sub(" ", text)), names
