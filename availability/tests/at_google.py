"""A person whose Google account is connected: against the stand-in, by its real doors."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import caches

from accounts.domain.callers import Caller
from accounts.models import Connection, User
from accounts.services.connections import keep_grant
from accounts.services.google_grants import SCOPES
from accounts.services.sessions import open_session
from availability.domain.quota import Lane
from availability.gateways.google import GoogleAccount
from availability.models import Calendar, Event, Mirror
from availability.services.mirrors.listing import list_calendars
from availability.services.mirrors.stepping import step
from timeflow.fakes.google import Google

EMAIL = "alice@google.test"


@dataclass
class AtGoogle:
    """Both sides go by the stand-in's clock, which `later` puts forward. `start` is when all began."""

    google: Google
    user: User
    start: datetime
    connection: Connection = field(init=False)

    def __post_init__(self) -> None:
        # The quota that earlier tests used up.
        for cache in caches.all(initialized_only=False):
            cache.clear()
        self.later(seconds=(self.start - self.now).total_seconds())
        self.google.add_account(EMAIL, "Alice Weber")
        self.come()
        self.connect()

    def come(self) -> None:
        """The person is here."""
        open_session(user=self.user, caller=Caller(), method="password", now=self.now)

    def connect(self, email: str = EMAIL, scopes: tuple[str, ...] = SCOPES) -> Connection:
        tokens = self.google.grant(email, list(scopes))
        self.connection = keep_grant(
            user=self.user,
            provider=Connection.Provider.GOOGLE,
            subject=email,
            account=email,
            scopes=scopes,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=self.now + timedelta(seconds=tokens.expires_in),
            caller=Caller(),
            now=self.now,
        )
        return self.connection

    @property
    def now(self) -> datetime:
        return self.google.clock.now()

    def clock(self) -> datetime:
        return self.now

    def later(self, **amount: float) -> None:
        self.google.advance(timedelta(**amount).total_seconds())

    def look_around(self) -> None:
        list_calendars(connection=self.connection, clock=self.clock)

    @property
    def primary(self) -> Calendar:
        return Calendar.objects.get(mirror__remote_id=EMAIL)

    def step(self, calendar: Calendar | None = None) -> Mirror:
        """Once, as if it were due."""
        calendar = calendar or self.primary
        Mirror.objects.filter(pk=calendar.pk).update(next_at=self.now, rests_until=None)
        step(calendar_id=calendar.pk, lane=Lane.SAFETY, clock=self.clock)
        return Mirror.objects.get(pk=calendar.pk)

    def is_due(self) -> bool:
        """Whether anything is to be read or written."""
        return Mirror.objects.due(self.now).exists()

    def titles(self, calendar: Calendar | None = None) -> list[str]:
        rows = Event.objects.filter(calendar=calendar or self.primary).order_by("starts_at", "title")
        return list(rows.values_list("title", flat=True))

    def add(self, title: str, hours: float, minutes: int = 60, **fields: object) -> str:
        """An event that begins so many hours after the start; its id there."""
        start = self.start + timedelta(hours=hours)
        times = {"start": at(start), "end": at(start + timedelta(minutes=minutes))}
        return self.google.add_event(EMAIL, {"summary": title, **times, **fields})["id"]


def at(moment: datetime, zone: str = "Europe/Berlin") -> dict[str, str]:
    return {"dateTime": moment.isoformat(), "timeZone": zone}


def answers_go_through(deed: Callable[[Any], Any], call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the door to an account answers to `call` is given to `deed`, whose answer counts."""
    real = getattr(GoogleAccount, call)
    monkeypatch.setattr(GoogleAccount, call, lambda *args, **options: deed(real(*args, **options)))
