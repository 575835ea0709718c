"""How a task or habit recurs: a small, strict subset of iCalendar's RRULE on local dates.

A rule says on which dates something happens; the time of day belongs to the task. Accepted parts: FREQ (DAILY, WEEKLY,
MONTHLY, YEARLY), INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, COUNT, UNTIL. Whatever could never happen, or only be found by
searching thousands of years, is refused when the rule is read, so that asking for the next date is always quick.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dateutil import rrule as dateutil_rrule

from timeflow.lib import bounds
from timeflow.lib.words import DAY_NAMES, MONTH_NAMES, joined

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MAX_INTERVAL = 366
MAX_COUNT = 10_000

ORDINALS = {
    1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth",
    -1: "last", -2: "second to last", -3: "third to last", -4: "fourth to last", -5: "fifth to last",
}  # fmt: skip
UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_DATEUTIL = {name: getattr(dateutil_rrule, name) for name in FREQUENCIES}
LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_NUMBER = re.compile(r"[+-]?[0-9]{1,5}\Z")
_BY_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)\Z")
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(T[0-9]{6}Z?)?\Z")


class BadRecurrence(ValueError):
    """A rule that is not understood, not supported, or can never happen. `str()` is a sentence for people."""

    code = "BAD_RECURRENCE"


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule that was found to be sound. `str(rule)` is its RRULE text, in one fixed order."""

    frequency: str
    interval: int = 1
    by_day: tuple[tuple[int, int], ...] = ()
    """(ordinal or 0 for every, weekday with Monday 0)"""
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None
    """The last date on which it may happen."""

    def __str__(self) -> str:
        parts = [f"FREQ={self.frequency}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.by_month:
            parts.append("BYMONTH=" + ",".join(map(str, self.by_month)))
        if self.by_month_day:
            parts.append("BYMONTHDAY=" + ",".join(map(str, self.by_month_day)))
        if self.by_day:
            parts.append("BYDAY=" + ",".join(f"{n or ''}{WEEKDAYS[day]}" for n, day in self.by_day))
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)


def read(text: str) -> Rule:
    """The rule that `text` states, with or without a leading "RRULE:". Raises `BadRecurrence`."""
    if len(text) > bounds.RRULE:
        raise BadRecurrence(f"A recurrence rule has at most {bounds.RRULE} characters.")
    parts = _parts(text.strip().upper().removeprefix("RRULE:"))
    rule = Rule(
        frequency=_frequency(parts),
        interval=_number(parts, "INTERVAL", MAX_INTERVAL) or 1,
        by_day=_by_day(parts.get("BYDAY")),
        by_month_day=_numbers(parts, "BYMONTHDAY", 31, negative=True),
        by_month=_numbers(parts, "BYMONTH", 12),
        count=_number(parts, "COUNT", MAX_COUNT),
        until=_until(parts.get("UNTIL")),
    )
    _refuse_unsound(rule)
    return rule


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise BadRecurrence(f"“{part[:40]}” is not a part of a recurrence rule.")
        if name not in {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "COUNT", "UNTIL"}:
            raise BadRecurrence(f"{name[:40]} is not supported in a recurrence rule.")
        if name in parts:
            raise BadRecurrence(f"{name} is given twice.")
        parts[name] = value
    return parts


def _frequency(parts: dict[str, str]) -> str:
    frequency = parts.get("FREQ", "")
    if frequency not in FREQUENCIES:
        raise BadRecurrence("FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY.")
    return frequency


def _number(parts: dict[str, str], name: str, most: int) -> int | None:
    if name not in parts:
        return None
    if not _NUMBER.match(parts[name]) or not 1 <= int(parts[name]) <= most:
        raise BadRecurrence(f"{name} must be a whole number from 1 to {most:,}.")
    return int(parts[name])


