"""TimeFlow's own plain form: one row, one task."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from scheduling.domain.planner.cycles import members_of_cycles
from scheduling.domain.task_csv import cells
from scheduling.domain.task_csv.cells import Setting, TaskRow
from scheduling.domain.task_csv.table import BadCell, Problem, Row, Table
from timeflow.lib import bounds
from timeflow.lib.time import edge

COLUMNS = (
    "TITLE", "MINUTES", "PRIORITY", "DUE", "EARLIEST_START", "LABELS", "NOTES",
    "SPLITTABLE", "DEPENDS_ON", "RECURRENCE", "PREFERRED", "CHECKLIST",
)  # fmt: skip
SEPARATOR = "|"

Value = TypeVar("Value")


def rows(table: Table, setting: Setting, problems: list[Problem]) -> list[TaskRow]:
    """The tasks of the table; whatever is wrong is added to `problems`."""
    for name in table.columns:
        if name not in COLUMNS:
            known = ", ".join(column.lower() for column in COLUMNS)
            problems.append(Problem(table.line, name.lower(), f"This column is not known. Known are {known}."))
    found = [_row(row, setting, problems) for row in table.rows]
    return _linked(table.rows, found, problems)


def _row(row: Row, setting: Setting, problems: list[Problem]) -> TaskRow:
    def cell(column: str, default: Value, read: Callable[[str], Value]) -> Value:
        return cells.cell(row, column, default, read, problems)

    found = TaskRow(
        line=row.line,
        title=cell("TITLE", "", _title),
        minutes=cell("MINUTES", 1, lambda text: cells.minutes(text, setting)),
        priority=cell("PRIORITY", None, cells.priority),
        due=cell("DUE", None, lambda text: cells.moment(text, setting)),
        earliest=cell("EARLIEST_START", None, lambda text: cells.moment(text, setting)),
        labels=cell("LABELS", (), lambda text: cells.labels(text.replace(SEPARATOR, ",").split(","))),
        notes=cell("NOTES", "", cells.notes),
        is_splittable=cell("SPLITTABLE", False, cells.yes_or_no),
        preferred=cell("PREFERRED", None, cells.part_of_day),
        recurrence=cell("RECURRENCE", None, lambda text: cells.recurrence(text, setting)),
        checklist=cell("CHECKLIST", (), _checklist),
    )
    if _is_out_of_order(found, setting):
        problems.append(Problem(row.line, "due", "It is due before it may start."))
    return found


def _title(text: str) -> str:
    title = cells.one_line(text)
    if not title:
        raise BadCell("A task needs a title.")
    if len(title) > bounds.TITLE:
        raise BadCell(f"A title has at most {bounds.TITLE} characters; this one has {len(title)}.")
    return title


def _parts(text: str) -> list[str]:
    """What a cell lists, separated by | or line breaks."""
    parts = (cells.one_line(part) for part in text.replace("\n", SEPARATOR).split(SEPARATOR))
    return [part for part in parts if part]


def _checklist(text: str) -> tuple[str, ...]:
    items = _parts(text)
    if any(len(item) > bounds.TITLE for item in items):
        raise BadCell(f"A line of a checklist has at most {bounds.TITLE} characters.")
    if len(items) > bounds.STEPS_OF_A_TASK:
        raise BadCell(f"A checklist has at most {bounds.STEPS_OF_A_TASK} lines.")
    return tuple(items)


def _is_out_of_order(row: TaskRow, setting: Setting) -> bool:
    due, earliest = (_instant(at, setting) for at in (row.due, row.earliest))
    ends = _instant(date.fromordinal(row.due.toordinal() + 1), setting) if _is_day(row.due) and row.due else due
    return ends is not None and earliest is not None and ends <= earliest


def _is_day(at: date | datetime | None) -> bool:
    return isinstance(at, date) and not isinstance(at, datetime)


def _instant(at: date | datetime | None, setting: Setting) -> datetime | None:
    return at if at is None or isinstance(at, datetime) else edge(at, 0, setting.tz)


def _linked(sources: tuple[Row, ...], found: list[TaskRow], problems: list[Problem]) -> list[TaskRow]:
    """The rows with `depends_on` turned from titles of other rows into their places."""
    places: dict[str, list[int]] = {}
    for place, row in enumerate(found):
        places.setdefault(row.title.casefold(), []).append(place)
    linked = []
    for source, row in zip(sources, found, strict=True):
        predecessors = []
        titles = _parts(source["DEPENDS_ON"])
        if len(titles) > bounds.PREDECESSORS:
            reason = f"A task waits for at most {bounds.PREDECESSORS} others."
            problems.append(Problem(row.line, "depends_on", reason))
        for title in titles[: bounds.PREDECESSORS]:
            matching = places.get(title.casefold(), [])
            if len(matching) == 1:
                predecessors.append(matching[0])
            else:
                reason = "is no title in this file" if not matching else "is the title of several rows"
                problems.append(Problem(row.line, "depends_on", f"“{title[:60]}” {reason}."))
        linked.append(replace(row, depends_on=tuple(dict.fromkeys(predecessors))))
    _complain_of_cycles(linked, problems)
    return linked


def _complain_of_cycles(linked: list[TaskRow], problems: list[Problem]) -> None:
    depends_on = {str(place): [str(other) for other in row.depends_on] for place, row in enumerate(linked)}
    for place in members_of_cycles(depends_on):
        row = linked[int(place)]
        problems.append(Problem(row.line, "depends_on", "These tasks would wait for each other for ever."))
