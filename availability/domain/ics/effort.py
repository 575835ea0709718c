"""How much work following a rule is, before anybody begins it.

The libraries count from the first occurrence on, as often as the rule says: a rule by the second, or one that meets no
date at all ("30 February"), would keep them busy for minutes. So a series without a COUNT is counted from shortly
before the window, and one that still takes too many steps, or never happens, is left out by whoever expands it.

A step is what looking at one day takes, some microseconds.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import icalendar
from dateutil import rrule as dateutil_rrule
from icalendar import Component
from recurring_ical_events import EventAdapter
from recurring_ical_events.util import convert_to_datetime

MAX_STEPS = 50_000
STEPS_TO_NEVER = 150_000
"""What finding out takes that a rule meets no date."""
READ_AHEAD = 10
"""So many dates more than it is asked for are looked for by `dateutil`."""
UNITS = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
    "MONTHLY": timedelta(days=30),
    "YEARLY": timedelta(days=365),
}
STEPS = {"WEEKLY": 4, "MONTHLY": 20, "YEARLY": 200}
"""What a longer interval takes."""
STEPS_TO_BEGIN = 200
MONTHS = {"MONTHLY": 1, "YEARLY": 12}
MOST_TRIES = 8
"""So many years apart are two 29ths of February at most."""
DAY_FILTERS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS", "BYEASTER")
CLOCK_FILTERS = ("BYHOUR", "BYMINUTE", "BYSECOND")
MARGIN = timedelta(days=2)
CYCLE = 400
"""After so many years the calendar repeats, weekdays and leap years included."""


def rules(event: Component) -> list[icalendar.vRecur]:
    found = event.get("RRULE")
    return found if isinstance(found, list) else [found] if found else []


def is_over(events: Sequence[Component], window: datetime) -> bool:
    """Whether every date of the series lies before `window`, so that nothing of it need be followed."""
    return all(_ends_before(event, window) for event in events)


def _ends_before(event: Component, window: datetime) -> bool:
    series = rules(event)
    if "RDATE" in event or _shifts_others(event) or any("UNTIL" not in rule for rule in series):
        return False
    adapter = EventAdapter(event)
    last = max([_wall(adapter.start), *(_wall(rule["UNTIL"][0]) for rule in series)])
    return last < _wall(window) - MARGIN - adapter.duration


def _shifts_others(event: Component) -> bool:
    return "RECURRENCE-ID" in event and "RANGE" in event["RECURRENCE-ID"].params


def moved_up(events: Sequence[Component], window: datetime) -> list[Component]:
    """The events of one UID as if the series had begun shortly before `window`, where that changes nothing from there.

    Only times are moved, by whole intervals of wall clock; exceptions keep their dates.
    """
    if any(map(_shifts_others, events)):
        return list(events)
    return [event if "RECURRENCE-ID" in event else _moved_up(event, window) for event in events]


def _moved_up(event: Component, window: datetime) -> Component:
    series = rules(event)
    rule: Any = series[0] if len(series) == 1 else {}
    if not rule or "COUNT" in rule or "BYSETPOS" in rule or "RDATE" in event:
        return event
    adapter = EventAdapter(event)
    first = _wall(adapter.start)
    target = (
        min(_wall(window), _wall(rule["UNTIL"][0]) if "UNTIL" in rule else _wall(window)) - MARGIN - adapter.duration
    )
    later = _whole_intervals(rule, first, target)
    if later <= timedelta() or (not isinstance(adapter.raw_start, datetime) and later % timedelta(days=1)):
        return event
    moved: Any = event.copy()
    for name in ("DTSTART", "DTEND"):
        if name in event:
            moved[name] = icalendar.vDDDTypes(moved[name].dt + later)
    return moved


def _whole_intervals(rule: icalendar.vRecur, first: datetime, target: datetime) -> timedelta:
    """How much of the time from `first` to `target` is a whole number of the rule's intervals."""
    frequency, interval = rule["FREQ"][0], int(rule.get("INTERVAL", [1])[0])
    if frequency not in MONTHS:
        step = UNITS[frequency] * interval
        return (target - first) // step * step
    step_months = MONTHS[frequency] * interval
    most = ((target.year - first.year) * 12 + target.month - first.month - 1) // step_months
    for steps in range(most, max(0, most - MOST_TRIES), -1):
        year, month = divmod(first.month - 1 + steps * step_months, 12)
        if first.day <= monthrange(first.year + year, month + 1)[1]:
            return first.replace(year=first.year + year, month=month + 1) - first
    return timedelta()


def steps(event: Component, end: datetime) -> int:
    """How many steps following the event's rules up to `end` takes, roughly."""
    first = _wall(EventAdapter(event).start)
    return sum(STEPS_TO_BEGIN + _steps(rule, _wall(end) - first) for rule in rules(event))


def _steps(rule: icalendar.vRecur, time: timedelta) -> int:
    frequency = rule["FREQ"][0]
    times = 1
    for name in CLOCK_FILTERS:
        times *= len(rule.get(name, [0]))
    periods = max(0, time // (UNITS[frequency] * int(rule.get("INTERVAL", [1])[0])))
    if "COUNT" in rule and not any(name in rule for name in DAY_FILTERS + CLOCK_FILTERS):
        periods = min(periods, int(rule["COUNT"][0]))
    return periods * STEPS.get(frequency, 1) * times


def steps_to_a_date(event: Component) -> int | None:
    """How many steps the event's rules take to one of their dates; None if one of them meets no date, ever.

    Looked for where the calendar ends, so that the way is short.
    """
    total = 0
    for rule in filter(_is_intricate, rules(event)):
        start = _near_the_end(EventAdapter(event).start)
        endless: Any = icalendar.vRecur({name: value for name, value in rule.items() if name not in {"COUNT", "UNTIL"}})
        found = next(iter(dateutil_rrule.rrulestr(endless.to_ical().decode(), dtstart=start)), None)
        if found is None:
            return None
        # Whatever its interval is, no day is passed over without a look.
        total += max((found - start).days, _steps(endless, found - start))
    return total


def _near_the_end(at: date) -> datetime:
    first = _wall(at)
    return first.replace(year=first.year + (9_950 - first.year) // CYCLE * CYCLE)


def _is_intricate(rule: icalendar.vRecur) -> bool:
    """One plain filter always meets a date; several, or one with a number of its own, may not."""
    filters = [name for name in DAY_FILTERS if name in rule]
    is_stepping = int(rule.get("INTERVAL", [1])[0]) > 1
    return len(filters) > 1 or bool(filters and (is_stepping or filters[0] not in {"BYMONTH", "BYMONTHDAY", "BYDAY"}))


def _wall(at: date) -> datetime:
    naive: datetime = convert_to_datetime(at, None)
    return naive
