"""What the Today page shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from accounts.selectors.zones import person_clock, zone_on
from availability.models import Event
from availability.selectors import events_between
from scheduling.models import Block
from scheduling.selectors.habits import habits_this_week
from scheduling.selectors.plans import needing_attention, newest_applied, proposal_of
from timeflow.lib.time import edge
from timeflow.lib.words import PersonClock, calendar_day, count, duration

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
ASKED_FOR = timedelta(days=7)
MOST_QUESTIONS = 3


@dataclass(frozen=True)
class Entry:
    """One line of the day: a block or an event."""

    title: str
    start: datetime
    end: datetime
    block: Block | None
    event: Event
    is_past: bool
    is_now: bool

    @property
    def minutes(self) -> int:
        return int((self.end - self.start) / ONE_MINUTE)


@dataclass(frozen=True)
class Today:
    """The person's day. `questions` are blocks that are over and unanswered, the oldest first; `busy_with` is the
    meeting that is on."""

    date_words: str
    shape: str
    entries: list[Entry]
    all_day: list[Event]
    current: Entry | None
    following: Entry | None
    busy_with: Entry | None
    progress_percent: int
    minutes_left: int
    questions: list[Block]
    more_questions: int
    habits: list[Any]
    attention: list[dict[str, Any]]
    proposal: Any


def day_of(user: User, now: datetime) -> Today:
    """A fixed number of queries, whatever the day holds."""
    zones = zone_on(user)
    words = person_clock(user, now, zones)
    start, end = edge(words.today, 0, zones(words.today)), edge(words.today + ONE_DAY, 0, zones(words.today + ONE_DAY))
    events = list(events_between(user, start, end))
    blocks = Block.objects.of(user).overlapping(start, end).select_related("event__calendar", "task", "habit")
    entries = sorted(
        [_entry(block.event, now, block) for block in blocks]
        + [_entry(event, now) for event in events if not event.is_all_day],
        key=lambda entry: (entry.start, entry.end),
    )
    current = next((entry for entry in entries if entry.is_now and entry.block and not entry.block.outcome), None)
    coming = [entry for entry in entries if entry.start > now]
    waiting = list(_unanswered(user, now))
    left = int((current.end - now) / ONE_MINUTE) if current else 0
    return Today(
        date_words=calendar_day(words.today, words.today, is_long=True),
        shape=_shape(entries, now, words),
        entries=entries,
        all_day=[event for event in events if event.is_all_day],
        current=current,
        following=coming[0] if coming else None,
        busy_with=next((entry for entry in entries if entry.is_now and not entry.block and entry.event.is_busy), None),
        progress_percent=round(100 * (now - current.start) / (current.end - current.start)) if current else 0,
        minutes_left=left,
        questions=waiting[:MOST_QUESTIONS],
        more_questions=max(0, len(waiting) - MOST_QUESTIONS),
        habits=habits_this_week(user, now),
        attention=needing_attention(user, newest_applied(user)),
        proposal=proposal_of(user),
    )


def _entry(event: Event, now: datetime, block: Block | None = None) -> Entry:
    return Entry(
        title=event.title,
        start=event.starts_at,
        end=event.ends_at,
        block=block,
        event=event,
        is_past=event.ends_at <= now,
        is_now=event.starts_at <= now < event.ends_at,
    )


def _unanswered(user: User, now: datetime) -> Any:
    """Blocks over and unanswered of work that is still open."""
    blocks = Block.objects.of(user).ended(now).unanswered().filter(event__ends_at__gt=now - ASKED_FOR)
    blocks = blocks.filter(task__completed_at=None).select_related("event", "task", "habit")
    return blocks.order_by("event__ends_at")[:50]


def _shape(entries: list[Entry], now: datetime, words: PersonClock) -> str:
    """ "6 h 30 planned, 3 meetings, free from 17:30"."""
    planned = sum(entry.minutes for entry in entries if entry.block)
    meetings = [entry for entry in entries if not entry.block and entry.event.is_busy]
    parts = [f"{duration(planned)} planned" if planned else "Nothing planned"]
    if meetings:
        parts.append(count(len(meetings), "meeting"))
    last = max((entry.end for entry in entries if entry.block or entry.event.is_busy), default=None)
    if last and last > now:
        parts.append(f"free from {words.time(last)}")
    return ", ".join(parts)
