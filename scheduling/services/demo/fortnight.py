"""What Maya Lind has to do, told from one date: the same date gives the same fortnight.

Among the ordinary work are the cases that a planner is judged by: a task that is overdue, one that is too long for
any gap, a chain, work that may be split, a day off and habits with a past.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

EMAIL = "maya@example.com"
NAME = "Maya Lind"
ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(weeks=1)

# Weekday (0 is Monday) to windows in minutes after 0:00, with a lunch break.
MORNING, AFTERNOON, SHORT_AFTERNOON, EVENING = (540, 750), (795, 1050), (795, 960), (1080, 1200)
HOURS = {day: [MORNING, AFTERNOON] for day in range(4)} | {4: [MORNING, SHORT_AFTERNOON]}

LABELS = {"Nordlicht": 1, "Team": 4, "Home": 6, "Learning": 3}


@dataclass(frozen=True)
class Meeting:
    """An entry of Maya's work calendar; `begins` is a wall-clock time, the length is in minutes."""

    title: str
    begins: datetime
    minutes: int
    rule: str = ""
    location: str = ""
    # Local dates on which it does not take place.
    without: tuple[date, ...] = ()


@dataclass(frozen=True)
class Chore:
    """A task: `fields` go to the service as they are, `after` names the titles that it waits for."""

    title: str
    minutes: int
    label: str
    after: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Routine:
    """A habit, and the weekdays on which Maya did it in each of the past weeks, the last week first."""

    fields: dict[str, Any]
    past: tuple[str, ...]


def working_days_from(day: date, number: int) -> date:
    """The date that is `number` working days after `day`, or before it if negative; weekends do not count."""
    step = ONE_DAY if number > 0 else -ONE_DAY
    for _ in range(abs(number)):
        day += step
        while day.weekday() > 4:
            day += step
    return day


def day_off(today: date) -> date:
    """Friday of next week."""
    return today + (11 - today.weekday()) * ONE_DAY


