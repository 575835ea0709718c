"""The other side is the stand-in for Google."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import requests

from accounts.models import User
from availability.models import Calendar
from availability.tests.at_google import EMAIL, AtGoogle, at
from availability.tests.mirrored import own_calendar
from scheduling.tests.two_sides.side import Seen
from timeflow.fakes.google import Google


class GoogleSide:
    def __init__(self, google: Google, user: User, start: datetime) -> None:
        self.google = google
        self.there = AtGoogle(google, user, start)
        self.connection = self.there.connection
        self.there.look_around()
        own_calendar(self.connection, self.clock)
        self.pair = self.there.primary, Calendar.objects.get(mirror__is_ours=True)
        self.target = self.pair[1].mirror.remote_id

    def clock(self) -> datetime:
        return self.google.clock.now()

    def later(self, minutes: float) -> None:
        self.google.advance(minutes * 60)

    def hear(self) -> None:
        assert self.google.settle()

    def calendars(self) -> tuple[Calendar, Calendar]:
        return self.pair

    def add(self, title: str, start: datetime, minutes: int, rule: str = "") -> str:
        times = {"start": at(start), "end": at(start + timedelta(minutes=minutes))}
        series = {"recurrence": [rule]} if rule else {}
        return str(self.google.add_event(EMAIL, {"summary": title, **times, **series})["id"])

    def rename(self, event: str, title: str) -> None:
        self.google.change_event(EMAIL, event, {"summary": title})

    def move(self, event: str, hours: float) -> None:
        self.google.move_event(EMAIL, event, hours=hours)

    def delete(self, event: str) -> None:
        self.google.delete_event(EMAIL, event)

    def detach(self, series: str, start: datetime, hours: float) -> None:
        self.google.move_event(EMAIL, _occurrence(series, start), hours=hours)

    def cancel(self, series: str, start: datetime) -> None:
        self.google.delete_event(EMAIL, _occurrence(series, start))

    def twins(self) -> dict[str, tuple[str, Seen]]:
        found = {}
        for event in self.google.events(self.target):
            mark = event["extendedProperties"]["private"]["timeflow"]
            assert mark not in found, "a block is there twice"
            found[mark] = event["id"], _seen(event)
        return found

    def move_twin(self, event: str, hours: float) -> None:
        self.google.move_event(self.target, event, hours=hours)

    def delete_twin(self, event: str) -> None:
        self.google.delete_event(self.target, event)

    def own(self, start: datetime, end: datetime) -> list[Seen]:
        """As Google itself expands series."""
        token = self.google.grant(EMAIL, ["calendar.readonly"]).access_token
        asked = {"singleEvents": "true", "maxResults": "2500", "timeMin": start.isoformat(), "timeMax": end.isoformat()}
        answer = requests.get(
            f"{self.google.url}/calendar/v3/calendars/{EMAIL}/events",
            params=asked,
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
        return [_seen(event) for event in answer.json()["items"]]

    @property
    def troubles(self) -> Sequence[Callable[[], None]]:
        google = self.google
        return (
            lambda: google.fail(503, count=2),
            lambda: google.fail(429, retry_after=5),
            lambda: google.fail(403, "rateLimitExceeded"),
            lambda: google.cut(count=2),
            lambda: google.cut(on="events.insert", after=True),
            lambda: google.cut(on="events.patch", after=True),
            lambda: google.cut(on="events.delete", after=True),
            lambda: google.lose_notifications(3),
            lambda: google.duplicate_notifications(2),
            google.expire_sync_tokens,
            google.expire_access_tokens,
        )

    def mend(self) -> None:
        self.google.mend()


def _occurrence(series: str, start: datetime) -> str:
    return f"{series}_{start.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _seen(event: dict) -> Seen:
    start, end = (datetime.fromisoformat(event[edge]["dateTime"]) for edge in ("start", "end"))
    return Seen(event["summary"], start.astimezone(UTC), end.astimezone(UTC))