def _numbers(parts: dict[str, str], name: str, most: int, *, negative: bool = False) -> tuple[int, ...]:
    if name not in parts:
        return ()
    found = set()
    for item in parts[name].split(","):
        number = int(item) if _NUMBER.match(item) else 0
        if not (1 <= number <= most or (negative and -most <= number <= -1)):
            span = f"1 to {most}" + (f" or -1 to -{most}" if negative else "")
            raise BadRecurrence(f"{name} holds “{item[:20]}”; it takes {span}.")
        found.add(number)
    return tuple(sorted(found))


def _by_day(text: str | None) -> tuple[tuple[int, int], ...]:
    if text is None:
        return ()
    found = set()
    for item in text.split(","):
        match = _BY_DAY.match(item)
        ordinal = int(match[1]) if match and match[1] else 0
        if match is None or (match[1] and not 1 <= abs(ordinal) <= 5):
            raise BadRecurrence(f"BYDAY holds “{item[:20]}”; it takes MO to SU, with 1 to 5 or -1 to -5 before it.")
        found.add((ordinal, WEEKDAYS.index(match[2])))
    return tuple(sorted(found, key=lambda pair: (pair[1], pair[0])))


def _until(text: str | None) -> date | None:
    if text is None:
        return None
    match = _UNTIL.match(text)
    with suppress(ValueError):
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    raise BadRecurrence(f"UNTIL holds “{text[:20]}”; it takes a date like 20261231.")


def _refuse_unsound(rule: Rule) -> None:
    """Refuse combinations that iCalendar forbids and those that may never meet a date."""
    numbered = any(ordinal for ordinal, _ in rule.by_day)
    filtered = rule.by_day or rule.by_month_day or rule.by_month
    refusals = (
        (rule.count and rule.until, "COUNT and UNTIL cannot both be given."),
        (
            rule.frequency == "DAILY" and rule.interval > 1 and filtered,
            "A daily rule with an interval takes no BYDAY, BYMONTHDAY or BYMONTH.",
        ),
        (rule.frequency == "WEEKLY" and rule.by_month_day, "A weekly rule takes no BYMONTHDAY."),
        (
            numbered and (rule.frequency not in {"MONTHLY", "YEARLY"} or rule.by_month_day),
            "A numbered weekday such as 1MO needs a monthly or yearly rule without BYMONTHDAY.",
        ),
        (
            numbered and not all(ordinal for ordinal, _ in rule.by_day),
            "BYDAY takes numbered weekdays or plain ones, not both.",
        ),
        (
            rule.frequency == "YEARLY" and (rule.by_day or rule.by_month_day) and not rule.by_month,
            "A yearly rule with BYDAY or BYMONTHDAY needs BYMONTH.",
        ),
        (
            rule.frequency == "YEARLY" and len(rule.by_month) > 1 and not (rule.by_day or rule.by_month_day),
            "A yearly rule with several months needs BYMONTHDAY or BYDAY.",
        ),
        (
            rule.frequency == "MONTHLY" and rule.interval > 1 and rule.by_month,
            "A monthly rule with an interval takes no BYMONTH.",
        ),
        (not _can_happen(rule), "No month that this rule can reach has such a day."),
    )
    for is_unsound, sentence in refusals:
        if is_unsound:
            raise BadRecurrence(sentence)


def _can_happen(rule: Rule) -> bool:
    """Whether some date meets the rule from any start on. A fifth weekday counts as the 29th day it needs."""
    days = [abs(day) for day in rule.by_month_day] or [29 if abs(n) == 5 else 1 for n, _ in rule.by_day] or [1]
    if rule.frequency == "MONTHLY" and rule.interval % 12 == 0:
        return min(days) <= 28
    lengths = [LONGEST_MONTH[month - 1] for month in rule.by_month or range(1, 13)]
    if rule.interval > 1 and rule.by_month == (2,):
        lengths = [28]
    return min(days) <= max(lengths)


def first_occurrence(rule: Rule, on_or_after: date) -> date | None:
    """The date from which a new series starts: the first that meets the rule, whatever its interval."""
    return next_occurrence(str(replace(rule, interval=1)), on_or_after - timedelta(days=1), on_or_after)


