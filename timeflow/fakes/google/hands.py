"""What people do in Google's own pages: they have accounts and calendars, share them, and edit events."""

import hashlib
from datetime import timedelta
from typing import Any

from timeflow.fakes.google import calendars
from timeflow.fakes.google.events import Events
from timeflow.fakes.google.resources import shown
from timeflow.fakes.google.splitting import split_series
from timeflow.fakes.google.store import Account, Event, Store


class Hands:
    """By the hands of a calendar's owner. Bodies are Google's; what makes no sense raises `Refused`, as at a door."""

    store: Store
    url: str

    def add_account(
        self,
        email: str,
        name: str = "",
        *,
        subject: str = "",
        zone: str = "Europe/Berlin",
        claims: dict[str, Any] | None = None,
    ) -> Account:
        """With a primary calendar, whose id is the address. The same address has the same subject at every start."""
        email = email.lower()
        digits = str(int(hashlib.sha256(email.encode()).hexdigest(), 16))[:20]
        with self.store.lock:
            return self.store.add_account(Account(subject or f"1{digits}", email, name, zone, claims or {}))

    def add_calendar(self, email: str, name: str, *, zone: str = "", colour: str = "", app: str = "") -> str:
        """The id of a secondary calendar of theirs."""
        with self.store.lock:
            account = self.store.accounts[email]
            return calendars.make_calendar(self.store, account, {"summary": name, "timeZone": zone}, app, colour).id

    def share(self, calendar_id: str, email: str, role: str = "reader") -> None:
        with self.store.lock:
            self.store.share(self.store.calendars[calendar_id], email, role)

    def unshare(self, calendar_id: str, email: str) -> None:
        with self.store.lock:
            self.store.unshare(self.store.calendars[calendar_id], email)

    def drop_calendar(self, calendar_id: str) -> None:
        with self.store.lock:
            self.store.drop_calendar(self.store.calendars[calendar_id])

    def add_event(
        self, calendar_id: str, fields: dict[str, Any], *, organizer: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        with self.store.lock:
            return self._shown(calendar_id, self._events(calendar_id).insert(fields, organizer=organizer))

    def change_event(self, calendar_id: str, event_id: str, change: dict[str, Any]) -> dict[str, Any]:
        """Of an occurrence of a series ("<series>_20260105T080000Z") it makes an exception."""
        with self.store.lock:
            return self._shown(calendar_id, self._events(calendar_id).patch(event_id, change))

    def change_following(self, calendar_id: str, event_id: str, change: dict[str, Any]) -> dict[str, Any]:
        """From this occurrence on ("this and following events"): the series ends before it and another one begins."""
        with self.store.lock:
            return self._shown(calendar_id, split_series(self._events(calendar_id), event_id, change))

    def move_event(self, calendar_id: str, event_id: str, *, hours: float) -> dict[str, Any]:
        with self.store.lock:
            event, by = self._events(calendar_id).get(event_id), timedelta(hours=hours)
            change = {"start": event.start.moved(by).shown("UTC"), "end": event.end.moved(by).shown("UTC")}
            return self.change_event(calendar_id, event_id, change)

    def delete_event(self, calendar_id: str, event_id: str) -> None:
        with self.store.lock:
            self._events(calendar_id).delete(event_id)

    def event(self, calendar_id: str, event_id: str) -> dict[str, Any]:
        """Raises `Refused` for one that never was; a deleted one is "cancelled"."""
        with self.store.lock:
            return self._shown(calendar_id, self._events(calendar_id).get(event_id))

    def events(self, calendar_id: str) -> list[dict[str, Any]]:
        """Those that are not cancelled, series as one."""
        with self.store.lock:
            found = self.store.calendars[calendar_id].events.values()
            return [self._shown(calendar_id, event) for event in found if not event.is_cancelled]

    def _events(self, calendar_id: str) -> Events:
        calendar = self.store.calendars[calendar_id]
        return Events(self.store, calendar, calendar.owner)

    def _shown(self, calendar_id: str, event: Event) -> dict[str, Any]:
        calendar = self.store.calendars[calendar_id]
        return shown(event, calendar, "owner", calendar.zone, self.url)
