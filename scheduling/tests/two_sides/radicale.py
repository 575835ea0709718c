"""The other side is radicale, a CalDAV server: the person edits there with another program."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import icalendar

from accounts.domain.callers import Caller
from accounts.models import Connection, User
from availability.models import Calendar
from availability.services.mirrors.connecting import connect_caldav
from availability.services.mirrors.listing import list_calendars
from availability.tests.gateways.dav_server import PASSWORD, Radicale
from availability.tests.mirrored import own_calendar
from scheduling.tests.two_sides.side import Seen

ALICE = "alice@example.com"
MARK = "X-TIMEFLOW"
DAYS = {"FREQ=DAILY;COUNT=6": (1, 6), "FREQ=WEEKLY;COUNT=4": (7, 4), "FREQ=DAILY;INTERVAL=2": (2, 1_000)}
"""How many days lie between two dates of a rule, and how many there are."""


@dataclass
class Event:
    """What the person's program knows of an event."""

    title: str
    start: datetime
    minutes: int
    rule: str
    moved: dict[datetime, datetime] = field(default_factory=dict)
    cancelled: set[datetime] = field(default_factory=set)

    def texts(self, uid: str) -> Iterator[str]:
        more = [self.rule] if self.rule else []
        more += [f"EXDATE:{_stamp(at)}" for at in sorted(self.cancelled)]
        yield self._text(uid, self.start, more)
        for at, there in self.moved.items():
            yield self._text(uid, there, [f"RECURRENCE-ID:{_stamp(at)}"])

    def _text(self, uid: str, start: datetime, more: list[str]) -> str:
        end = start + timedelta(minutes=self.minutes)
        lines = [f"UID:{uid}", "DTSTAMP:20260101T000000Z", f"SUMMARY:{self.title}"]
        return "\r\n".join([*lines, f"DTSTART:{_stamp(start)}", f"DTEND:{_stamp(end)}", *more])

    def seen(self, start: datetime, end: datetime) -> Iterator[Seen]:
        step, count = DAYS.get(self.rule.removeprefix("RRULE:"), (0, 1))
        for number in range(count):
            at = self.start + timedelta(days=step * number)
            if at > end + timedelta(days=10):
                return
            begins = self.moved.get(at, at)
            ends = begins + timedelta(minutes=self.minutes)
            if at not in self.cancelled and begins < end and ends > start:
                yield Seen(self.title, begins, ends)


class RadicaleSide:
    def __init__(self, server: Radicale, user: User, start: datetime) -> None:
        self.server, self._ahead = server, start - datetime.now(UTC)
        server.add_calendar("work/", "Work")
        self.connection = connect_caldav(
            user=user, address=server.url, account=ALICE, password=PASSWORD, caller=Caller(), now=start
        )
        list_calendars(connection=Connection.objects.get(pk=self.connection.pk), clock=self.clock)
        own_calendar(self.connection, self.clock)
        self.pair = Calendar.objects.get(name="Work"), Calendar.objects.get(mirror__is_ours=True)
        self.events: dict[str, Event] = {}

    def clock(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def later(self, minutes: float) -> None:
        self._ahead += timedelta(minutes=minutes)

    def hear(self) -> None:
        """A CalDAV server tells nobody."""

    def calendars(self) -> tuple[Calendar, Calendar]:
        return self.pair

    def add(self, title: str, start: datetime, minutes: int, rule: str = "") -> str:
        uid = f"event-{len(self.server.asked)}-{len(self.events)}-{title.replace(' ', '-')}"
        self.events[uid] = Event(title, start, minutes, rule)
        return self._save(uid)

    def rename(self, event: str, title: str) -> None:
        self.events[event].title = title
        self._save(event)

    def move(self, event: str, hours: float) -> None:
        self.events[event].start += timedelta(hours=hours)
        self._save(event)

    def delete(self, event: str) -> None:
        self.events.pop(event)
        self.server.by_hand("DELETE", f"work/{event}.ics")

    def detach(self, series: str, start: datetime, hours: float) -> None:
        self.events[series].moved[start] = start + timedelta(hours=hours)
        self._save(series)

    def cancel(self, series: str, start: datetime) -> None:
        self.events[series].cancelled.add(start)
        self._save(series)

    def _save(self, uid: str) -> str:
        self.server.put(f"work/{uid}.ics", *self.events[uid].texts(uid))
        return uid

    def twins(self) -> dict[str, tuple[str, Seen]]:
        found = {}
        for path, event in self._there():
            mark = str(event[MARK])
            assert mark not in found, "a block is there twice"
            found[mark] = path, Seen(str(event["SUMMARY"]), event["DTSTART"].dt, event["DTEND"].dt)
        return found

    def _there(self) -> Iterator[tuple[str, icalendar.Event]]:
        """What lies in the folder of the calendar that receives blocks."""
        place = urlsplit(self.pair[1].mirror.remote_id).path.strip("/")
        folder = self.server.folder / "collection-root" / place.replace("%40", "@")
        for file in sorted(folder.glob("*.ics")):
            with suppress(FileNotFoundError):
                calendar = icalendar.Calendar.from_ical(file.read_text())
                yield f"{folder.name}/{file.name}", calendar.walk("VEVENT")[0]

    def move_twin(self, event: str, hours: float) -> None:
        calendar = icalendar.Calendar.from_ical(self.server.by_hand("GET", event).text)
        [entry] = calendar.walk("VEVENT")
        for edge in ("DTSTART", "DTEND"):
            entry[edge] = icalendar.vDDDTypes(entry[edge].dt + timedelta(hours=hours))
        self.server.by_hand("PUT", event, calendar.to_ical().decode(), Content_Type="text/calendar")

    def delete_twin(self, event: str) -> None:
        self.server.by_hand("DELETE", event)

    def own(self, start: datetime, end: datetime) -> list[Seen]:
        return [seen for event in self.events.values() for seen in event.seen(start, end)]

    @property
    def troubles(self) -> Sequence[Callable[[], None]]:
        planned = self.server.troubles
        return (
            lambda: planned.append("before"),
            lambda: planned.extend(["before"] * 3),
            lambda: planned.append("after"),
            lambda: planned.extend(["after"] * 2),
            self.server.forget_changes,
        )

    def mend(self) -> None:
        self.server.troubles.clear()


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
