"""When calendars are busy, worked out here from their events: for servers that do not say it themselves."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from availability.domain import ics
from availability.gateways.faults import Unsound
from availability.gateways.provider import Span


def occupied(series: Iterable[ics.Series], start: datetime, end: datetime, zone: ZoneInfo) -> list[Span]:
    """Within [start, end), in order, apart from each other. `zone` is the clock of all-day and floating events.

    A series that cannot be followed is left out, as it is where calendars are mirrored. Raises `Unsound` if there are
    too many occurrences to look at.
    """
    expansion = ics.expand(series, start, end, lambda _day: zone)
    if expansion.is_cut:
        raise Unsound
    return merged(((each.starts_at, each.ends_at) for each in expansion.occurrences if each.is_busy), start, end)


def merged(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """The time that `spans` cover within [start, end)."""
    found: list[Span] = []
    for one in sorted((max(begun, start), min(ended, end)) for begun, ended in spans):
        if one[0] >= one[1]:
            continue
        if found and one[0] <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], one[1]))
        else:
            found.append(one)
    return found
