"""Grants to calendar providers: kept sealed, opened for one call, given up when they no longer open."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from django.db import transaction

from accounts.domain.callers import Caller
from accounts.errors import NeedsReconnect, TooManyAccounts
from accounts.models import Connection, SecurityEvent, User
from accounts.services.audit import record_event
from accounts.services.changes import holding
from timeflow.lib import bounds
from timeflow.lib.errors import NotFound
from timeflow.lib.sealed import Unreadable, sealed_fields

Secret = Literal["access_token", "refresh_token", "password", "address"]
Active, Broken = Connection.State.ACTIVE, Connection.State.NEEDS_RECONNECT


def keep_grant(
    *,
    user: User,
    provider: Connection.Provider,
    subject: str,
    account: str,
    scopes: Sequence[str] = (),
    access_token: str | None = None,
    refresh_token: str | None = None,
    password: str | None = None,
    address: str | None = None,
    expires_at: datetime | None = None,
    caller: Caller,
    now: datetime,
) -> Connection:
    """Connect an account, or connect it again: there is one connection per person, provider and `subject`.

    Raises `TooManyAccounts`; to connect one again is always allowed.
    A secret left out stays as it was: Google gives the refresh token only the first time. `expires_at` is the access
    token's. For a feed, `subject` is a digest of its address, which is secret itself.
    """
    given = {"access_token": access_token, "refresh_token": refresh_token, "password": password, "address": address}
    with holding(user.pk) as person:
        # Held, so that a change of keys does not come between reading and saving.
        mine = Connection.objects.select_for_update().filter(user=person)
        known = mine.filter(provider=provider, subject=subject).first()
        if known is None and mine.count() >= bounds.CONNECTIONS:
            raise TooManyAccounts
        connection = known or Connection(user=person, provider=provider, subject=subject, connected_at=now)
        connection.account, connection.scopes, connection.state = account, list(scopes), Active
        connection.access_expires_at, connection.changed_at, connection.fault = expires_at, now, ""
        for name, secret in given.items():
            if secret is not None:
                setattr(connection, name, secret)
        connection.save()
        kind = SecurityEvent.Kind.CONNECTION_ADDED
        record_event(user_id=user.pk, kind=kind, caller=caller, now=now, provider=str(provider), account=account)
    return connection


def keep_access(*, connection: Connection, token: str, expires_at: datetime) -> None:
    """Keep a fresh access token, unless the grant was given anew or lost meanwhile."""
    with transaction.atomic():
        same = Connection.objects.select_for_update().filter(pk=connection.pk, changed_at=connection.changed_at)
        if same.filter(state=Active).exists():
            connection.access_token, connection.access_expires_at = token, expires_at
            connection.save(update_fields=["access_token", "access_expires_at"])


def use_secret(*, connection: Connection, name: Secret, now: datetime) -> str:
    """A secret in clear, for one call to the provider. Never kept, logged or shown.

    If it is missing or does not open, the connection must be made again: that is recorded, and `NeedsReconnect`
    raised. Not for use inside a transaction, whose end would undo the record.
    """
    if connection.state == Broken:
        raise NeedsReconnect
    sealed = getattr(connection, name)
    try:
        if sealed is not None:
            return str(sealed.open())
    except Unreadable:
        pass
    break_connection(connection=connection, now=now)
    raise NeedsReconnect


def break_connection(*, connection: Connection, now: datetime, caller: Caller | None = None) -> None:
    """The provider refused the grant, or it does not open: the person must connect again.

    Nothing happens if they did so since `connection` was read.
    """
    with transaction.atomic():
        same = Connection.objects.filter(pk=connection.pk, state=Active, changed_at=connection.changed_at)
        if same.update(state=Broken, changed_at=now):
            _record_break(connection, caller or Caller(), now)


def lose_secrets(connection_ids: Sequence[uuid.UUID], now: datetime) -> None:
    """A key is gone for good: clear what was sealed, and have these connections made again."""
    nothing = {field.name: None for field in sealed_fields(Connection)}
    with transaction.atomic():
        lost = list(Connection.objects.select_for_update().filter(pk__in=connection_ids))
        Connection.objects.filter(pk__in=connection_ids).update(state=Broken, changed_at=now, **nothing)
        for connection in lost:
            if connection.state == Active:
                _record_break(connection, Caller(), now)


def remove_connection(
    *, user: User, connection_id: uuid.UUID, revoke: Callable[[str], bool], caller: Caller, now: datetime
) -> bool:
    """Disconnect. `revoke` is given a token to end the grant with, and says whether the provider did so.

    Returns that answer; False, too, if there was nothing readable to end it with. The connection goes in any case.
    `revoke` is called before and outside the transaction, and does not raise.
    """
    connection = Connection.objects.filter(user=user, pk=connection_id).first()
    if connection is None:
        raise NotFound
    token = _token(connection)
    is_revoked = revoke(token) if token else False
    # Held, so that no row that belongs to it is made while its rows go.
    with holding(user.pk):
        deleted, _ = Connection.objects.filter(user=user, pk=connection_id).delete()
        if deleted:
            record_event(
                user_id=user.pk,
                kind=SecurityEvent.Kind.CONNECTION_REMOVED,
                caller=caller,
                now=now,
                provider=connection.provider,
                account=connection.account,
            )
    return is_revoked


def give_back(*, connection: Connection, revoke: Callable[[str], bool]) -> bool:
    """End a grant at its provider as a part of erasing its person. True, too, for what does not open."""
    token = _token(connection)
    return revoke(token) if token else True


def _token(connection: Connection) -> str | None:
    return _readable(connection, "refresh_token") or _readable(connection, "access_token")


def _readable(connection: Connection, name: Secret) -> str | None:
    sealed = getattr(connection, name)
    try:
        return str(sealed.open()) if sealed is not None else None
    except Unreadable:
        return None


def _record_break(connection: Connection, caller: Caller, now: datetime) -> None:
    record_event(
        user_id=connection.user_id,
        kind=SecurityEvent.Kind.CONNECTION_BROKEN,
        caller=caller,
        now=now,
        provider=connection.provider,
        account=connection.account,
    )
