"""How TimeFlow says times, days and lengths in words, for pages and for the sentences of services alike.

Nothing here reads a clock. A `PersonClock` binds these rules to one person's zone, 12/24 h and today.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
H12 = "12"


def duration(minutes: int) -> str:
    """45 → "45 min", 60 → "1 h", 75 → "1 h 15"."""
    hours, rest = divmod(abs(int(minutes)), 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def count(number: int, noun: str, plural: str = "") -> str:
    """1, "block" → "1 block"; 3 → "3 blocks"; 0 → "no blocks"."""
    name = noun if number == 1 else plural or f"{noun}s"
    return f"{number:,} {name}" if number else f"no {name}"


def joined(parts: Sequence[str], last: str = "and") -> str:
    """["a", "b", "c"] → "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def minute_of_day(minute: int, clock: str) -> str:
    """A wall-clock reading in minutes after 0:00: 540 → "9:00" or "9:00 am"; 1440 is "24:00" or "midnight"."""
    hour, rest = divmod(minute, 60)
    if clock != H12:
        return f"{hour}:{rest:02d}"
    if minute == 1440:
        return "midnight"
    return f"{(hour - 1) % 12 + 1}:{rest:02d} {'am' if hour < 12 else 'pm'}"


def clock_time(instant: datetime, zone: ZoneInfo, clock: str) -> str:
    """What the clock in `zone` shows at `instant`: "9:30" or "9:30 am"."""
    local = instant.astimezone(zone)
    return minute_of_day(local.hour * 60 + local.minute, clock)


def stretch(start: str, end: str) -> str:
    """Two readings of one day's clock as one: "9:00 – 10:30", "9:00 – 10:30 am", "11:00 am – 12:30 pm"."""
    half = end[-3:]
    return f"{start.removesuffix(half) if half in {' am', ' pm'} else start} – {end}"


def calendar_day(on: date, today: date, *, is_long: bool = False) -> str:
    """A date by its name alone: "Fri 24 April", or "Friday 24 April"; the year only when it is not this year's."""
    weekday = DAY_NAMES[on.weekday()]
    words = f"{weekday if is_long else weekday[:3]} {on.day} {MONTH_NAMES[on.month - 1]}"
    return words if on.year == today.year else f"{words} {on.year}"


def day(on: date, today: date) -> str:
    """A date as one says it: "today", "tomorrow", "yesterday", else "Fri 24 April"."""
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get((on - today).days) or calendar_day(on, today)


def short_day(on: date, today: date) -> str:
    """Like `day`, but the next six days go by their weekday alone: "Fri"."""
    return DAY_NAMES[on.weekday()][:3] if 2 <= (on - today).days <= 6 else day(on, today)


def days(first: date, last: date, today: date) -> str:
    """Dates first..last (inclusive): "20 – 24 April", "27 April – 1 May", "29 December 2025 – 4 January"."""
    end = f"{last.day} {_month(last, today)}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} – {end}"
    return f"{first.day} {_month(first, today)} – {end}"


def _month(on: date, today: date) -> str:
    name = MONTH_NAMES[on.month - 1]
    return name if on.year == today.year else f"{name} {on.year}"


def since(then: datetime, now: datetime) -> str:
    """How long ago: "just now", "5 min ago", "3 h ago", "2 days ago"."""
    minutes = int((now - then) // timedelta(minutes=1))
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 1440:
        return f"{minutes // 60} h ago"
    return f"{count(minutes // 1440, 'day')} ago"


def lateness(minutes: int) -> str:
    """ "30 min late", "2 h 15 late"; from one day on in whole days: "3 days late"."""
    return f"{duration(minutes) if minutes < 1440 else count(minutes // 1440, 'day')} late"


def zone_name(name: str, at: datetime) -> str:
    """A zone as people know it: "Berlin time (GMT+2)"."""
    minutes = int((at.astimezone(ZoneInfo(name)).utcoffset() or timedelta()) // timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    offset = f"GMT{'-' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}" if minutes else "GMT"
    return f"{name.rsplit('/', 1)[-1].replace('_', ' ')} time ({offset})"


@dataclass(frozen=True)
class PersonClock:
    """The rules above for one person. `zone_at` gives the zone they live in at an instant; `clock` is "12" or "24"."""

    zone_at: Callable[[datetime], ZoneInfo]
    clock: str
    now: datetime

    @property
    def today(self) -> date:
        return self.date_of(self.now)

    def date_of(self, instant: datetime) -> date:
        """The person's date at an instant."""
        return instant.astimezone(self.zone_at(instant)).date()

    def time(self, instant: datetime) -> str:
        """ "10:00"."""
        return clock_time(instant, self.zone_at(instant), self.clock)

    def day(self, on: date | datetime) -> str:
        """ "today", "tomorrow", "Fri 24 April"; of an instant its date for the person."""
        return day(self.date_of(on) if isinstance(on, datetime) else on, self.today)

    def short_day(self, on: date) -> str:
        """ "today", "tomorrow", "Fri", "Fri 24 April"."""
        return short_day(on, self.today)

    def moment(self, instant: datetime) -> str:
        """Day and time, as short as it can be understood: "today 10:00", "Fri 10:00", "Fri 24 April 10:00"."""
        return f"{short_day(self.date_of(instant), self.today)} {self.time(instant)}"

    def when(self, start: datetime, end: datetime) -> str:
        """A stretch of time: "Fri 10:00 – 11:30", "Fri 22:00 – Sat 1:00"."""
        if self.date_of(start) == self.date_of(end):
            return stretch(self.moment(start), self.time(end))
        return f"{self.moment(start)} – {self.moment(end)}"

    def hours(self, start: datetime, end: datetime) -> str:
        """A stretch without its day: "10:00 – 11:30"."""
        return stretch(self.time(start), self.time(end))

    def due(self, due_at: datetime | None, due_on: date | None) -> str:
        """When something is due, "" if never: "today", "Fri", "Fri 17:00", "Fri 24 April"."""
        if due_at is not None:
            return self.moment(due_at)
        return short_day(due_on, self.today) if due_on is not None else ""

    def deadline(self, instant: datetime) -> str:
        """A limit as one says it: one at midnight goes by the day that it ends, "Fri", else "Fri 17:00"."""
        last = self.date_of(instant - timedelta(minutes=1))
        return self.moment(instant) if last == self.date_of(instant) else self.short_day(last)

    def since(self, then: datetime) -> str:
        """ "5 min ago"."""
        return since(then, self.now)
