"""Reads about connected accounts: how each is, and where a plan can be written."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Connection, User
from accounts.selectors.connections import connections
from accounts.services.google_grants import WRITE_ANYWHERE
from availability.models import Calendar, Copy, Mirror
from availability.selectors import calendars, counted
from availability.selectors.mirrors import mirror_of, with_mirrors
from timeflow.lib.models import Errand

LONG = {
    Connection.Provider.GOOGLE: "Google Calendar",
    Connection.Provider.CALDAV: "CalDAV",
    Connection.Provider.FEED: "Subscribed file",
}
WRITABLE = ("owner", "writer")
MAKE_OWN = "availability.tasks.make_own_calendar"


@dataclass(frozen=True)
class Line:
    """A calendar of an account. `written`: planned blocks that stand there; `unwritten`: that could not, and why."""

    calendar: Calendar
    mirror: Mirror
    written: int = 0
    unwritten: int = 0
    unwritten_why: str = ""

    @property
    def fault(self) -> str:
        """What keeps it from being read, without what is said of blocks already."""
        return "" if self.mirror.fault == self.unwritten_why else self.mirror.fault

    @property
    def left_out(self) -> list[tuple[int, str]]:
        """How many of its entries are not here, each with the reason in words; the most frequent first."""
        counts = sorted(self.mirror.skipped.items(), key=lambda each: -each[1])
        return [(number, _sentence(reason)) for reason, number in counts]

    @property
    def is_being_read(self) -> bool:
        """Asked for and not read since; whatever failed meanwhile is told instead."""
        is_lost = self.mirror.connection.state == Connection.State.NEEDS_RECONNECT
        if is_lost or not self.mirror.is_followed or self.mirror.fault:
            return False
        read_at, asked_at = self.calendar.read_at, self.mirror.asked_at
        return read_at is None or (asked_at is not None and asked_at > read_at)


def _sentence(reason: str) -> str:
    """ "is not an event" and "It has no start." as one reads them in a list."""
    return (reason if reason[:1].isupper() else f"It {reason}").rstrip(".")


@dataclass(frozen=True)
class Account:
    """A connected account with its calendars, the followed ones first."""

    connection: Connection
    lines: Sequence[Line]
    making_with: str = ""
    """What others may read in the calendar of our own that is being made there; "" if none is."""

    @property
    def provider(self) -> str:
        return LONG[Connection.Provider(self.connection.provider)]

    @property
    def parting(self) -> str:
        """What giving it up is called."""
        return "Unsubscribe" if self.connection.provider == Connection.Provider.FEED else "Disconnect"

    @property
    def follows_any(self) -> bool:
        return any(line.mirror.is_followed for line in self.lines)

    @property
    def receives_blocks(self) -> bool:
        return any(line.mirror.receives_blocks for line in self.lines)

    @property
    def is_making(self) -> bool:
        return bool(self.making_with)

    @property
    def is_broken(self) -> bool:
        return self.connection.state == Connection.State.NEEDS_RECONNECT

    @property
    def is_listing(self) -> bool:
        """Its calendars are looked for, and none is known yet."""
        return not (self.is_broken or self.connection.fault or self.connection.listed_at)

    @property
    def is_under_way(self) -> bool:
        is_read = any(line.is_being_read for line in self.lines)
        return not self.is_broken and (self.is_listing or self.is_making or is_read)

    @property
    def read_at(self) -> datetime | None:
        """Since when all that is followed is known; None if some of it is not."""
        read = [line.calendar.read_at for line in self.lines if line.mirror.is_followed]
        known = [at for at in read if at]
        return min(known) if known and len(known) == len(read) else None


def accounts(user: User, now: datetime) -> list[Account]:
    """The person's accounts by provider, the oldest first. Five queries, one without any account."""
    found = connections(user)
    if not found:
        return []
    lines: dict[uuid.UUID, list[Line]] = defaultdict(list)
    copies = _copies(user)
    rows = with_mirrors(counted(calendars(user).filter(kind=Calendar.Kind.REMOTE)), now)
    for calendar in rows:
        if mirror := mirror_of(calendar):
            lines[mirror.connection_id].append(Line(calendar, mirror, *copies.get(mirror.pk, ())))
    making: dict[str, str] = {errand.args[0]: errand.args[1] for errand in wishes_of(user)}
    return [
        Account(
            connection,
            sorted(lines[connection.pk], key=lambda line: not line.mirror.is_followed),
            making.get(str(connection.pk), ""),
        )
        for connection in sorted(found, key=lambda one: list(LONG).index(Connection.Provider(one.provider)))
    ]


def _copies(user: User) -> dict[uuid.UUID, tuple[int, int, str]]:
    """Of each calendar: how many planned blocks stand there, how many of them are not as they should, and why."""
    found: dict[uuid.UUID, tuple[int, int, str]] = {}
    for copy in Copy.objects.filter(user=user).only("mirror", "sent", "fault"):
        written, unwritten, why = found.get(copy.mirror_id, (0, 0, ""))
        found[copy.mirror_id] = written + (copy.sent is not None), unwritten + bool(copy.fault), copy.fault or why
    return found


def wishes_of(user: User) -> "QuerySet[Errand]":
    """Errands by which a calendar of our own is being made somewhere."""
    known = [str(pk) for pk in user.connections.values_list("pk", flat=True)]
    return Errand.objects.filter(task=MAKE_OWN, args__0__in=known)


def may_write(mirror: Mirror) -> bool:
    """Whether the grant reaches so far. A password opens everything; Google's leave is for our own one at first."""
    is_google = mirror.connection.provider == Connection.Provider.GOOGLE
    return not is_google or mirror.is_ours or WRITE_ANYWHERE in mirror.connection.scopes


@dataclass(frozen=True)
class Place:
    """Where a plan can be written: a calendar of our own in an account, made once it is wanted, or one of theirs."""

    key: str
    name: str
    is_ours: bool
    needs_permission: bool = False


def places(known: Sequence[Account]) -> list[tuple[Account, list[Place]]]:
    """Of each account into which can be written, our own calendar first. Where it is now is always among them."""
    return [
        (account, _places(account))
        for account in known
        if account.connection.provider != Connection.Provider.FEED
        and (account.receives_blocks or not account.is_broken)
    ]


def _places(account: Account) -> list[Place]:
    own = Place(f"own:{account.connection.pk}", "A calendar of its own", is_ours=True)
    open_ones = [line for line in account.lines if line.mirror.access in WRITABLE or line.mirror.receives_blocks]
    theirs = [line for line in open_ones if not line.mirror.is_ours]
    return [
        own,
        *(Place(str(line.calendar.pk), line.calendar.name, False, not may_write(line.mirror)) for line in theirs),
    ]


def present_place(known: Sequence[Account]) -> tuple[str, str]:
    """(key of the place, what others may read) where the plan is written or about to be; ("", "") for nowhere."""
    for account in known:
        if account.is_making:
            return f"own:{account.connection.pk}", account.making_with
        for line in account.lines:
            if line.mirror.receives_blocks:
                key = f"own:{account.connection.pk}" if line.mirror.is_ours else str(line.calendar.pk)
                return key, line.mirror.words
    return "", ""
