"""Bytes cut into the calendar's parts, each with the line on which it begins.

The libraries read whole calendars; cutting them first gives every problem its line, keeps one bad event from hiding the
others, and lets whatever is not needed (attendees, alarms, tasks) go before anything else sees it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from timeflow.lib import bounds

MAX_EVENTS = 20_000
MAX_LINES = 300_000
MAX_VALUE = 40_000
"""Characters of one property that are kept; a description shows a quarter of it."""

_BREAK = re.compile(r"\r\n|\n|\r")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_BEFORE_VALUE = re.compile(r'(?:"[^"]*"|[^":])*')
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: the line in the file (from 1), the event's UID where it has one, a sentence."""

    line: int
    uid: str
    reason: str


class NotACalendar(ValueError):
    """The file cannot be read further than `problem`."""

    def __init__(self, line: int, reason: str) -> None:
        self.problem = Problem(line, "", reason)
        super().__init__(reason)


def before_value(text: str) -> str:
    """A content line's name and parameters: all before the first colon that is not inside quotes."""
    found = _BEFORE_VALUE.match(text)
    return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Line:
    """An unfolded content line: `name` in capitals, the whole `text`, the line on which it begins."""

    name: str
    text: str
    number: int

    @property
    def value(self) -> str:
        """What stands behind the first colon that is not inside quotes."""
        return self.text[len(before_value(self.text)) :].removeprefix(":")


@dataclass(frozen=True, slots=True)
class Part:
    """A component: its content lines, with those of its subcomponents only for a VTIMEZONE."""

    line: int
    lines: tuple[Line, ...]


@dataclass(slots=True)
class Parts:
    """A file in its parts. `others` counts components that are no events: VTODO, VJOURNAL and the like."""

    header: list[Line] = field(default_factory=list)
    timezones: list[Part] = field(default_factory=list)
    events: list[Part] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)


def parts(raw: bytes) -> Parts:
    """Raises `NotACalendar` with the first thing that makes the file unreadable."""
    found = Parts()
    lines = _unfolded(_text(raw))
    first = next(lines, Line("", "", 1))
    if first.text.upper() != "BEGIN:VCALENDAR":
        raise NotACalendar(1, _what_it_is(first.text))
    open_parts = ["VCALENDAR"]
    kept: list[Line] = []
    begun = first.number
    for line in lines:
        if line.name == "BEGIN":
            open_parts.append(line.value.strip().upper())
            if len(open_parts) == 2:
                kept, begun = [], line.number
            elif open_parts[1:2] == ["VTIMEZONE"]:
                kept.append(line)
        elif line.name == "END":
            _close(open_parts, line)
            if len(open_parts) == 1:
                _keep(found, line.value.strip().upper(), Part(begun, tuple(kept)))
            elif open_parts[1:2] == ["VTIMEZONE"]:
                kept.append(line)
        elif len(open_parts) == 1:
            found.header.append(line)
        elif len(open_parts) == 2 or open_parts[1:2] == ["VTIMEZONE"]:
            kept.append(line)
    if open_parts:
        raise NotACalendar(begun, f"The file ends in the middle of this {open_parts[-1]}; was it downloaded whole?")
    return found


def _close(open_parts: list[str], line: Line) -> None:
    name = line.value.strip().upper()
    if not open_parts or open_parts[-1] != name:
        raise NotACalendar(line.number, f"“END:{name[:40]}” closes nothing that is open here.")
    open_parts.pop()


def _keep(found: Parts, name: str, part: Part) -> None:
    if name == "VEVENT":
        if len(found.events) == MAX_EVENTS:
            raise NotACalendar(part.line, f"The file has more than {MAX_EVENTS:,} events.")
        found.events.append(part)
    elif name == "VTIMEZONE":
        found.timezones.append(part)
    elif name != "VCALENDAR":
        found.others[name] = found.others.get(name, 0) + 1


def _text(raw: bytes) -> str:
    if len(raw) > bounds.FILE:
        raise NotACalendar(1, f"The file is larger than {bounds.FILE // 1024 // 1024} MB.")
    encoding = "utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = _CONTROL.sub("", raw.decode(encoding))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        reason = "This is not text in UTF-8." if b"BEGIN:VCALENDAR" in raw[:1000] else "This is not a calendar file."
        raise NotACalendar(line, reason) from None
    if max(text.count("\n"), text.count("\r")) > MAX_LINES:
        raise NotACalendar(MAX_LINES, f"The file has more than {MAX_LINES:,} lines.")
    return text


def _what_it_is(first: str) -> str:
    if first.lstrip().startswith("<"):
        return "This is a web page and not a calendar file; use the address of the .ics file itself."
    return "This is not a calendar file: it does not begin with BEGIN:VCALENDAR." if first else "The file is empty."


def _unfolded(text: str) -> Iterator[Line]:
    """The content lines; a line that begins with a space or tab continues the one before (RFC 5545, 3.1)."""
    pieces: list[str] = []
    begun = 1
    for number, physical in enumerate(_BREAK.split(text), 1):
        if physical[:1] in {" ", "\t"} and pieces:
            pieces.append(physical[1:])
            continue
        if pieces:
            yield _line("".join(pieces), begun)
        pieces, begun = ([physical], number) if physical.strip() else ([], number)
    if pieces:
        yield _line("".join(pieces), begun)


def _line(text: str, number: int) -> Line:
    name = _NAME.match(text)
    return Line(name[0].upper() if name else "", text[:MAX_VALUE].rstrip("\\").rstrip(), number)
