"""Calendars of accounts as rows, for tests that ask no provider."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.domain.callers import Caller
from accounts.models import Connection, User
from accounts.services.connections import keep_grant
from availability.models import Calendar, Mirror
from availability.selectors.accounts import MAKE_OWN
from availability.services.mirrors.target import make_own
from timeflow.lib.models import Errand

Google, CalDav, Feed = Connection.Provider.GOOGLE, Connection.Provider.CALDAV, Connection.Provider.FEED


def connected(user: User, account: str = "alice@dav.example", *, now: datetime, **fields: object) -> Connection:
    """An account whose calendars were listed; `fields` are the connection's."""
    grant: dict[str, Any] = {"provider": CalDav, "subject": account, "scopes": (), "password": "app"} | fields
    connection = keep_grant(user=user, account=account, caller=Caller(), now=now, **grant)
    Connection.objects.filter(pk=connection.pk).update(listed_at=now)
    return Connection.objects.get(pk=connection.pk)


def own_calendar(connection: Connection, clock: Callable[[], datetime], words: str = "private") -> Calendar | None:
    """A calendar of our own is wished there, and made; None if it could not be."""
    Errand.objects.create(task=MAKE_OWN, args=[str(connection.pk), words], created_at=clock())
    make_own(connection=connection, words=words, clock=clock)
    return Calendar.objects.filter(mirror__is_ours=True).first()


def mirrored(connection: Connection, name: str, *, now: datetime, calendar: dict | None = None, **fields) -> Mirror:
    """A followed calendar that was read just now; `fields` are the mirror's."""
    kept = {"read_at": now, "created_at": now} | (calendar or {})
    row = Calendar.objects.create(user=connection.user, kind=Calendar.Kind.REMOTE, name=name, **kept)
    known = {"access": "owner", "remote_id": name, "next_at": now} | fields
    return Mirror.objects.create(calendar=row, user=connection.user, connection=connection, **known)
