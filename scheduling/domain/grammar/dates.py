"""Dates and times of day in words. Nothing here decides whether they are a due or a start; `when` finds the phrase.

Every phrase names a stretch of local dates, first to last: one day for "fri", seven for "next week".
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta

from scheduling.domain.grammar.tokens import Setting, Words
from timeflow.lib.time import first_weekday_on_or_before
from timeflow.lib.words import DAY_NAMES, MONTH_NAMES

WEEKDAYS = {name.lower(): number for number, name in enumerate(DAY_NAMES)} | {
    short: number
    for number, names in enumerate(("mon", "tue tues", "wed weds", "thu thur thurs", "fri", "sat", "sun"))
    for short in names.split()
}
MONTHS = (
    {name.lower(): number for number, name in enumerate(MONTH_NAMES, 1)}
    | {name.lower()[:3]: number for number, name in enumerate(MONTH_NAMES, 1)}
    | {"sept": 9}
)
# English verbs and nouns too: alone they count only where no plain word follows.
AMBIGUOUS = frozenset({"sat", "sun"})
# "good friday", "last monday" and "the sun" are no dates to come.
NOT_BEFORE_A_DAY = frozenset({"a", "the", "my", "our", "your", "his", "her", "good", "black", "last", "past", "every"})
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
BEFORE_A_DAY_NUMBER = frozenset({"by", "on", "due", "until", "till", "before", "from", "after"})

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\Z")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})?\Z")
_DAY = re.compile(r"([0-9]{1,2})(st|nd|rd|th)?\Z")
_YEAR = re.compile(r"(?:19|20|21)[0-9]{2}\Z")
_CLOCK = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?(am|pm)?\Z")
MAX_AHEAD = 999


@dataclass(frozen=True, slots=True)
class Days:
    """Local dates first..last, both inclusive, and the index after the words that named them."""

    first: date
    last: date
    end: int
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """Days, perhaps with a time of day (minutes after 0:00, then the days are one)."""

    days: Days
    minute: int | None
    end: int


def when(words: Words, index: int, setting: Setting, *, with_time_alone: bool) -> When | None:
    """The date, the date with a time, or (where `with_time_alone`) the time of today that stands at `index`."""
    found = days(words, index, setting)
    if found:
        clock = time_of_day(words, found.end) if found.first == found.last else None
        return When(found, clock[0], clock[1]) if clock else When(found, None, found.end)
    clock = time_of_day(words, index)
    if not clock:
        return None
    minute, end = clock
    after = end + 1 if words[end] == "on" else end
    found = days(words, after, setting)
    if found and found.first == found.last:
        return When(found, minute, found.end)
    if with_time_alone or words[index] == "at":
        return When(Days(setting.today, setting.today, end), minute, end)
    return None


def time_of_day(words: Words, index: int) -> tuple[int, int] | None:
    """(minutes after 0:00, index after) of "17:00", "5pm", "5:30 pm", "noon" or "midnight", "at" before it or not."""
    start = index + 1 if words[index] in {"at", "@"} else index
    word, following = words[start], words[start + 1]
    if word in {"noon", "midnight"}:
        return (720 if word == "noon" else 1440), start + 1
    if following in {"am", "pm"} and _CLOCK.match(word):
        word, end = word + following, start + 2
    else:
        end = start + 1
    match = _CLOCK.match(word)
    if not match:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if not half and match[2] is None:
        return None
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (hour * 60 + minute, end) if hour < 24 and minute < 60 else None


def days(words: Words, index: int, setting: Setting) -> Days | None:
    """The dates that the words at `index` name, seen from today."""
    for recognise in (_near, _stretch, _ahead, _weekday, _numeric, day_and_month, _day_of_month):
        found = recognise(words, index, setting)
        if found:
            return found
    return None


def _one(day: date, end: int, *, is_weak: bool = False) -> Days:
    return Days(day, day, end, is_weak)


def _near(words: Words, index: int, setting: Setting) -> Days | None:
    distance = {"yesterday": -1, "today": 0, "tomorrow": 1, "tmrw": 1, "tmr": 1}.get(words[index])
    if words.starts(index, "day after tomorrow") or words.starts(index, "the day after tomorrow"):
        return _one(setting.today + timedelta(days=2), index + (4 if words[index] == "the" else 3))
    return None if distance is None else _one(setting.today + timedelta(days=distance), index + 1)


def _stretch(words: Words, index: int, setting: Setting) -> Days | None:
    """This or next week or month, and their ends."""
    if words[index] not in {"this", "next", "end", "the", "eow", "eom"}:
        return None
    today = setting.today
    week = first_weekday_on_or_before(today, setting.week_start)
    month = today.replace(day=1)
    next_month = _months_after(month, 1)
    week_end, month_end = week + timedelta(days=6), next_month - timedelta(days=1)
    stretches = {
        "this week": (today, week_end),
        "next week": (week + timedelta(days=7), week + timedelta(days=13)),
        "this month": (today, month_end),
        "next month": (next_month, _months_after(month, 2) - timedelta(days=1)),
        "end of week": (week_end, week_end),
        "end of month": (month_end, month_end),
        "end of year": (date(today.year, 12, 31),) * 2,
        "eow": (week_end, week_end),
        "eom": (month_end, month_end),
    }
    start = index + 1 if words[index] == "the" and words[index + 1] == "end" else index
    for phrase, (first, last) in stretches.items():
        end = words.starts(start, phrase) or words.starts(start, phrase.replace("of ", "of the "))
        if end:
            return Days(first, last, end)
    return None


def _ahead(words: Words, index: int, setting: Setting) -> Days | None:
    """ "in 3 days", "in 2 weeks", "in a month"."""
    if words[index] not in {"in", "within"}:
        return None
    number = whole_number(words[index + 1])
    if not 1 <= number <= MAX_AHEAD:
        return None
    unit = words[index + 2].removesuffix("s")
    if unit == "month":
        return _one(_months_after(setting.today, number), index + 3)
    step = {"day": 1, "week": 7}.get(unit)
    return _one(setting.today + timedelta(days=step * number), index + 3) if step else None


def whole_number(word: str) -> int:
    """ "3" or "three" as 3; 0 for anything else."""
    if word.isascii() and word.isdecimal() and len(word) <= 5:
        return int(word)
    return NUMBERS.get(word, 0)


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _weekday(words: Words, index: int, setting: Setting) -> Days | None:
    """ "fri" is the next Friday after today; "this fri" may be today; "next fri" is the one of next week."""
    modifier = words[index] if words[index] in {"this", "next", "coming"} else ""
    place = index + 1 if modifier else index
    weekday = WEEKDAYS.get(words[place])
    if weekday is None or words[index - 1] in NOT_BEFORE_A_DAY:
        return None
    ahead = (weekday - setting.today.weekday()) % 7
    day = setting.today + timedelta(days=ahead if modifier == "this" else ahead or 7)
    if modifier == "next":
        week = first_weekday_on_or_before(setting.today, setting.week_start) + timedelta(days=7)
        day = week + timedelta(days=(weekday - week.weekday()) % 7)
    return _one(day, place + 1, is_weak=not modifier and words[place] in AMBIGUOUS)


def _numeric(words: Words, index: int, setting: Setting) -> Days | None:
    """ "2026-12-24", "24.12.", "24.12.2026"; "24.12" and "24/12" may be anything."""
    iso = _ISO.match(words[index])
    if iso:
        return _checked(int(iso[1]), int(iso[2]), int(iso[3]), index + 1)
    dotted = _DOTTED.match(words[index])
    if dotted:
        return _dated(setting, int(dotted[2]), int(dotted[1]), dotted[3] or "", index + 1)
    return None


def day_and_month(words: Words, index: int, setting: Setting) -> Days | None:
    """ "24 dec", "24th of december", "dec 24", each with a year or without. A month alone is never a date."""
    day = _DAY.match(words[index])
    if day:
        place = index + 2 if day[2] and words[index + 1] == "of" else index + 1
        month, number = MONTHS.get(words[place].removesuffix(".")), int(day[1])
    else:
        place = index + 1
        month, day = MONTHS.get(words[index].removesuffix(".")), _DAY.match(words[place])
        number = int(day[1]) if day else 0
    if not (day and month):
        return None
    year = words[place + 1] if _YEAR.match(words[place + 1]) else ""
    return _dated(setting, month, number, year, place + (2 if year else 1))


def _day_of_month(words: Words, index: int, setting: Setting) -> Days | None:
    """ "the 24th", after a word such as "by" or "on" that makes it a date."""
    place = index + 1 if words[index] == "the" else index
    day = _DAY.match(words[place])
    if not day or not day[2] or words[index - 1].rstrip(":") not in BEFORE_A_DAY_NUMBER:
        return None
    first = setting.today.replace(day=1)
    for ahead in range(3):
        month = _months_after(first, ahead)
        if int(day[1]) <= monthrange(month.year, month.month)[1] and int(day[1]) > 0:
            found = month.replace(day=int(day[1]))
            if found >= setting.today:
                return _one(found, place + 1)
    return None


def _dated(setting: Setting, month: int, day: int, year: str, end: int) -> Days | None:
    """That day of the year given, else the next one from today on (29 February waits for a leap year)."""
    if year:
        return _checked(int(year), month, day, end)
    for ahead in range(9):
        found = _checked(setting.today.year + ahead, month, day, end)
        if found and found.first >= setting.today:
            return found
    return None


def _checked(year: int, month: int, day: int, end: int) -> Days | None:
    if 1900 <= year < MAXYEAR and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]:
        return _one(date(year, month, day), end)
    return None
