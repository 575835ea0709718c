"""What the stand-in remembers: accounts, calendars, who sees which, and the order in which things changed."""

import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from secrets import choice
from typing import Any

from timeflow.fakes.google.clock import Clock
from timeflow.fakes.google.exchange import not_found
from timeflow.fakes.google.moments import Moment

ROLES = ("freeBusyReader", "reader", "writer", "owner")
"""From the least to the most."""
ID_LETTERS = "0123456789abcdefghijklmnopqrstuv"


@dataclass
class Account:
    """`claims` replace or (None) leave out what an ID token says of the person."""

    subject: str
    email: str
    name: str = ""
    zone: str = "Europe/Berlin"
    claims: dict[str, Any] = field(default_factory=dict)


@dataclass
class Event:
    """`fields` are Google's, but `start`, `end` and `originalStartTime`, which are moments."""

    id: str
    fields: dict[str, Any]
    created: datetime
    updated: datetime
    change: int = 0

    @property
    def start(self) -> Moment:
        return self.fields["start"]

    @property
    def end(self) -> Moment:
        return self.fields["end"]

    @property
    def is_cancelled(self) -> bool:
        return self.fields["status"] == "cancelled"

    @property
    def is_series(self) -> bool:
        return bool(self.fields.get("recurrence"))

    @property
    def etag(self) -> str:
        return etag(self.change)

    def copy(self) -> "Event":
        return Event(self.id, deepcopy(self.fields), self.created, self.updated, self.change)


@dataclass
class Calendar:
    """`app`: the client that made it by the API, or "". `roles` are by address; the owner is among them."""

    id: str
    owner: str
    name: str
    zone: str
    notes: str = ""
    app: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    change: int = 0


@dataclass
class Listed:
    """A calendar in somebody's list; `is_deleted` once they do not have it any more.

    `role_change`: since when they may do there what they may do; older sync tokens are void.
    """

    calendar_id: str
    colour_id: str = "14"
    colour: str = "#9fe1e7"
    is_selected: bool = True
    is_deleted: bool = False
    change: int = 0
    role_change: int = 0


def etag(change: int) -> str:
    return f'"{3_400_000_000_000_000 + 2 * change}"'


def new_id(length: int = 26) -> str:
    return "".join(choice(ID_LETTERS) for _ in range(length))


class Store:
    """Whoever reads or changes it holds `lock`. `on_change` is told the calendar of each change of events."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.accounts: dict[str, Account] = {}
        self.calendars: dict[str, Calendar] = {}
        self.lists: dict[str, dict[str, Listed]] = {}
        self.serial = 0
        self.oldest_token = 0
        self.on_change: Callable[[Calendar], None] = lambda calendar: None

    def next(self) -> int:
        self.serial += 1
        return self.serial

    def add_account(self, account: Account) -> Account:
        """With its primary calendar, whose id is the address."""
        self.accounts[account.email] = account
        self.lists.setdefault(account.email, {})
        if account.email not in self.calendars:
            name = account.name or account.email
            self.add_calendar(Calendar(account.email, account.email, name, account.zone))
        return account

    def account_of(self, subject: str) -> Account | None:
        return next((account for account in self.accounts.values() if account.subject == subject), None)

    def add_calendar(self, calendar: Calendar, colour: str = "") -> Calendar:
        calendar.change = self.next()
        self.calendars[calendar.id] = calendar
        self.share(calendar, calendar.owner, "owner", colour)
        return calendar

    def share(self, calendar: Calendar, email: str, role: str, colour: str = "") -> None:
        is_new = calendar.roles.get(email) != role
        calendar.roles[email] = role
        listed = self.lists.setdefault(email, {}).setdefault(calendar.id, Listed(calendar.id))
        listed.colour, listed.is_deleted, listed.change = colour or listed.colour, False, self.next()
        listed.role_change = listed.change if is_new else listed.role_change

    def unshare(self, calendar: Calendar, email: str) -> None:
        calendar.roles.pop(email, None)
        listed = self.lists[email][calendar.id]
        listed.is_deleted, listed.change = True, self.next()

    def drop_calendar(self, calendar: Calendar) -> None:
        for email in list(calendar.roles):
            self.unshare(calendar, email)
        del self.calendars[calendar.id]

    def calendar(self, calendar_id: str, email: str) -> Calendar:
        """One that the account may at least look up as busy. Raises `Refused`."""
        calendar = self.calendars.get(email if calendar_id == "primary" else calendar_id)
        if calendar is None or email not in calendar.roles:
            raise not_found()
        return calendar

    def keep(self, calendar: Calendar, event: Event) -> Event:
        """Remember that it changed just now."""
        event.change, event.updated = self.next(), self.clock.now()
        calendar.events[event.id] = event
        self.on_change(calendar)
        return event
