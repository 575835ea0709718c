"""Tasks from a spreadsheet: a project exported from Todoist (see `todoist`), or TimeFlow's own plain form.

The plain form has a header row and these columns, of which only `title` must be there; their order and case do not
matter, and unknown ones are refused, because a misspelt column would lose what is in it:

| column | what it holds |
|---|---|
| title | up to 200 characters |
| minutes | 90, 1h30 or "2 hours"; empty: the person's usual minutes |
| priority | 1 (urgent) to 4 (some day); empty: normal |
| due, earliest_start | 2026-12-24 (stays a date), 2026-12-24 17:00 or "fri 17:00" in the person's zone |
| labels | names separated by commas |
| notes | up to 10,000 characters |
| splittable | yes or no |
| depends_on | titles of other rows, separated by a vertical bar |
| recurrence | "every monday", or an RRULE |
| preferred | morning, afternoon or evening |
| checklist | lines separated by a vertical bar |

A file with any problem yields none of its rows.
"""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from scheduling.domain.task_csv import plain, todoist
from scheduling.domain.task_csv.cells import Setting, TaskRow
from scheduling.domain.task_csv.table import MAX_ROWS, BadTable, Problem, table

__all__ = ["MAX_PROBLEMS", "MAX_ROWS", "Problem", "TaskRow", "TaskSheet", "parse"]

MAX_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class TaskSheet:
    """The tasks of a file in its order, or what is wrong with it in the order of its lines; never both."""

    rows: tuple[TaskRow, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse(source: str | bytes, *, default_minutes: int, today: date, tz: ZoneInfo, week_start: int = 0) -> TaskSheet:
    """Read a file against the person's usual minutes, date, zone and first weekday (Monday 0). Never raises.

    At most `MAX_PROBLEMS` problems are listed; one more says how many there are besides.
    """
    try:
        sheet = table(source)
    except BadTable as error:
        return TaskSheet(problems=(error.problem,))
    setting = Setting(default_minutes, today, tz, week_start)
    problems: list[Problem] = []
    if {"TYPE", "CONTENT"} <= set(sheet.columns):
        rows = todoist.rows(sheet, setting, problems)
    elif "TITLE" in sheet.columns:
        rows = plain.rows(sheet, setting, problems)
    else:
        reason = "There is no column “title” (plain form) and there are no “TYPE” and “CONTENT” (Todoist's export)."
        return TaskSheet(problems=(Problem(sheet.line, "", reason),))
    if not rows and not problems:
        problems.append(Problem(sheet.line, "", "There are no tasks in this file."))
    return TaskSheet(problems=_listed(problems)) if problems else TaskSheet(rows=tuple(rows))


def _listed(problems: list[Problem]) -> tuple[Problem, ...]:
    problems.sort(key=lambda problem: problem.line)
    shown, rest = problems[:MAX_PROBLEMS], problems[MAX_PROBLEMS:]
    if rest:
        shown.append(Problem(rest[0].line, "", f"From here on there are {len(rest):,} more."))
    return tuple(shown)
