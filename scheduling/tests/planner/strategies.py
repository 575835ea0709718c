"""Random planning problems in zones and on dates where clocks change."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from scheduling.domain.planner import HabitInput, Problem, Settings, TaskInput, build_problem, can_be_split
from timeflow.lib.time import edge

# How many problems each promise is tried on; PLANNER_EXAMPLES=1000 looks harder.
problems = settings(
    max_examples=int(os.environ.get("PLANNER_EXAMPLES", "20")), suppress_health_check=[HealthCheck.too_slow]
)

# A date shortly before something happens to the clock, or an ordinary one.
PLACES = [
    ("America/New_York", date(2026, 3, 6)),
    ("America/New_York", date(2026, 10, 30)),
    ("Europe/Berlin", date(2026, 3, 27)),
    ("Europe/Berlin", date(2026, 10, 23)),
    ("Pacific/Apia", date(2011, 12, 28)),
    ("Asia/Kathmandu", date(2026, 5, 4)),
    ("Africa/Cairo", date(2026, 4, 22)),
    ("America/Santiago", date(2026, 9, 4)),
    ("America/Santiago", date(2026, 4, 2)),
    ("Australia/Lord_Howe", date(2026, 4, 3)),
    ("UTC", date(2026, 6, 1)),
]
STILL_PLACES = [place for place in PLACES if place[0] in ("Asia/Kathmandu", "UTC")]
IDS = [f"t{number}" for number in range(8)]


@dataclass
class Draft:
    """The arguments of `build_problem`, easy to vary."""

    zone: ZoneInfo
    now: datetime
    horizon_end: datetime
    hours: dict[int, list[tuple[int, int]]]
    date_overrides: dict[date, list[tuple[int, int]]] = field(default_factory=dict)
    events: list[tuple[datetime, datetime]] = field(default_factory=list)
    tasks: list[TaskInput] = field(default_factory=list)
    habits: list[HabitInput] = field(default_factory=list)
    previous: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    def problem(self, **changes: Any) -> Problem:
        arguments = {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name not in ("zone", "settings")
        }
        settings = {"iterations": 60, **self.settings, **changes.pop("settings", {})}
        zone = self.zone
        return build_problem(**{"zone_on": lambda _: zone, **arguments, "settings": Settings(**settings), **changes})


Draw = Callable[[st.SearchStrategy[Any]], Any]


def minutes(low: int, high: int, step: int = 5) -> st.SearchStrategy[int]:
    return st.integers(low // step, high // step).map(lambda number: number * step)


@st.composite
def drafts(draw: Draw, *, plain: bool = False, most_tasks: int = 6, still: bool = False) -> Draft:
    """`plain`: unsplittable tasks only, without pins, dependencies, habits or previous blocks. `still`: only zones
    whose clocks do not change."""
    name, first = draw(st.sampled_from(STILL_PLACES if still else PLACES))
    zone = ZoneInfo(name)
    days = draw(st.integers(1, 3 if plain else 9))
    start = edge(first, draw(minutes(0, 1380, 7)), zone)
    draft = Draft(
        zone=zone,
        now=start,
        horizon_end=edge(first + timedelta(days=days), draw(st.sampled_from([0, 720, 1440])), zone),
        hours=draw(_hours()),
    )
    if draft.horizon_end <= draft.now:
        draft.horizon_end = draft.now + timedelta(days=1)
    dates = [first + timedelta(days=number) for number in range(days + 1)]
    draft.date_overrides = draw(st.dictionaries(st.sampled_from(dates), st.lists(_span(), max_size=2), max_size=1))
    span = int((draft.horizon_end - draft.now).total_seconds()) // 60
    draft.events = draw(st.lists(_event(draft.now, span), max_size=6))
    ids = IDS[: draw(st.integers(0, most_tasks))]
    draft.tasks = [draw(_task(owner, ids, draft.now, span, plain=plain)) for owner in ids]
    draft.settings = {"grid_minutes": draw(st.sampled_from([5, 15, 30])), "seed": draw(st.integers(0, 3))}
    draft.settings["buffer_minutes"] = draw(st.sampled_from([0, 0, 10]))
    draft.settings["daily_max_minutes"] = draw(st.sampled_from([None, None, 120, 300]))
    if not plain:
        draft.habits = draw(st.lists(_habit("h0", dates, draft.now, span), max_size=1))
        draft.settings["freeze_minutes"] = draw(st.sampled_from([0, 0, 180]))
        draft.settings["week_start"] = draw(st.sampled_from([0, 6]))
        owners = [*ids, *(habit.id for habit in draft.habits)]
        if owners:
            draft.previous = draw(st.lists(_previous(owners, draft.now, span), max_size=4, unique=True))
    return draft


@st.composite
def _span(draw: Draw) -> tuple[int, int]:
    return draw(minutes(0, 1380, 30)), draw(minutes(0, 1440, 30))


@st.composite
def _hours(draw: Draw) -> dict[int, list[tuple[int, int]]]:
    usual = draw(
        st.sampled_from([[(540, 1020)], [(540, 720), (780, 1080)], [(60, 300)], [(1320, 120)], [(0, 1440)], []])
    )
    odd = draw(st.dictionaries(st.integers(0, 6), st.lists(_span(), max_size=2), max_size=2))
    return dict.fromkeys(range(7), usual) | odd


@st.composite
def _event(draw: Draw, now: datetime, span: int) -> tuple[datetime, datetime]:
    start = now + timedelta(minutes=draw(st.integers(-300, span)))
    return start, start + timedelta(minutes=draw(st.integers(0, 400)))


def _moments(now: datetime, low: int, high: int) -> st.SearchStrategy[Any]:
    instants = minutes(low, high, 15).map(lambda number: now + timedelta(minutes=number))
    return st.one_of(st.none(), instants, instants.map(lambda instant: instant.astimezone(UTC).date()))


@st.composite
def _task(draw: Draw, owner: str, ids: list[str], now: datetime, span: int, *, plain: bool) -> TaskInput:
    length = draw(minutes(10, 200))
    row: dict[str, Any] = {
        "id": owner,
        "minutes": length,
        "priority": draw(st.integers(1, 4)),
        "due": draw(_moments(now, -600, span)),
        "due_kind": draw(st.sampled_from(["soft", "soft", "hard"])),
        "earliest_start": draw(_moments(now, -600, span)),
        "preferred": draw(st.sampled_from([None, None, "morning", "afternoon"])),
    }
    if not plain:
        row["depends_on"] = draw(st.lists(st.sampled_from(ids), max_size=1, unique=True)) if draw(st.booleans()) else []
        smallest, largest = draw(st.sampled_from([(30, 60), (15, 120), (45, 60), (20, 30)]))
        row |= {"min_block": smallest, "max_block": largest}
        row["max_per_day"] = draw(st.sampled_from([None, None, 90]))
        row["splittable"] = draw(st.booleans()) and can_be_split(
            length, smallest, min(largest, row["max_per_day"] or 999)
        )
        row["pinned"] = [draw(_pin(now, span))] if draw(st.integers(0, 5)) == 0 else []
    return TaskInput(**row)


@st.composite
def _pin(draw: Draw, now: datetime, span: int) -> tuple[datetime, datetime]:
    start = now + timedelta(minutes=draw(minutes(-60, span, 15)))
    return start, start + timedelta(minutes=draw(minutes(15, 90, 15)))


@st.composite
def _habit(draw: Draw, owner: str, dates: list[date], now: datetime, span: int) -> HabitInput:
    return HabitInput(
        id=owner,
        minutes=draw(minutes(10, 60)),
        times_per_week=draw(st.integers(1, 7)),
        priority=draw(st.integers(1, 4)),
        preferred=draw(st.sampled_from([None, "morning", "evening"])),
        weekdays=draw(st.sets(st.integers(0, 6), min_size=1)),
        min_days_between=draw(st.integers(0, 2)),
        done=draw(st.lists(st.sampled_from(dates), max_size=1)),
        pinned=[draw(_pin(now, span))] if draw(st.integers(0, 5)) == 0 else [],
    )


@st.composite
def _previous(draw: Draw, owners: list[str], now: datetime, span: int) -> tuple[str, datetime, datetime]:
    start = now.replace(second=0) + timedelta(minutes=draw(minutes(-120, span)))
    return draw(st.sampled_from(owners)), start, start + timedelta(minutes=draw(minutes(15, 120, 15)))
