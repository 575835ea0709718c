"""The events of a calendar, as one account may see and change them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from timeflow.fakes.google.exchange import Refused, invalid, not_found
from timeflow.fakes.google.recurrence import occurrences
from timeflow.fakes.google.resources import EVENT_ID, SHARED, as_body, merged, read_event
from timeflow.fakes.google.store import ROLES, Calendar, Event, Store, new_id

OF_AN_OCCURRENCE = re.compile(r"(.+)_(\d{8}(?:T\d{6}Z)?)")
LASTING = ("creator", "organizer", "iCalUID", "recurringEventId", "originalStartTime", "eventType")
ONLY_PRIMARY = {"outOfOffice", "focusTime", "workingLocation", "birthday", "fromGmail"}


@dataclass(frozen=True)
class Events:
    """`email`: whose eyes and hands these are; a person in Google's own pages and a program have the same."""

    store: Store
    calendar: Calendar
    email: str

    @property
    def role(self) -> str:
        return self.calendar.roles[self.email]

    def get(self, event_id: str) -> Event:
        """Also one that was cancelled, and an occurrence of a series. Raises `Refused`."""
        event = self.calendar.events.get(event_id) or self._occurrence(event_id)
        if event is None:
            raise not_found()
        return event

    def insert(self, body: dict[str, Any], *, organizer: dict[str, Any] | None = None) -> Event:
        """Raises `Refused`; an id counts as taken even after its event was deleted."""
        event_id = body.get("id") or new_id()
        if not isinstance(event_id, str) or not EVENT_ID.fullmatch(event_id):
            raise invalid("Invalid resource id value.")
        return self.insert_as(event_id, body, organizer=organizer)

    def insert_as(self, event_id: str, body: dict[str, Any], *, organizer: dict[str, Any] | None = None) -> Event:
        """Under any id, as Google itself gives some that a program may not choose."""
        self._need_writer()
        if event_id in self.calendar.events:
            raise Refused(409, "duplicate", "The requested identifier already exists.")
        fields = read_event(body, self.calendar)
        if fields["eventType"] in ONLY_PRIMARY and self.calendar.id != self.calendar.owner:
            raise Refused(
                400, "eventTypeRestriction", "That type of event is for primary calendars.", domain="calendar"
            )
        if fields["eventType"] == "outOfOffice" and fields["start"].day:
            raise Refused(400, "eventTypeRestriction", "Out of office has a time.", domain="calendar")
        ours: dict[str, Any] = {"email": self.calendar.id}
        if self.calendar.id != self.calendar.owner:
            ours["displayName"] = self.calendar.name
        fields |= {"creator": organizer or {"email": self.email}, "organizer": organizer or ours}
        fields["iCalUID"] = body.get("iCalUID") or f"{event_id}@google.com"
        fields.setdefault("sequence", 0)
        now = self.store.clock.now()
        return self.store.keep(self.calendar, Event(event_id, fields, created=now, updated=now))

    def patch(self, event_id: str, change: dict[str, Any], *, if_match: str = "") -> Event:
        return self.update(event_id, merged(as_body(self.get(event_id)), change), if_match=if_match)

    def update(self, event_id: str, body: dict[str, Any], *, if_match: str = "") -> Event:
        """Put `body` in its place; an occurrence comes to stand for itself. Raises `Refused`."""
        self._need_writer()
        event = self.get(event_id).copy()
        _check_match(event, if_match)
        if body.get("status") == "cancelled" and not event.is_cancelled:
            return self.delete(event_id)
        if event.is_cancelled and body.get("status") != "confirmed":
            raise Refused(403, "forbidden", "Forbidden")
        lasting = {name: event.fields[name] for name in LASTING if name in event.fields}
        fields = {**read_event(body, self.calendar), **lasting}
        if "recurringEventId" in fields:
            fields.pop("recurrence", None)
        self._check_organizer(event, fields)
        before = event.fields.get("sequence", 0)
        if fields.setdefault("sequence", before) < before:
            raise invalid("Invalid sequence value.")
        if any(fields.get(name) != event.fields.get(name) for name in ("start", "end", "recurrence")):
            fields["sequence"] = max(fields["sequence"], before + 1)
        event.fields = fields
        self.store.keep(self.calendar, event)
        self._drop_orphans(event)
        return event

    def delete(self, event_id: str, *, if_match: str = "") -> Event:
        """With all occurrences of a series. Raises `Refused`, also the second time."""
        self._need_writer()
        event = self.get(event_id).copy()
        if event.is_cancelled:
            raise Refused(410, "deleted", "Resource has been deleted")
        _check_match(event, if_match)
        event.fields["status"] = "cancelled"
        self.store.keep(self.calendar, event)
        self._drop_orphans(event)
        return event

    def occurrences(self, series: Event, until: datetime, *, with_cancelled: bool = False) -> Iterator[Event]:
        """Those that begin before `until` by the rule, in order; one that was changed as it is now."""
        zone = self.calendar.zone
        if series.is_cancelled and not with_cancelled:
            return
        for start in occurrences(series.fields["recurrence"], series.start, zone, until):
            event_id = f"{series.id}_{start.name()}"
            event = self.calendar.events.get(event_id)
            if event is None:
                lasting = {name: value for name, value in series.fields.items() if name != "recurrence"}
                place = {"start": start, "end": start.moved(series.end.since(series.start)), "originalStartTime": start}
                fields = {**lasting, **place, "recurringEventId": series.id}
                event = Event(event_id, fields, series.created, series.updated, series.change)
            if with_cancelled or not event.is_cancelled:
                yield event

    def within(self, start: datetime, end: datetime) -> list[Event]:
        """Single events and occurrences that are not cancelled and overlap [start, end), in order."""
        zone = self.calendar.zone
        found: dict[str, Event] = {}
        for event in self.calendar.events.values():
            for one in self.occurrences(event, end) if event.is_series else [event]:
                if not one.is_cancelled and one.start.instant(zone) < end and one.end.instant(zone) > start:
                    found[one.id] = one
        return sorted(found.values(), key=lambda one: one.start.instant(zone))

    def exceptions(self, series: Event) -> list[Event]:
        return [event for event in self.calendar.events.values() if event.fields.get("recurringEventId") == series.id]

    def _occurrence(self, event_id: str) -> Event | None:
        found = OF_AN_OCCURRENCE.fullmatch(event_id)
        series = self.calendar.events.get(found[1]) if found else None
        if not found or series is None or not series.is_series:
            return None
        day = datetime.strptime(f"{found[2][:8]}+0000", "%Y%m%d%z") + timedelta(days=2)
        return next((event for event in self.occurrences(series, day) if event.id == event_id), None)

    def _drop_orphans(self, series: Event) -> None:
        """What was an occurrence and is none any more goes, too."""
        changed = [event for event in self.exceptions(series) if not event.is_cancelled]
        if not changed:
            return
        last = max(event.fields["originalStartTime"].instant(self.calendar.zone) for event in changed)
        still = set()
        if series.is_series and not series.is_cancelled:
            still = {event.id for event in self.occurrences(series, last + timedelta(seconds=1))}
        for event in changed:
            if event.id not in still:
                event.fields["status"] = "cancelled"
                self.store.keep(self.calendar, event)

    def _need_writer(self) -> None:
        if ROLES.index(self.role) < ROLES.index("writer"):
            words = "You need to have writer access to this calendar."
            raise Refused(403, "requiredAccessLevel", words, domain="calendar")

    def _check_organizer(self, event: Event, fields: dict[str, Any]) -> None:
        is_ours = event.fields["organizer"]["email"] == self.calendar.id or event.fields.get("guestsCanModify")
        if not is_ours and any(fields.get(name) != event.fields.get(name) for name in SHARED):
            words = "Shared properties can only be changed by the organizer of the event."
            raise Refused(403, "forbiddenForNonOrganizer", words, domain="calendar")


def _check_match(event: Event, if_match: str) -> None:
    if if_match and if_match not in ("*", event.etag):
        raise Refused(412, "conditionNotMet", "Precondition Failed", place="header If-Match")
