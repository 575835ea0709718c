"""What the Week page shows: events, blocks, working hours and the proposal, on the person's wall clock.

Times are ISO texts of the wall clock in the zone where the person is on that day, so a traveller's week reads as
they will live it and the page needs no zone data.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import User
from accounts.selectors.zones import zone_at, zone_on
from availability.domain.hours import windows
from availability.models import Event
from availability.selectors import date_overrides, events_between, weekly_hours
from scheduling.models import Block, Plan, Task
from scheduling.selectors.plans import newest_applied, outcome_of, proposal_of
from scheduling.selectors.worked import worked_by_task
from timeflow.lib.time import edge, from_minutes

ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)
LONGEST = timedelta(days=62)


@dataclass(frozen=True)
class Wall:
    """Turns instants into the person's wall clock and back."""

    zones: Any

    def text(self, instant: datetime) -> str:
        return instant.astimezone(zone_at(self.zones, instant)).replace(tzinfo=None).isoformat(timespec="minutes")

    def span(self, start: datetime, end: datetime) -> tuple[str, str]:
        """Where a grid draws [start, end): by its length where the clock goes back and reads earlier at the end."""
        first, last = self.text(start), self.text(end)
        if last <= first:
            last = (datetime.fromisoformat(first) + (end - start)).isoformat(timespec="minutes")
        return first, last

    def instant(self, wall: datetime) -> datetime:
        """The first instant at which the person's clock reads `wall` (naive) or later on that date."""
        return edge(wall.date(), wall.hour * 60 + wall.minute, self.zones(wall.date()))

    def day(self, on: date) -> datetime:
        return edge(on, 0, self.zones(on))


def wall_clock(user: User) -> Wall:
    """One query."""
    return Wall(zone_on(user))


def week_feed(user: User, first: date, until: date, now: datetime) -> dict[str, Any]:
    """Everything on the local dates first..until (exclusive), for at most 62 days. A fixed number of queries."""
    wall = wall_clock(user)
    until = min(until, first + LONGEST)
    start, end = wall.day(first), wall.day(until)
    plan, proposal = newest_applied(user), proposal_of(user)
    events = list(events_between(user, start, end))
    blocks = _blocks(user, start, end)
    return {
        "now": wall.text(now),
        "events": [_event(event, wall) for event in events],
        "blocks": [_block(block, wall, plan, events, now) for block in blocks],
        "hours": _hours(user, first, until, wall),
        "planned": _planned(blocks, wall),
        "proposal": proposal and _proposal(proposal, wall, start, end),
    }


@dataclass(frozen=True)
class AgendaDay:
    """One local date of the week as a list."""

    on: date
    events: list[Event]
    blocks: list[Block]


def agenda(user: User, first: date, until: date, now: datetime) -> list[AgendaDay]:
    """The local dates first..until (exclusive) with what is in them. A fixed number of queries."""
    wall = wall_clock(user)
    events = list(events_between(user, wall.day(first), wall.day(until)))
    blocks = _blocks(user, wall.day(first), wall.day(until))
    days = [first + number * ONE_DAY for number in range((until - first).days)]
    return [
        AgendaDay(
            day,
            [event for event in events if event.starts_at < wall.day(day + ONE_DAY) and event.ends_at > wall.day(day)],
            [block for block in blocks if wall.text(block.event.starts_at)[:10] == day.isoformat()],
        )
        for day in days
    ]


def idle_weekend(user: User, days: list[AgendaDay], proposal: Plan | None) -> list[date]:
    """Days of the weekend without hours and without anything in them: a grid gives their room to the others."""
    wall = wall_clock(user)
    first, until = days[0].on, days[-1].on + ONE_DAY
    used = {start[:10] for start, _ in _hours(user, first, until, wall)}
    used |= {_entry(entry, wall)["start"][:10] for entry in (proposal.blocks if proposal else ())}
    empty = [day.on for day in days if not day.events and not day.blocks and day.on.isoformat() not in used]
    return [on for on in empty if on.isoweekday() > 5]


