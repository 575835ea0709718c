"""A call of the Calendar API: who calls, by which scopes, and the register of doors that calls come to."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from timeflow.fakes.google.events import Events
from timeflow.fakes.google.exchange import Answer, Refused, Request, invalid, not_found
from timeflow.fakes.google.listing import Pages
from timeflow.fakes.google.moments import known_zone
from timeflow.fakes.google.oauth import API, Access
from timeflow.fakes.google.push import Push
from timeflow.fakes.google.resources import shown, tombstone
from timeflow.fakes.google.store import Calendar, Event, Store

ROOT = "/calendar/v3"


@dataclass
class Api:
    """What the doors share. `origin`: where this server is."""

    store: Store
    push: Push
    pages: Pages = field(default_factory=Pages)
    origin: str = ""


@dataclass(frozen=True)
class Call:
    """A request by a program (`access`) to a door; `scopes` are those of the token's that open it."""

    api: Api
    request: Request
    access: Access
    calendar_id: str
    event_id: str
    scopes: frozenset[str]

    @property
    def email(self) -> str:
        return self.access.email

    @property
    def calendar(self) -> Calendar:
        """Raises `Refused`, also where all scopes are for other calendars than this."""
        calendar = self.api.store.calendar(self.calendar_id, self.email)
        if not any(self._is_for(scope, calendar) for scope in self.scopes):
            raise insufficient()
        return calendar

    @property
    def events(self) -> Events:
        return Events(self.api.store, self.calendar, self.email)

    def show(self, event: Event) -> dict[str, Any]:
        zone = self.request.one("timeZone") or self.calendar.zone
        if not known_zone(zone):
            raise invalid("Invalid value for: timeZone", "parameter timeZone")
        is_busy_only = self.scopes == {f"{API}calendar.events.freebusy"}
        role = "freeBusyReader" if is_busy_only else self.calendar.roles[self.email]
        return shown(event, self.calendar, role, zone, self.api.origin)

    def show_in_list(self, event: Event) -> dict[str, Any]:
        return tombstone(event, self.calendar.zone) if event.is_cancelled else self.show(event)

    def _is_for(self, scope: str, calendar: Calendar) -> bool:
        match scope.removeprefix(API):
            case "calendar.app.created":
                return calendar.app == self.access.client_id
            case "calendar.events.owned" | "calendar.events.owned.readonly":
                return calendar.roles[self.email] == "owner"
            case "calendar.events.public.readonly":
                return False
        return True


@dataclass(frozen=True)
class Door:
    kind: str
    method: str
    path: re.Pattern[str]
    scopes: frozenset[str]
    answer: Callable[[Call], Answer]


DOORS: list[Door] = []


def door(
    kind: str, method: str, path: str, scopes: str
) -> Callable[[Callable[[Call], Answer]], Callable[[Call], Answer]]:
    """Register what answers at a path of Google's description, in which {…} stands for one part."""
    pattern = re.compile(ROOT + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

    def register(answer: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        DOORS.append(Door(kind, method, pattern, frozenset(f"{API}{scope}" for scope in scopes.split()), answer))
        return answer

    return register


def find_door(method: str, path: str) -> tuple[Door, dict[str, str]]:
    """With what stands in its {…}. Raises `Refused`."""
    for candidate in DOORS:
        if candidate.method == method and (found := candidate.path.fullmatch(path)):
            return candidate, found.groupdict()
    raise not_found()


def insufficient() -> Refused:
    return Refused(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
