"""Working hours: weekly rules and date overrides turned into windows of time.

Rules are wall clock in the zone that holds on their date (a traveller's zone changes from a date on). A window
whose end is at or before its start ends on the next date. Everything returned is whole minutes since the epoch,
half-open, sorted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from timeflow.lib.time import edge, minutes_since_epoch

Span = tuple[int, int]
ZoneOn = Callable[[date], ZoneInfo]
WeeklyRules = Mapping[int, Sequence[Span]]
DateOverrides = Mapping[date, Sequence[Span]]

ONE_DAY = timedelta(days=1)


def edge_minutes(day: date, minute: int, zone_on: ZoneOn) -> int:
    """`edge` in minutes since the epoch, by the zone that holds on `day`."""
    return minutes_since_epoch(edge(day, minute, zone_on(day)))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The union of `spans`, sorted, with overlapping and touching ones joined and empty ones left out."""
    union: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if union and start <= union[-1][1]:
            if end > union[-1][1]:
                union[-1] = (union[-1][0], end)
        else:
            union.append((start, end))
    return union


def windows_on(day: date, rules: WeeklyRules, overrides: DateOverrides, zone_on: ZoneOn) -> list[Span]:
    """The merged windows that belong to `day`: its override if there is one (empty = off), else its weekday's rules.

    `rules` maps 0 (Monday) to 6 to (start, end) in minutes of the day, 0..1440. What reaches into the next date is
    cut at that date's first instant when the next date has an override.
    """
    tomorrow = day + ONE_DAY
    cut = edge_minutes(tomorrow, 0, zone_on) if tomorrow in overrides else None
    spans = []
    for start, end in overrides.get(day, rules.get(day.weekday(), ())):
        first = edge_minutes(day, start, zone_on)
        last = edge_minutes(day if end > start else tomorrow, end, zone_on)
        spans.append((first, last if cut is None else min(last, cut)))
    return merged(spans)


def windows(first: date, last: date, rules: WeeklyRules, overrides: DateOverrides, zone_on: ZoneOn) -> list[Span]:
    """The union of the windows that belong to the dates `first`..`last`, both included."""
    spans: list[Span] = []
    day = first
    while day <= last:
        spans += windows_on(day, rules, overrides, zone_on)
        day += ONE_DAY
    return merged(spans)
