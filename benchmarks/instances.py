"""Seeded calendars and task lists of the kind that the planner's figures are measured on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from scheduling.domain.planner import Problem, Settings, TaskInput, build_problem
from timeflow.lib.time import zone

BERLIN = zone("Europe/Berlin")
NOW = datetime(2026, 5, 4, 6, tzinfo=UTC)  # a Monday, 08:00 on the wall; no clock changes in the weeks after
HOURS = {weekday: [(540, 1020)] for weekday in range(5)}
STEP = 15


def instance(seed: int, *, tasks: int, weeks: int, load: float, plain: bool = False, effort: str = "full") -> Problem:
    """5 to 8 events of 15 to 60 minutes each working day and `tasks` tasks whose minutes are `load` x the free time.

    `plain` leaves splitting and dependencies out: the variant for which a bound can be proven. Every time is a
    multiple of 15 minutes, so some cheapest plan of the plain variant lies on that lattice.
    """
    rng = Random(f"{seed}/{tasks}/{weeks}")
    events = _events(rng, weeks)
    free = weeks * 5 * 480 - sum(int((end - start).total_seconds()) // 60 for start, end in events)
    minutes = _minutes(rng, tasks, int(free * load))
    rows = [_task(rng, number, minutes[number], weeks) for number in range(tasks)]
    if plain:
        rows = [replace(row, splittable=False, depends_on=()) for row in rows]
    return build_problem(
        zone_on=lambda _: BERLIN,
        now=NOW,
        horizon_end=NOW - timedelta(hours=8) + timedelta(weeks=weeks),
        hours=HOURS,
        events=events,
        tasks=rows,
        settings=Settings(effort=effort, seed=seed),  # type: ignore[arg-type]
    )


def _events(rng: Random, weeks: int) -> list[tuple[datetime, datetime]]:
    """Meetings that do not overlap, on quarters of an hour."""
    events = []
    for day in range(weeks * 7):
        if day % 7 > 4:
            continue
        morning = NOW + timedelta(days=day, hours=1)
        taken: set[int] = set()
        for _ in range(rng.randint(5, 8)):
            length = rng.randint(1, 4)
            starts = [slot for slot in range(33 - length) if not taken & set(range(slot, slot + length))]
            if starts:
                slot = rng.choice(starts)
                taken |= set(range(slot, slot + length))
                start = morning + timedelta(minutes=slot * STEP)
                events.append((start, start + timedelta(minutes=length * STEP)))
    return events


def _minutes(rng: Random, tasks: int, total: int) -> list[int]:
    """Lengths of 15 to 240 minutes, mostly 15 to 60, scaled to a total."""
    raw = [rng.choice((15, 30, 30, 45, 60)) if rng.random() < 0.85 else rng.randint(75, 240) for _ in range(tasks)]
    low, high = 0.0, 20.0
    for _ in range(40):
        middle = (low + high) / 2
        if sum(_length(value * middle) for value in raw) < total:
            low = middle
        else:
            high = middle
    return [_length(value * low) for value in raw]


def _length(minutes: float) -> int:
    return min(240, max(STEP, round(minutes / STEP) * STEP))


def _task(rng: Random, number: int, minutes: int, weeks: int) -> TaskInput:
    due: datetime | None = None
    kind = "soft"
    draw = rng.random()
    if draw < 0.05:
        due = NOW - timedelta(days=rng.randint(0, 5), minutes=15)
    elif draw < 0.05 + 2 / 3:
        day = rng.choice([day for day in range(weeks * 7) if day % 7 < 5])
        due = NOW + timedelta(days=day, hours=rng.choice((4, 9)))
        kind = "hard" if rng.random() < 0.1 else "soft"
    earliest = None
    if rng.random() < 0.15:
        earliest = NOW + timedelta(days=rng.randint(0, weeks * 3), hours=1)
        if due is not None and due > NOW:
            earliest = min(earliest, NOW + (due - NOW) // (2 * timedelta(days=1)) * timedelta(days=1))
    depends = (f"t{rng.randrange(number):04}",) if number and rng.random() < 0.15 else ()
    return TaskInput(
        id=f"t{number:04}",
        minutes=minutes,
        priority=rng.randint(1, 4),
        due=due,
        due_kind=kind,
        earliest_start=earliest,
        splittable=minutes >= 90,
        depends_on=depends,
    )
