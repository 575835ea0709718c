"""What a provider of calendars can do. One object stands for one account of a person, and is used by one thread.

Every method but `id_for` asks the network, so none is called inside a transaction, and each raises a `Fault`. Instants
are aware, spans half-open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

Span = tuple[datetime, datetime]


class Access(StrEnum):
    """What the person may do in a calendar. `BUSY` is to see when, and nothing else."""

    OWNER = "owner"
    WRITER = "writer"
    READER = "reader"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Listed:
    """A calendar of an account. `colour` is #rrggbb or "", `zone` an IANA name or ""."""

    id: str
    name: str
    access: Access
    zone: str = ""
    colour: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A resource of a calendar as it is now: an event, or what one occurrence of a series has for itself.

    Items of one `group` belong to one series and are read together. `ics` is what stands inside a VCALENDAR
    (`availability.domain.ics.wrapped`): the VEVENTs, the VTIMEZONEs that they bring along, the X-WR-TIMEZONE of a feed;
    "" says that the resource is gone. `mark` is what TimeFlow wrote into it (`Entry.mark`). `span` is where an event
    is, with a mark or without; None for an all-day event or one without a zone.
    """

    id: str
    group: str
    etag: str = ""
    ics: str = ""
    mark: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A part of what changed. The last page has no `next_page`, and the `token` to ask with the next time.

    `is_full`: these are pages of all that there is, so what none of them holds is gone. `skipped` counts what was left
    out, by the reason in words. `unread` has the ids of items that are there and could not be read; what is known of
    them stays.
    """

    items: Sequence[Item]
    next_page: str = ""
    token: str = ""
    is_full: bool = False
    skipped: Mapping[str, int] = field(default_factory=dict)
    unread: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What TimeFlow writes. `mark` says whose it is and which event it is here: the hexadecimal digits of two UUIDs.
    It is kept with the copy there.
    """

    mark: str
    title: str
    starts_at: datetime
    ends_at: datetime
    notes: str = ""
    is_private: bool = False
    is_busy: bool = True


@dataclass(frozen=True, slots=True)
class Stored:
    """Where the copy is, and its version."""

    id: str
    etag: str


@dataclass(frozen=True, slots=True)
class Watch:
    """A channel on which the provider tells of changes, until `expires_at`."""

    resource: str
    expires_at: datetime


class Provider(Protocol):
    """An account at a provider."""

    def calendars(self) -> list[Listed]:
        """All that the person can see there."""
        ...

    def changes(self, calendar: str, *, token: str = "", page: str = "") -> Page:
        """What changed since `token` was given, all without one; `page` goes on where a page ended.

        Raises `TokenExpired`, `Missing`.
        """
        ...

    def make_calendar(self, name: str, zone: str, mark: str) -> Listed:
        """A new one that belongs to the person. One that was made with this mark is answered instead.

        `mark` are letters and digits.
        """
        ...

    def get(self, calendar: str, event_id: str) -> Item:
        """One resource, by its id or by one of `id_for`; its `ics` is "" if it is gone.

        Raises `Missing` if it never was, or is forgotten.
        """
        ...

    def id_for(self, calendar: str, mark: str, turn: int) -> str:
        """The id of a new event with this mark, as an `Item` has it; `turn` counts how often it is made anew, for no id
        is used twice."""
        ...

    def insert(self, calendar: str, event_id: str, entry: Entry) -> Stored:
        """Write a new event under an id of `id_for`. Raises `Taken`, also if the same call came through before."""
        ...

    def update(self, calendar: str, event_id: str, entry: Entry, *, was: Entry | None, etag: str) -> Stored:
        """Write what is other in `entry` than in `was`, all of it without one, and leave the rest as the person has it.

        Raises `Changed`, `Missing`. An `etag` of "" writes over any version.
        """
        ...

    def delete(self, calendar: str, event_id: str, *, etag: str) -> None:
        """Gone already is fine. Raises `Changed`. An `etag` of "" deletes any version."""
        ...

    def busy(self, calendars: Sequence[str], start: datetime, end: datetime) -> dict[str, list[Span]]:
        """When each is busy within [start, end). Raises if one of them cannot be asked."""
        ...

    def watch(self, calendar: str, channel: str, *, token: str, address: str, seconds: int) -> Watch | None:
        """Have changes told to `address` on a new channel; None where the provider tells nobody."""
        ...

    def stop_watching(self, channel: str, resource: str) -> None:
        """A channel that is over already is fine."""
        ...
