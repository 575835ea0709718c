"""Accounts of people at providers: connected, looked at, given up."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from accounts.domain.callers import Caller
from accounts.models import Connection, User
from accounts.services.changes import changing
from accounts.services.connections import keep_grant, remove_connection
from availability.models import Calendar, Channel
from availability.services.mirrors.channels import stop
from availability.services.repairs import tell_plan
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned
from timeflow.lib.queue import enqueue, enqueue_surely
from timeflow.lib.urgency import ASKED

LIST = "availability.tasks.list_calendars"
MOST_STOPPED = 20
MAKE_OWN = "availability.tasks.make_own_calendar"
CalDav, Feed = Connection.Provider.CALDAV, Connection.Provider.FEED


def connect_caldav(
    *, user: User, address: str, account: str, password: str, caller: Caller, now: datetime
) -> Connection:
    """Keep the way into a CalDAV account, and look for its calendars soon. Raises `Invalid`."""
    host = _host(address, "address", schemes=("https", "http"))
    _require_room(user)
    with transaction.atomic():
        connection = keep_grant(
            user=user,
            provider=CalDav,
            subject=f"{account}@{host}"[:255],
            account=account,
            address=address,
            password=password,
            caller=caller,
            now=now,
        )
        look_at(connection)
    return connection


def connect_feed(*, user: User, address: str, caller: Caller, now: datetime) -> Connection:
    """Subscribe to the .ics file at an address, and read it soon. Raises `Invalid`."""
    host = _host(address, "address", schemes=("https", "http", "webcal", "webcals"))
    _require_room(user)
    with transaction.atomic():
        connection = keep_grant(
            user=user,
            provider=Feed,
            subject=hashlib.sha256(address.encode()).hexdigest(),
            account=host,
            address=address,
            caller=caller,
            now=now,
        )
        look_at(connection)
    return connection


def look_at(connection: Connection) -> None:
    """Have the account's calendars listed soon, and what is followed of them read."""
    enqueue(LIST, str(connection.pk), queue=ASKED)


def keep_plan_in(*, user: User, connection_id: uuid.UUID, words: str) -> None:
    """Have a calendar of our own made in the account, and the plan written there. Raises `NotFound`."""
    connection = owned(Connection.objects.filter(user=user), connection_id)
    enqueue_surely(MAKE_OWN, str(connection.pk), words)


def disconnect(
    *, user: User, connection_id: uuid.UUID, revoke: Callable[[str], bool], caller: Caller, now: datetime
) -> bool:
    """Give an account up: its events go, what TimeFlow wrote there stays. Whether the provider was told.

    Asks the provider, so not for use inside a transaction. Raises `NotFound`.
    """
    for channel in Channel.objects.filter(connection=connection_id, connection__user=user, expires_at__gt=now)[
        :MOST_STOPPED
    ]:
        if not stop(channel, lambda: now):
            break
    is_told = remove_connection(user=user, connection_id=connection_id, revoke=revoke, caller=caller, now=now)
    with changing(user.pk) as person:
        # Its mirrors went with it.
        Calendar.objects.filter(user=person, kind=Calendar.Kind.REMOTE, mirror=None).delete()
        tell_plan(person)
    return is_told


def _host(address: str, field: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme.lower() not in schemes or "@" in parts.netloc:
        raise Invalid.field(field, "Give a whole address that begins with https://, without a password in it.")
    return host[:254]


def _require_room(user: User) -> None:
    if Connection.objects.filter(user=user).count() >= bounds.CONNECTIONS:
        raise Invalid.field("address", f"At most {bounds.CONNECTIONS} accounts can be connected.")
