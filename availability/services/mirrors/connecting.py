"""Accounts of people at providers: connected, looked at, given up."""

import hashlib
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from django.db import transaction

from accounts.domain.callers import Caller
from accounts.models import Connection, User
from accounts.services.changes import changing
from accounts.services.connections import keep_grant, remove_connection
from accounts.services.google_grants import accept_grant
from availability.gateways.caldav.addresses import PORTS
from availability.models import Calendar, Channel, Mirror
from availability.selectors.accounts import MAKE_OWN
from availability.services.mirrors.channels import stop
from availability.services.mirrors.listing import look_now
from availability.services.mirrors.target import forget_wishes
from availability.services.repairs import tell_plan
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned
from timeflow.lib.queue import enqueue, enqueue_surely
from timeflow.lib.urgency import ASKED

LIST = "availability.tasks.list_calendars"
MOST_STOPPED = 20
CalDav, Feed = Connection.Provider.CALDAV, Connection.Provider.FEED


def connect_google(
    *, user: User, code: str, verifier: str, redirect_uri: str, caller: Caller, now: datetime
) -> Connection:
    """Keep what Google gives for `code`, and look for the account's calendars soon. Raises what `accept_grant` does.

    Asks Google, so not for use inside a transaction.
    """
    connection = accept_grant(
        user=user, code=code, verifier=verifier, redirect_uri=redirect_uri, caller=caller, now=now
    )
    look_at(connection, now)
    return connection


def connect_caldav(
    *, user: User, address: str, account: str, password: str, caller: Caller, now: datetime
) -> Connection:
    """Keep the way into a CalDAV account, and look for its calendars soon. Raises `Invalid`, `TooManyAccounts`."""
    place = _place(address, "address", schemes=("https", "http"))
    port = "" if place.port in {None, PORTS[place.scheme]} else f":{place.port}"
    subject = f"{account}@{_host(place)}{port}"[:255]
    with transaction.atomic():
        connection = keep_grant(
            user=user,
            provider=CalDav,
            subject=subject,
            account=account,
            address=address,
            password=password,
            caller=caller,
            now=now,
        )
        look_at(connection, now)
    return connection


def connect_feed(*, user: User, address: str, caller: Caller, now: datetime) -> Connection:
    """Subscribe to the .ics file at an address, and read it soon. Raises `Invalid`, `TooManyAccounts`."""
    place = _place(address, "address", schemes=("https", "http", "webcal", "webcals"))
    subject = hashlib.sha256(address.encode()).hexdigest()
    with transaction.atomic():
        connection = keep_grant(
            user=user,
            provider=Feed,
            subject=subject,
            account=_host(place),
            address=address,
            caller=caller,
            now=now,
        )
        look_at(connection, now)
    return connection


def look_at(connection: Connection, now: datetime) -> None:
    """Have the account's calendars listed soon, and what is followed of them read."""
    enqueue(LIST, str(connection.pk), queue=ASKED)
    look_now(user=connection.user, connection_id=connection.pk, now=now)


def look_again(*, user: User, connection_id: uuid.UUID, now: datetime) -> Connection:
    """The person wants to know now what is there. Raises `NotFound`."""
    connection = owned(Connection.objects.filter(user=user), connection_id)
    look_at(connection, now)
    return connection


def keep_plan_in(*, user: User, connection_id: uuid.UUID, words: str) -> None:
    """Have a calendar of our own made in the account, and the plan written there. Raises `NotFound`, `Invalid`."""
    if words not in Mirror.Words.values:
        raise Invalid.field("words", "Say what is written of a block: title, private or busy.")
    connection = owned(Connection.objects.filter(user=user).exclude(provider=Feed), connection_id)
    with transaction.atomic():
        forget_wishes(user)
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


def _place(address: str, field: str, schemes: tuple[str, ...]) -> SplitResult:
    with suppress(ValueError):
        parts = urlsplit(address)
        if parts.hostname and parts.port != 0 and parts.scheme in schemes and "@" not in parts.netloc:
            return parts
    raise Invalid.field(field, "Give a whole address that begins with https://, without a password in it.")


def _host(place: SplitResult) -> str:
    return str(place.hostname)[:254]