def not_planned_yet(user: User, now: datetime) -> list[tuple[Task, int]]:
    """Open tasks without a coming block, and the minutes left of each. Two queries."""
    tasks = Task.objects.of(user).open().exclude(blocks__event__ends_at__gt=now).order_by("priority", "id")
    worked = worked_by_task(user, now)
    left = [(task, task.minutes - worked.get(task.pk, 0)) for task in tasks[:200]]
    return [(task, minutes) for task, minutes in left if minutes > 0]


def _blocks(user: User, start: datetime, end: datetime) -> list[Block]:
    blocks = Block.objects.of(user).filter(event__starts_at__lt=end, event__ends_at__gt=start)
    return list(blocks.select_related("event", "task", "habit").order_by("event__starts_at", "id"))


def _event(event: Event, wall: Wall) -> dict[str, Any]:
    start, end = (
        (event.starts_on.isoformat(), event.ends_on.isoformat())
        if event.starts_on and event.ends_on
        else wall.span(event.starts_at, event.ends_at)
    )
    return {
        "id": str(event.pk),
        "title": event.title,
        "start": start,
        "end": end,
        "allDay": event.is_all_day,
        "tint": event.calendar.tint,
        "calendar": event.calendar.name,
        "busy": _blocks_time(event),
        "tentative": event.is_tentative,
        "editable": event.source == Event.Source.OWN,
    }


def _block(block: Block, wall: Wall, plan: Plan | None, events: list[Event], now: datetime) -> dict[str, Any]:
    outcome = outcome_of(plan, str(block.work_id))
    start, end = block.event.starts_at, block.event.ends_at
    first, last = wall.span(start, end)
    return {
        "id": str(block.pk),
        "work": str(block.work_id),
        "title": block.event.title,
        "start": first,
        "end": last,
        "pinned": block.is_pinned,
        "habit": block.habit_id is not None,
        "outcome": block.outcome,
        "done": block.outcome == Block.Outcome.DONE or bool(block.task and block.task.completed_at),
        "over": end <= now,
        "late": bool(outcome and outcome["status"] == "late"),
        "clash": any(event.starts_at < end and event.ends_at > start for event in events if _blocks_time(event)),
    }


def _blocks_time(event: Event) -> bool:
    return event.is_busy and event.calendar.is_busy


def _hours(user: User, first: date, until: date, wall: Wall) -> list[tuple[str, str]]:
    overrides = date_overrides(user, first - 2 * ONE_DAY, until + ONE_DAY)
    spans = windows(first - ONE_DAY, until, weekly_hours(user), overrides, wall.zones)
    return [(wall.text(from_minutes(start)), wall.text(from_minutes(end))) for start, end in spans]


def _planned(blocks: Iterable[Block], wall: Wall) -> dict[str, int]:
    """Local date to planned minutes."""
    planned: dict[str, int] = {}
    for block in blocks:
        day = wall.text(block.event.starts_at)[:10]
        planned[day] = planned.get(day, 0) + int((block.event.ends_at - block.event.starts_at).total_seconds() // 60)
    return planned


def _proposal(plan: Plan, wall: Wall, start: datetime, end: datetime) -> dict[str, Any]:
    return {
        "id": str(plan.pk),
        "blocks": [_entry(entry, wall) for entry in plan.blocks if _within(entry, start, end)],
        "removed": [_entry(entry, wall) for entry in plan.removed if _within(entry, start, end)],
    }


def _within(entry: dict[str, Any], start: datetime, end: datetime) -> bool:
    """Whether a block stands in [start, end), or leaves it for another day."""
    spans = [(entry["start"], entry["end"]), entry.get("was") or ()]
    times = [tuple(map(datetime.fromisoformat, span)) for span in spans if span]
    return any(begins < end and ends > start for begins, ends in times)


def _entry(entry: dict[str, Any], wall: Wall) -> dict[str, Any]:
    was = entry.get("was")
    return {
        "work": entry["work"],
        "title": entry["title"],
        "start": wall.text(datetime.fromisoformat(entry["start"])),
        "end": wall.text(datetime.fromisoformat(entry["end"])),
        "state": entry.get("state", "removed"),
        "was": was and [wall.text(datetime.fromisoformat(edge)) for edge in was],
    }
