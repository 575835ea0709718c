"""How much work following a rule is, before anybody begins it.

The libraries count from the first occurrence on, as often as the rule says: a rule by the second, or one that meets no
date at all ("30 February"), would keep them busy for minutes. So a series without a COUNT is counted from shortly
before the window, and one that still takes too many steps, or never happens, is left out by whoever expands it.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import icalendar
from dateutil import rrule as dateutil_rrule
from icalendar import Component
from recurring_ical_events import EventAdapter
from recurring_ical_events.util import convert_to_datetime

MAX_STEPS = 50_000
UNITS = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
    "MONTHLY": timedelta(days=30),
    "YEARLY": timedelta(days=365),
}
MONTHS = {"MONTHLY": 1, "YEARLY": 12}
# A year is looked through day by day to find its dates: what that costs, measured in dates that are found.
WEIGHTS = {"MONTHLY": 3, "YEARLY": 25}
DAY_FILTERS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS", "BYEASTER")
CLOCK_FILTERS = ("BYHOUR", "BYMINUTE", "BYSECOND")
MARGIN = timedelta(days=2)
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
CYCLE = 400
"""After so many years the calendar repeats, weekdays and leap years included."""


def rules(event: Component) -> list[icalendar.vRecur]:
    found = event.get("RRULE")
    return found if isinstance(found, list) else [found] if found else []


def moved_up(events: Sequence[Component], window: datetime) -> list[Component]:
    """The events of one UID as if the series had begun shortly before `window`, where that changes nothing from there.

    Only times are moved, by whole intervals of wall clock; exceptions keep their dates.
    """
    if any("RANGE" in event["RECURRENCE-ID"].params for event in events if "RECURRENCE-ID" in event):
        return list(events)
    return [event if "RECURRENCE-ID" in event else _moved_up(event, window) for event in events]


def _moved_up(event: Component, window: datetime) -> Component:
    series = rules(event)
    rule = series[0] if len(series) == 1 else icalendar.vRecur()
    if not rule or "COUNT" in rule or "BYSETPOS" in rule or "RDATE" in event:
        return event
    adapter = EventAdapter(event)
    until = min(_wall(window), _wall(rule["UNTIL"][0])) if "UNTIL" in rule else _wall(window)
    by = _whole_intervals(rule, adapter.raw_start, until - MARGIN - adapter.duration)
    if not by:
        return event
    moved: Any = event.copy()
    for name in ("DTSTART", "DTEND"):
        if name in event:
            moved[name] = icalendar.vDDDTypes(moved[name].dt + by)
    return moved


def _whole_intervals(rule: icalendar.vRecur, start: date, target: datetime) -> timedelta:
    """How far a rule that began at `start` may begin later, at `target` at the latest: whole intervals, or nothing."""
    first, interval = _wall(start), _interval(rule)
    if rule["FREQ"][0] in MONTHS:
        return _whole_months(first, MONTHS[rule["FREQ"][0]] * interval, target)
    step = UNITS[rule["FREQ"][0]] * interval
    by = max(timedelta(0), (target - first) // step * step)
    return by if isinstance(start, datetime) or not by % ONE_DAY else timedelta(0)


def _whole_months(first: datetime, step: int, target: datetime) -> timedelta:
    """The last multiple of `step` months before `target` whose month has that day."""
    most = ((target.year - first.year) * 12 + target.month - first.month - 1) // step
    for times in range(most, max(0, most - CYCLE), -1):
        months = first.year * 12 + first.month - 1 + times * step
        with suppress(ValueError):
            return first.replace(year=months // 12, month=months % 12 + 1) - first
    return timedelta(0)


def steps(event: Component, end: datetime) -> int:
    """How many steps following the event's rules up to `end` takes, roughly."""
    first = _wall(EventAdapter(event).start)
    return sum(_steps_of(rule, first, _wall(end)) for rule in rules(event))


def _steps_of(rule: icalendar.vRecur, first: datetime, end: datetime) -> int:
    end = min(end, _wall(rule["UNTIL"][0])) if "UNTIL" in rule else end
    step = _step(rule)
    has_filters = any(name in rule for name in DAY_FILTERS)
    if has_filters and step < ONE_DAY:
        # Behind the window it goes on, one by one, to a day that is wanted.
        end += ONE_WEEK
    periods = max(0, (end - first) // step)
    times = math.prod(len(rule.get(name, [0])) for name in CLOCK_FILTERS)
    found = periods * _most_dates(rule) * times
    if "COUNT" in rule:
        found = min(found, int(rule["COUNT"][0]))
        periods = periods if has_filters else found
    return found + periods * WEIGHTS.get(rule["FREQ"][0], int(has_filters))


def _most_dates(rule: icalendar.vRecur) -> int:
    """At most so many dates are in one period: as its sparest filter lets through."""
    frequency = rule["FREQ"][0]
    widths = {
        "YEARLY": {"BYDAY": 53, "BYMONTHDAY": 12, "BYMONTH": 31, "BYYEARDAY": 1, "BYWEEKNO": 7, "BYEASTER": 1},
        "MONTHLY": {"BYDAY": 5, "BYMONTHDAY": 1, "BYYEARDAY": 1},
        "WEEKLY": {"BYDAY": 1},
    }.get(frequency, {})
    return min([len(rule[name]) * width for name, width in widths.items() if name in rule], default=1)


def way_to_a_date(event: Component) -> int | None:
    """How many steps lie between two dates at the most, for rules with filters; None if one meets no date, ever.

    Looked for where the calendar ends, so the way is short. Raises `ValueError` for a rule that is too fine to walk.
    """
    total = 0
    for rule in rules(event):
        if _step(rule) < ONE_DAY and any(name in rule for name in DAY_FILTERS if name != "BYDAY"):
            raise ValueError("It would be walked second by second, perhaps for years.")
        if _is_intricate(rule):
            steps_to_date = _steps_to_a_date(rule, EventAdapter(event).start)
            if steps_to_date is None:
                return None
            total += steps_to_date
    return total


def _is_intricate(rule: icalendar.vRecur) -> bool:
    """One plain filter always meets a date; several, or one with a number of its own, may not."""
    filters = [name for name in DAY_FILTERS if name in rule]
    is_stepping = _interval(rule) > 1
    return len(filters) > 1 or bool(filters and (is_stepping or filters[0] not in {"BYMONTH", "BYMONTHDAY", "BYDAY"}))


def _steps_to_a_date(rule: icalendar.vRecur, start: date) -> int | None:
    endless: Any = icalendar.vRecur({name: value for name, value in rule.items() if name not in {"COUNT", "UNTIL"}})
    first = _wall(start)
    late = first.replace(year=first.year + (9_950 - first.year) // CYCLE * CYCLE)
    found = next(iter(dateutil_rrule.rrulestr(endless.to_ical().decode(), dtstart=late)), None)
    return None if found is None else (found - late) // _step(rule) * WEIGHTS.get(rule["FREQ"][0], 1)


def _interval(rule: icalendar.vRecur) -> int:
    return int(rule.get("INTERVAL", [1])[0])


def _step(rule: icalendar.vRecur) -> timedelta:
    return UNITS[rule["FREQ"][0]] * _interval(rule)


def _wall(at: date) -> datetime:
    naive: datetime = convert_to_datetime(at, None)
    return naive
