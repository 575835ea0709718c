"""Which working hours a person may ask for, and how they are said.

A window is (start, end) in minutes after 0:00; one whose end is at or before its start ends on the next date.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from timeflow.lib import bounds
from timeflow.lib.time import MINUTES_PER_DAY
from timeflow.lib.words import minute_of_day

Window = tuple[int, int]
Week = Mapping[int, Sequence[Window]]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
USUAL_HOURS: Week = {weekday: [(9 * 60, 17 * 60)] for weekday in range(5)}

CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])", re.ASCII)


def minute_of(text: str) -> int | None:
    """Minutes after 0:00 of "09:00" or "9:00", up to "24:00"; None for anything else."""
    match = CLOCK.fullmatch(text)
    minute = int(match[1]) * 60 + int(match[2]) if match else None
    return minute if minute is None or minute <= MINUTES_PER_DAY else None


def normal(window: Window) -> Window:
    """The same window with midnight at its end always written as 24:00."""
    start, end = window
    return start, end or MINUTES_PER_DAY


def until(window: Window) -> int:
    """Where a window ends, in minutes after 0:00 of the date on which it starts; beyond 1440 it is the next date's."""
    start, end = normal(window)
    return end if end > start else end + MINUTES_PER_DAY


def rest_of(windows: Sequence[Window]) -> int:
    """How many minutes of the next date the windows of a date reach into."""
    return max([0, *(until(window) - MINUTES_PER_DAY for window in windows)])


def total(windows: Sequence[Window]) -> int:
    """Minutes of all windows together, by the wall clock."""
    return sum(until(window) - window[0] for window in windows)


def day_faults(windows: Sequence[Window], clock: str) -> list[str]:
    """Why the windows of one date cannot be, in words; empty if they can. `clock` is the person's "12" or "24"."""
    if len(windows) > bounds.WINDOWS_A_DAY:
        return [f"At most {bounds.WINDOWS_A_DAY} stretches a day."]
    if not all(0 <= start < MINUTES_PER_DAY and 0 <= end <= MINUTES_PER_DAY for start, end in windows):
        return ["Times lie between 0:00 and 24:00."]
    ordered = sorted(windows)
    return [
        f"{said(one, clock)} and {said(other, clock)} overlap."
        for one, other in pairwise(ordered)
        if other[0] < until(one)
    ]


def week_faults(week: Week, clock: str) -> dict[int, list[str]]:
    """Weekday to the reasons why its windows cannot be; empty if the week is fine.

    Besides each day by itself, what reaches past midnight must not meet the next day's first window.
    """
    faults = {weekday: day_faults(windows, clock) for weekday, windows in week.items()}
    if not any(faults.values()):
        for weekday, windows in week.items():
            before = (weekday - 1) % 7
            rest, first = rest_of(week.get(before, ())), min(windows, default=None)
            if first and first[0] < rest:
                words = f"{DAYS[before].capitalize()} goes on until {minute_of_day(rest, clock)}"
                faults[weekday].append(f"{words} and overlaps {said(first, clock)}.")
    return {weekday: reasons for weekday, reasons in faults.items() if reasons}


def said(window: Window, clock: str) -> str:
    """ "9:00 – 17:00", "22:00 – 2:00 the next day"."""
    start, end = normal(window)
    words = f"{minute_of_day(start, clock)} – {minute_of_day(end, clock)}"
    return f"{words} the next day" if end <= start else words


def to_text(windows: Sequence[Window]) -> str:
    """Windows in a form that fits an address: "540-720_780-1020", "off" for none. `from_text` reads it."""
    return "_".join(f"{start}-{end}" for start, end in windows) or "off"


def from_text(text: str) -> list[Window]:
    """Raises `ValueError` for what `to_text` never wrote."""
    if text == "off":
        return []
    windows = []
    for part in text.split("_"):
        start, end = part.split("-")
        windows.append((int(start), int(end)))
    return windows


def week_to_text(week: Week) -> str:
    """The same for a whole week, Monday first."""
    return ".".join(to_text(week.get(weekday, ())) for weekday in range(7))


def week_from_text(text: str) -> Week:
    """Raises `ValueError` for what `week_to_text` never wrote."""
    return dict(enumerate(map(from_text, text.split("."))))
