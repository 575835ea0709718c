"""What a person finds by typing a few letters."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from accounts.models import User
from availability.models import Event
from scheduling.models import Habit, Task

MOST_TASKS = 6
MOST_HABITS = 3
MOST_EVENTS = 5
LOOKS_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Found:
    tasks: list[Task]
    habits: list[Habit]
    events: list[Event]


def found(user: User, text: str, now: datetime) -> Found:
    """Tasks (open ones first), habits and events whose title holds `text`; nothing for none. Three queries."""
    if not text:
        return Found([], [], [])
    tasks = Task.objects.of(user).filter(title__icontains=text)
    events = Event.objects.of(user).shown().filter(title__icontains=text, ends_at__gt=now - LOOKS_BACK)
    return Found(
        list(tasks.order_by(F("completed_at").desc(nulls_first=True), "priority", "-id")[:MOST_TASKS]),
        list(Habit.objects.of(user).filter(title__icontains=text).order_by("title")[:MOST_HABITS]),
        list(events.exclude(source=Event.Source.BLOCK).order_by("starts_at")[:MOST_EVENTS]),
    )
