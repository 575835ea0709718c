"""A person whose planned blocks are written into a calendar of our own at Google, against the stand-in."""

import uuid
from datetime import UTC, datetime, timedelta

from accounts.services.changes import changing
from availability.domain.quota import Lane
from availability.models import Calendar, Copy, Mirror
from availability.services.events import BlockTime, write_block_events
from availability.services.mirrors.stepping import step
from availability.services.mirrors.target import write_into
from availability.tests.at_google import AtGoogle
from availability.tests.mirrored import own_calendar

MONDAY = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)


class Plan(AtGoogle):
    """With a calendar there, made by TimeFlow, that receives blocks."""

    target: Calendar

    def begin(self) -> None:
        self.look_around()
        self.step()
        self.target = own_calendar(self.connection, self.clock)

    def receive(self, words: str = "private") -> None:
        write_into(user=self.user, calendar_id=self.target.pk, words=words, now=self.now)

    def block(self, title: str, hours: float, minutes: int = 60) -> uuid.UUID:
        block = self._time(uuid.uuid4(), title, hours, minutes)
        self._write(new=[block])
        return block.event_id

    def move(self, event_id: uuid.UUID, title: str, hours: float, minutes: int = 60) -> None:
        self._write(changed=[self._time(event_id, title, hours, minutes)])

    def bring_back(self, event_id: uuid.UUID, title: str, hours: float) -> None:
        self._write(new=[self._time(event_id, title, hours, 60)])

    def remove(self, event_id: uuid.UUID) -> None:
        self._write(removed=[event_id])

    def _time(self, event_id: uuid.UUID, title: str, hours: float, minutes: int) -> BlockTime:
        start = self.start + timedelta(hours=hours)
        return BlockTime(event_id, title, start, start + timedelta(minutes=minutes), is_exclusive=True)

    def _write(self, new=(), changed=(), removed=()) -> None:
        with changing(self.user.pk) as person:
            write_block_events(user=person, new=new, changed=changed, removed=removed, now=self.now)

    @property
    def calendar_id(self) -> str:
        return self.target.mirror.remote_id

    def written(self) -> list[tuple[str, float]]:
        """Titles of what is there, with how many hours after the start each begins."""
        found = []
        for event in self.google.events(self.calendar_id):
            begins = datetime.fromisoformat(event["start"]["dateTime"])
            found.append((event["summary"], (begins - self.start) / timedelta(hours=1)))
        return sorted(found)

    def twin(self, event_id: uuid.UUID) -> Copy:
        return Copy.objects.get(event_id=event_id)

    def write(self) -> Mirror:
        """A turn in which nothing is due to be read, as after a change here."""
        Mirror.objects.filter(pk=self.target.pk).update(next_at=self.now + timedelta(hours=1), rests_until=None)
        step(calendar_id=self.target.pk, lane=Lane.CLICK, clock=self.clock)
        return Mirror.objects.get(pk=self.target.pk)

    def leave(self) -> None:
        """The plan is to be written nowhere any more."""
        write_into(user=self.user, calendar_id=None, words="busy", now=self.now)

    def turns(self, number: int) -> None:
        for _ in range(number):
            self.later(minutes=5)
            self.step(self.target)
