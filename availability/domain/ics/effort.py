"""How much work following a rule is, before anybody begins it.

The libraries count from the first occurrence on, as often as the rule says: a rule by the second, or one that meets no
date at all ("30 February"), would keep them busy for minutes. So a series without a COUNT is counted from shortly
before the window, and one that still takes too many steps, or never happens, is left out by whoever expands it.
"""

from collections.abc import Sequence
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
MOVABLE = frozenset({"SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY"})
DAY_FILTERS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS", "BYEASTER")
CLOCK_FILTERS = ("BYHOUR", "BYMINUTE", "BYSECOND")
MARGIN = timedelta(days=2)
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
    rule = series[0] if len(series) == 1 else {}
    frequency = rule.get("FREQ", [""])[0]
    if frequency not in MOVABLE or "COUNT" in rule or "BYSETPOS" in rule or "RDATE" in event:
        return event
    adapter = EventAdapter(event)
    step = UNITS[frequency] * int(rule.get("INTERVAL", [1])[0])
    first = _wall(adapter.start)
    target = (
        min(_wall(window), _wall(rule["UNTIL"][0]) if "UNTIL" in rule else _wall(window)) - MARGIN - adapter.duration
    )
    steps = (target - first) // step
    if steps < 1 or (not isinstance(adapter.raw_start, datetime) and (step * steps) % timedelta(days=1)):
        return event
    moved: Any = event.copy()
    for name in ("DTSTART", "DTEND"):
        if name in event:
            moved[name] = icalendar.vDDDTypes(moved[name].dt + step * steps)
    return moved


def steps(event: Component, end: datetime) -> int:
    """How many steps following the event's rules up to `end` takes, roughly."""
    first = _wall(EventAdapter(event).start)
    total = 0
    for rule in rules(event):
        step = UNITS[rule["FREQ"][0]] * int(rule.get("INTERVAL", [1])[0])
        times = 1
        for name in CLOCK_FILTERS:
            times *= len(rule.get(name, [0]))
        periods = max(0, (_wall(end) - first) // step)
        total += min(periods, int(rule["COUNT"][0]) if "COUNT" in rule else periods) * times
    return total


def never_happens(event: Component) -> bool:
    """Whether one of the event's rules meets no date, ever; looked for where the calendar ends, so the way is short."""
    return any(_is_intricate(rule) and not _meets_a_date(rule, EventAdapter(event).start) for rule in rules(event))


def _is_intricate(rule: icalendar.vRecur) -> bool:
    """One plain filter always meets a date; several, or one with a number of its own, may not."""
    filters = [name for name in DAY_FILTERS if name in rule]
    is_stepping = int(rule.get("INTERVAL", [1])[0]) > 1
    return len(filters) > 1 or bool(filters and (is_stepping or filters[0] not in {"BYMONTH", "BYMONTHDAY", "BYDAY"}))


def _meets_a_date(rule: icalendar.vRecur, start: date) -> bool:
    endless: Any = icalendar.vRecur({name: value for name, value in rule.items() if name not in {"COUNT", "UNTIL"}})
    first = _wall(start)
    late = first.replace(year=first.year + (9_950 - first.year) // CYCLE * CYCLE)
    found = dateutil_rrule.rrulestr(endless.to_ical().decode(), dtstart=late)
    return next(iter(found), None) is not None


def _wall(at: date) -> datetime:
    naive: datetime = convert_to_datetime(at, None)
    return naive
