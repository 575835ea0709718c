"""What single cells say. Each reader raises `BadCell` with a sentence when it does not understand."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from scheduling.domain import grammar
from scheduling.domain.grammar import QuickEntry
from scheduling.domain.grammar.dates import MONTHS
from scheduling.domain.grammar.fields import PARTS_OF_DAY, PRIORITIES
from scheduling.domain.recurrence import BadRecurrence, read
from scheduling.domain.task_csv.table import BadCell, Problem, Row
from timeflow.lib import bounds

YES = frozenset({"yes", "y", "true", "1", "x"})
NO = frozenset({"no", "n", "false", "0", ""})

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MONTH = "|".join(MONTHS)
_NTH = "[0-9]{1,2}(?:st|nd|rd|th)?"
_WITHOUT_YEAR = re.compile(rf"(?:{_NTH} (?:{_MONTH})|(?:{_MONTH}) {_NTH})(?!\S|,? [0-9]{{4}})", re.IGNORECASE)
HALF_A_YEAR = timedelta(days=182)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as the file states it; `line` is where. What the file does not say is None or empty.

    `depends_on` holds places in `TaskSheet.rows`. A due or earliest start is a local date or an instant in UTC.
    """

    line: int
    title: str
    minutes: int
    priority: int | None = None
    due: date | datetime | None = None
    earliest: date | datetime | None = None
    labels: tuple[str, ...] = ()
    notes: str = ""
    is_splittable: bool = False
    preferred: str | None = None
    recurrence: str | None = None
    checklist: tuple[str, ...] = ()
    depends_on: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What cells are read against: the person's usual minutes, date, zone and first weekday (Monday 0)."""

    default_minutes: int
    today: date
    tz: ZoneInfo
    week_start: int

    def understood(self, text: str) -> QuickEntry | None:
        """The grammar's reading of a cell, if it understands every word of it."""
        entry = grammar.parse(f"x {text}", today=self.today, tz=self.tz, week_start=self.week_start, clock="24")
        return entry if entry.title == "x" else None


Value = TypeVar("Value")


def cell(row: Row, column: str, default: Value, read: Callable[[str], Value], problems: list[Problem]) -> Value:
    """What `read` makes of a cell; if it does not understand it, a problem and `default`."""
    try:
        return read(row[column])
    except BadCell as error:
        problems.append(Problem(row.line, column.lower(), str(error)))
        return default


def one_line(text: str) -> str:
    """Without control characters and line breaks."""
    return " ".join(_CONTROL.sub("", text).split())


def prose(text: str) -> str:
    """Without control characters; lines stay."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def shortened(text: str) -> tuple[str, str]:
    """(a title, what of the text must go to the notes because the title had to be cut)."""
    line = one_line(text)
    return (line, "") if len(line) <= bounds.TITLE else (f"{line[: bounds.TITLE - 1].rstrip()}…", line)


def minutes(text: str, setting: Setting) -> int:
    if not text:
        return setting.default_minutes
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        total = int(text)
    else:
        entry = setting.understood(text)
        if not entry or entry.minutes is None or len(entry.chips) > 1:
            raise BadCell(f"“{text[:40]}” is no length; write minutes, or 1h30.")
        total = entry.minutes
    if total not in bounds.TASK_MINUTES:
        raise BadCell(f"A task takes between 1 and {bounds.TASK_MINUTES.most:,} minutes.")
    return total


def priority(text: str) -> int | None:
    word = text.lower().lstrip("!p") if text[:1].lower() in {"!", "p"} else text.lower()
    if not word:
        return None
    if word in {"1", "2", "3", "4"}:
        return int(word)
    for level, name in PRIORITIES.items():
        if word == name:
            return level
    raise BadCell(f"“{text[:40]}” is no priority; it is 1 (urgent) to 4 (some day).")


def moment(text: str, setting: Setting) -> date | datetime | None:
    """A date or instant: 2026-12-24, 2026-12-24 17:00, 24 Dec, fri 17:00. Empty is None."""
    if not text:
        return None
    stamp = _iso(text, setting)
    if stamp is not None:
        return stamp
    entry = _dated(text, setting)
    if not entry or entry.due is None or {chip.kind for chip in entry.chips} != {"due"}:
        raise BadCell(f"“{text[:40]}” is no date; write 2026-12-24 or 2026-12-24 17:00.")
    return entry.due


def _iso(text: str, setting: Setting) -> datetime | None:
    """The instant of a full ISO 8601 time such as an app writes it, "2026-12-24T17:00:00Z"; its own offset counts."""
    if "T" not in text:
        return None
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError:
        return None
    if stamp.tzinfo is None:
        wall = f"{stamp:%Y-%m-%d} {stamp:%H:%M}"
        entry = setting.understood(wall)
        return entry.due if entry and isinstance(entry.due, datetime) else None
    return stamp.astimezone(UTC)


def _dated(text: str, setting: Setting) -> QuickEntry | None:
    """A date without a year in a file is the nearest one: last month's "20 Oct" is overdue, not eleven months off."""
    if _WITHOUT_YEAR.match(text):
        return replace(setting, today=setting.today - HALF_A_YEAR).understood(text)
    return setting.understood(text)


def when(text: str, setting: Setting) -> QuickEntry:
    """A date or a recurrence in words: "24 Dec 2026 17:00", "every monday at 9am", "every! 2 weeks"."""
    words = re.sub(r"^(?:every!|ev!?|every)(?= )", "every", text.strip(), flags=re.I)
    stamp = _iso(words, setting)
    if stamp is not None:
        return QuickEntry(title="x", due=stamp)
    entry = _dated(words, setting)
    if not entry or entry.due is None or entry.minutes or entry.labels or entry.priority:
        raise BadCell(f"“{text[:40]}” is no date TimeFlow understands; write 2026-12-24, or every monday.")
    return entry


def recurrence(text: str, setting: Setting) -> str | None:
    """An RRULE, or words such as "every monday"."""
    if not text:
        return None
    if "=" in text:
        try:
            return str(read(text))
        except BadRecurrence as error:
            raise BadCell(str(error)) from None
    entry = setting.understood(text)
    if not entry or not entry.recurrence or isinstance(entry.due, datetime) or len(entry.chips) > 1:
        raise BadCell(f"“{text[:40]}” is no recurrence; write every monday, or FREQ=WEEKLY;BYDAY=MO.")
    return entry.recurrence


def labels(names: list[str]) -> tuple[str, ...]:
    """Label names, each once whatever its case."""
    found: dict[str, str] = {}
    for name in names:
        clean = one_line(name).lstrip("#@ ")
        if len(clean) > bounds.LABEL_NAME:
            raise BadCell(f"A label has at most {bounds.LABEL_NAME} characters; “{clean[:20]}…” has {len(clean)}.")
        if clean:
            found.setdefault(clean.casefold(), clean)
    if len(found) > bounds.LABELS_OF_A_TASK:
        raise BadCell(f"A task has at most {bounds.LABELS_OF_A_TASK} labels.")
    return tuple(found.values())


def yes_or_no(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise BadCell(f"“{text[:40]}” is neither yes nor no.")
    return text.lower() in YES


def part_of_day(text: str) -> str | None:
    if text.lower() not in {"", *PARTS_OF_DAY}:
        raise BadCell(f"“{text[:40]}” is no part of the day; it is morning, afternoon or evening.")
    return text.lower() or None


def notes(text: str) -> str:
    clean = prose(text)
    if len(clean) > bounds.NOTES:
        raise BadCell(f"Notes have at most {bounds.NOTES:,} characters; these have {len(clean):,}.")
    return clean