def meetings(today: date) -> list[Meeting]:
    monday = today - today.weekday() * ONE_DAY
    first = monday - 5 * ONE_WEEK
    free = day_off(today)
    return [
        Meeting("Stand-up", _at(first, 9, 30), 15, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Call", (free,)),
        Meeting("Team week", _at(first, 10), 60, "FREQ=WEEKLY;BYDAY=MO", "Room Fjord"),
        Meeting("Lunch with Ines", _at(first + ONE_DAY, 12, 15), 75, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "Café Kolb"),
        Meeting("Design review", _at(first + 2 * ONE_DAY, 14), 90, "FREQ=WEEKLY;BYDAY=WE", "Room Fjord"),
        Meeting("Jonas, one to one", _at(first + 3 * ONE_DAY, 11), 30, "FREQ=WEEKLY;BYDAY=TH", "Call"),
        Meeting("Look back at the week", _at(first + 4 * ONE_DAY, 15), 45, "FREQ=WEEKLY;BYDAY=FR", "", (free,)),
        Meeting("Nordlicht workshop", _at(monday + ONE_WEEK + 3 * ONE_DAY, 13), 240, location="Nordlicht, 3rd floor"),
    ]


def as_ics(entries: list[Meeting], zone: ZoneInfo) -> bytes:
    """The meetings as a calendar file, in the form in which a person brings theirs."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//TimeFlow//demo//EN")
    calendar.add("version", "2.0")
    for number, entry in enumerate(entries):
        begins = entry.begins.replace(tzinfo=zone)
        event = icalendar.Event()
        event.add("uid", f"demo-{number}@timeflow.example")
        event.add("dtstamp", begins)
        event.add("summary", entry.title)
        event.add("dtstart", begins)
        event.add("duration", timedelta(minutes=entry.minutes))
        if entry.location:
            event.add("location", entry.location)
        if entry.rule:
            event.add("rrule", icalendar.vRecur.from_ical(entry.rule))
        for on in entry.without:
            event.add("exdate", datetime.combine(on, entry.begins.time(), zone))
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def finished(today: date) -> list[Chore]:
    """What Maya planned a week ago and has done since."""
    return [
        Chore("Interview notes, Amira and Tom", 90, "Nordlicht"),
        Chore("Sketch the booking page", 120, "Nordlicht", ("Interview notes, Amira and Tom",)),
        Chore("Travel expenses", 30, "Team"),
        Chore("Agenda for the team week", 45, "Team", fields={"priority": 1}),
    ]


def in_hand(today: date) -> Chore:
    """Planned a week ago for the last working day; whether it was done is not said yet."""
    last = working_days_from(today, -1)
    return Chore("Answer the test readers", 60, "Nordlicht", fields={"earliest_on": last, "priority": 1})


def overdue(today: date) -> Chore:
    return Chore("Send the invoice to Nordlicht", 30, "Nordlicht", fields={"priority": 1, "due_on": today - ONE_DAY})


def coming(today: date) -> list[Chore]:
    """What is to be planned today."""

    def due(number: int, **fields: Any) -> dict[str, Any]:
        return {"due_on": working_days_from(today, number), **fields}

    return [
        Chore("Launch: who is it for", 120, "Nordlicht", fields={"priority": 1}),
        Chore("Launch: outline", 60, "Nordlicht", ("Launch: who is it for",), {"priority": 1}),
        Chore(
            *("Launch: first draft", 210, "Nordlicht", ("Launch: outline",)),
            fields=due(6, priority=1, is_splittable=True, min_block_minutes=45),
        ),
        Chore("Launch: read it with Jonas", 45, "Nordlicht", ("Launch: first draft",), due(8, due_kind="hard")),
        Chore(
            *("Yearly report", 480, "Team"),
            fields=due(9, is_splittable=True, min_block_minutes=60, max_minutes_per_day=120, preferred="morning"),
        ),
        Chore("Rebuild the picture archive in one go", 600, "Team", fields=due(7, priority=3)),
        Chore("Notes for the design review", 45, "Team", fields=due(3)),
        Chore(
            *("Workshop material", 90, "Nordlicht"),
            fields=due(5, checklist=["Print the personas", "Pens and paper", "Name tags", "Ask about the projector"]),
        ),
        Chore("Write to the landlord about the heating", 20, "Home", fields=due(2)),
        Chore("Insurance claim", 60, "Home", fields=due(3, checklist=["Photos", "Receipts", "Fill in the form"])),
        Chore("A present for Papa", 45, "Home", fields=due(5, preferred="afternoon")),
        Chore("Tidy the backlog", 40, "Team", fields={"rrule": "FREQ=WEEKLY;BYDAY=TH", "priority": 3}),
        Chore(
            *("Course: accessible forms", 180, "Learning"),
            fields={"is_splittable": True, "min_block_minutes": 30, "max_block_minutes": 60, "priority": 4},
        ),
    ]


def not_planned_yet() -> list[Chore]:
    """Thought of after the plan was made."""
    return [
        Chore("Renew the passport", 20, "Home"),
        Chore("Quote for the second phase", 75, "Nordlicht", fields={"priority": 1}),
    ]


def routines() -> list[Routine]:
    return [
        Routine(
            {
                "title": "Run",
                "minutes": 45,
                "times_per_week": 2,
                "preferred": "morning",
                "min_days_between": 1,
                "tint": 2,
            },
            ("14", "03", "135", "04", "13", "2"),
        ),
        Routine(
            {
                "title": "Spanish",
                "minutes": 20,
                "times_per_week": 4,
                "weekdays": "01234",
                "preferred": "morning",
                "tint": 5,
            },
            ("0123", "01234", "0134", "13"),
        ),
        Routine(
            {
                "title": "Inbox to zero",
                "minutes": 25,
                "times_per_week": 5,
                "weekdays": "01234",
                "preferred": "afternoon",
                "tint": 7,
            },
            ("01234", "0134"),
        ),
    ]


def days_done(routine: Routine, today: date) -> Iterator[date]:
    """The dates before `today` on which the habit was done; this week went like the last."""
    monday = today - today.weekday() * ONE_DAY
    weeks = [(monday, routine.past[0])]
    weeks += [(monday - ago * ONE_WEEK, days) for ago, days in enumerate(routine.past, start=1)]
    for begins, days in weeks:
        yield from (on for on in (begins + int(day) * ONE_DAY for day in days) if on < today)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))