def next_occurrence(rrule: str, after: date, start: date, *, week_start: int = 0) -> date | None:
    """The first date later than `after` on which the rule happens, or None when it is over.

    `start` anchors intervals and counts; it is an occurrence itself only if it meets the rule. A bare monthly or yearly
    rule that starts on a day which some months lack (31st, 29 February) takes their last day instead, as people expect;
    iCalendar would skip them. `week_start` (Monday 0) matters to "every 2 weeks" on several weekdays.
    """
    rule = read(rrule)
    found = _dateutil(rule, start, week_start).after(_midnight(after), inc=False)
    return found.date() if found else None


def _dateutil(rule: Rule, start: date, week_start: int) -> dateutil_rrule.rrule:
    months, month_days, position = rule.by_month, rule.by_month_day, None
    if rule.frequency in {"MONTHLY", "YEARLY"} and not month_days and not rule.by_day:
        if rule.frequency == "YEARLY":
            months = months or (start.month,)
        month_days = tuple(range(28, start.day + 1)) or (start.day,)
        position = -1
    return dateutil_rrule.rrule(
        _DATEUTIL[rule.frequency],
        dtstart=_midnight(start),
        interval=rule.interval,
        wkst=week_start,
        count=rule.count,
        until=_midnight(rule.until) if rule.until else None,
        bymonth=months or None,
        bymonthday=month_days or None,
        byweekday=[dateutil_rrule.weekday(day, ordinal or None) for ordinal, day in rule.by_day] or None,
        bysetpos=position,
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - dateutil counts dates as naive datetimes


def words(rrule: str) -> str:
    """The rule as people say it: "every Monday and Wednesday". Raises `BadRecurrence`."""
    rule = read(rrule)
    return _pattern(rule) + _ending(rule)


def _pattern(rule: Rule) -> str:
    every = _every(UNITS[rule.frequency], rule.interval)
    months = joined([MONTH_NAMES[month - 1] for month in rule.by_month])
    if rule.frequency == "YEARLY":
        if rule.by_month_day and not rule.by_day and min(rule.by_month_day) > 0:
            return f"{every} on {joined([str(day) for day in rule.by_month_day])} {months}"
        on = _days(rule)
        return every + (f" on {on} of {months}" if on else f" in {months}" if months else "")
    if rule.by_day and rule.frequency in {"DAILY", "WEEKLY"} and not rule.by_month_day:
        days = _week(rule)
        pattern = f"every {days}" if rule.interval == 1 else f"{every} on {days}"
        if rule.interval == 2 and rule.frequency == "WEEKLY":
            pattern = f"every other {days}"
    else:
        on = _days(rule)
        pattern = every + (f" on {on}" if on else "")
    return pattern + (f" in {months}" if months else "")


def _every(unit: str, interval: int) -> str:
    return f"every {unit}" if interval == 1 else f"every {interval} {unit}s"


def _week(rule: Rule) -> str:
    days = [day for _, day in rule.by_day]
    return "weekday" if days == [0, 1, 2, 3, 4] else joined([DAY_NAMES[day] for day in days])


def _days(rule: Rule) -> str:
    """What a month's days are called: "the 1st and 15th", "the first Monday", "Friday the 13th"."""
    numbers = joined([_nth(day) for day in rule.by_month_day])
    if not rule.by_day:
        return numbers
    names = joined([f"the {ORDINALS[n]} {DAY_NAMES[day]}" if n else DAY_NAMES[day] for n, day in rule.by_day])
    return f"{names} {numbers}".strip()


def _nth(day: int) -> str:
    if day < 0:
        return "the last day" if day == -1 else f"the {_suffixed(-day)} to last day"
    return f"the {_suffixed(day)}"


def _suffixed(number: int) -> str:
    suffix = "th" if 11 <= number <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _ending(rule: Rule) -> str:
    if rule.count is not None:
        return ", once" if rule.count == 1 else f", {rule.count:,} times"
    if rule.until is not None:
        return f", until {rule.until.day} {MONTH_NAMES[rule.until.month - 1]} {rule.until.year}"
    return ""
