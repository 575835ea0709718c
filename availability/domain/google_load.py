"""What a person costs in calls to Google, as counted, and what follows for many: how much of each limit they use. Pure.

Google's limits are counted in units, of which a PATCH takes three (`UNITS`), all else one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from availability.domain.quota import UNITS, USED, Lane

MINUTES = 24 * 60
PEAK = 4.0
"""The busiest minute against the average one. What people do lies within ten hours, which alone makes it 2.4."""


class Sort(StrEnum):
    """How much somebody does in a day; scheduling/tests/google_day/habits.py says what."""

    QUIET = "quiet"
    USUAL = "usual"
    BUSY = "busy"
    AWAY = "away"
    """Has not come for a week."""


BySort = tuple[float, float, float, float]
Table = Mapping[tuple[Lane, str], BySort]
"""Calls of a person on a day, by lane and kind: of a quiet, a usual and a busy one, and of one who stays away."""
MIX: BySort = (0.3, 0.5, 0.2, 0.0)
"""How many of a hundred people are of each sort: assumed, until CallCount says what real ones do."""
# Both tables, and the two below, are printed by `script/bench google-day`; a test plays a day against them.
WITH_PUSH: Table = {
    (Lane.CLICK, "insert_event"): (2.0, 5.0, 9.0, 0.0),
    (Lane.CLICK, "list_calendars"): (0.9, 1.3, 4.0, 0.9),
    (Lane.CLICK, "list_events"): (0.0, 3.0, 20.0, 0.0),
    (Lane.CLICK, "update_event"): (0.3, 7.0, 21.9, 0.0),
    (Lane.CLICK, "watch"): (0.0, 0.1, 0.1, 0.0),
    (Lane.PUSH, "list_events"): (3.3, 15.3, 50.7, 8.0),
    (Lane.PUSH, "watch"): (0.0, 0.0, 0.2, 0.2),
    (Lane.SAFETY, "list_events"): (10.1, 11.6, 16.3, 1.4),
    (Lane.SAFETY, "stop_watching"): (0.2, 0.3, 0.8, 0.3),
    (Lane.SAFETY, "watch"): (0.2, 0.2, 0.5, 0.1),
}
WITHOUT_PUSH: Table = {
    (Lane.CLICK, "insert_event"): (2.0, 5.0, 9.0, 0.0),
    (Lane.CLICK, "list_calendars"): (0.5, 1.0, 4.0, 0.5),
    (Lane.CLICK, "list_events"): (0.0, 3.0, 20.5, 0.0),
    (Lane.CLICK, "update_event"): (0.5, 9.5, 26.5, 0.0),
    (Lane.PUSH, "list_events"): (0.0, 0.5, 3.0, 0.0),
    (Lane.SAFETY, "list_events"): (185.0, 277.0, 450.0, 18.5),
    (Lane.SAFETY, "watch"): (1.0, 1.5, 2.5, 1.5),
}
JOINING = (15, 45, 71, 16)
"""Units of connecting an account."""
BUSIEST = (4, 10, 22, 2)
"""Units of one person in their busiest minute, once connected."""


def by_sort(table: Table, units: Mapping[str, int] | None = None) -> BySort:
    """Calls of a day of each sort; with `units` what they take of them."""
    of = units or {}
    rows = [[of.get(kind, 1) * number for number in numbers] for (_, kind), numbers in table.items()]
    quiet, usual, busy, away = (sum(column) for column in zip(*rows, strict=True))
    return quiet, usual, busy, away


def mean(numbers: Sequence[float]) -> float:
    """Of a person of whom one does not know the sort."""
    return sum(part * number for part, number in zip(MIX, numbers, strict=True))


def by_lane(table: Table) -> dict[Lane, float]:
    """Units of an average person on a day, the most urgent first."""
    found = dict.fromkeys(Lane, 0.0)
    for (lane, kind), numbers in table.items():
        found[lane] += UNITS.get(kind, 1) * mean(numbers)
    return found


@dataclass(frozen=True)
class Limits:
    """What Google grants, in units: to the project in a minute and in a day, to an account in a minute."""

    minute: float
    day: float
    user: float


@dataclass(frozen=True)
class Load:
    """What `people` ask of Google: `calls` and `units` on a day, and units in an average and in the busiest minute."""

    people: int
    calls: float
    units: float
    minute: float
    busiest: float
    held_back: Mapping[Lane, float]
    """The part of a lane that has to wait in the busiest minute, or all day if it is more: lanes of which any does."""


def load(people: int, *, peak: float, table: Table, limits: Limits) -> Load:
    each = by_lane(table)
    day = people * sum(each.values())
    held = dict.fromkeys(Lane, 0.0)
    for room, share in ((USED * limits.minute, peak / MINUTES), (USED * limits.day, 1.0)):
        left = room
        for lane, number in each.items():
            wanted = people * number * share
            let = min(wanted, left)
            left -= let
            if wanted:
                held[lane] = max(held[lane], 1 - let / wanted)
    return Load(
        people=people,
        calls=people * mean(by_sort(table)),
        units=day,
        minute=day / MINUTES,
        busiest=day / MINUTES * peak,
        held_back={lane: part for lane, part in held.items() if part > 0},
    )


def most_people(*, peak: float, table: Table, limits: Limits) -> tuple[int, int]:
    """So many may be there before anything has to wait: for the minute's limit, and for the day's."""
    day = sum(by_lane(table).values())
    return math.floor(USED * limits.minute * MINUTES / (day * peak)), math.floor(USED * limits.day / day)


def to_ask_for(found: Load, limits: Limits) -> float:
    """The limit a minute that would let all pass, in whole thousands; the present one if that is enough."""
    return max(limits.minute, math.ceil(found.busiest / USED / 1_000) * 1_000)
