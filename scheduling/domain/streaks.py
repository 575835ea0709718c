"""Streaks of habits, that follow their own weekdays and their own times a week.

A habit that is meant for each of its weekdays (times a week = number of weekdays) counts those days in a row: one for
Monday to Friday goes over the weekend unbroken. Any other habit counts weeks in a row in which it was done as often as
meant. What is not over never breaks a streak: today still may be done, and this week still may be filled; once done
they count at once. A check counts on whatever day it was made, so one made up for at the weekend fills its week.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from timeflow.lib.time import first_weekday_on_or_before

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Streak:
    """`current` and `best` in `unit`s; `done_this_week` may be more than `target`."""

    unit: Literal["day", "week"]
    current: int
    best: int
    done_this_week: int
    target: int


def streak(
    checks: Collection[date], *, weekdays: Collection[int], times_per_week: int, week_start: int, today: date
) -> Streak:
    """The streak of a habit that was done on the local dates `checks`; dates after today do not count.

    `weekdays` are the eligible ones (Monday 0; none means all) and `week_start` is the first day of a week.
    """
    done = {on for on in checks if on <= today}
    eligible = frozenset(weekdays) or frozenset(range(7))
    target = min(times_per_week, len(eligible))
    week = first_weekday_on_or_before(today, week_start)
    is_daily = target == len(eligible)
    if is_daily:
        hits = [(on in done, on == today) for on in _days(min(done, default=today), today) if on.weekday() in eligible]
    else:
        hits = _weeks(done, target, first_weekday_on_or_before(min(done, default=today), week_start), week)
    runs = list(_runs(hits))
    return Streak(
        unit="day" if is_daily else "week",
        current=runs[-1] if runs else 0,
        best=max(runs, default=0),
        done_this_week=sum(on >= week for on in done),
        target=target,
    )


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def _weeks(done: set[date], target: int, first: date, last: date) -> list[tuple[bool, bool]]:
    """(filled, still open) of each week from the one that begins on `first` to the one on `last`."""
    weeks = [first + WEEK * number for number in range((last - first).days // 7 + 1)]
    counts = dict.fromkeys(weeks, 0)
    for on in done:
        counts[first + WEEK * ((on - first).days // 7)] += 1
    return [(counts[week] >= target, week == last) for week in weeks]


def _runs(hits: list[tuple[bool, bool]]) -> Iterator[int]:
    """Lengths of the runs of hits so far, one for each place; an open miss leaves the run as it is."""
    length = 0
    for is_hit, is_open in hits:
        length = length + 1 if is_hit else length if is_open else 0
        yield length
