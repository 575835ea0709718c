"""Lasting grants of Google: asked for by a person who connects their calendars, given back when they disconnect."""

from datetime import datetime, timedelta

from accounts.domain.callers import Caller
from accounts.errors import CalendarNotGranted, GoogleUnreachable, NeedsReconnect
from accounts.gateways import google
from accounts.gateways.google import GoogleFault, GrantRefused
from accounts.models import Connection, User
from accounts.services.connections import break_connection, keep_access, keep_grant, use_secret

# Read events, the list of calendars, and when these are busy; write into a calendar that TimeFlow makes, and no other.
SCOPES = (
    "https://www.googleapis.com/auth/calendar.events.readonly",
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
    "https://www.googleapis.com/auth/calendar.freebusy",
    "https://www.googleapis.com/auth/calendar.app.created",
)
WRITE_ANYWHERE = "https://www.googleapis.com/auth/calendar.events"
"""Asked for besides by whoever has their plan written into a calendar of their own."""
MARGIN = timedelta(seconds=90)
"""An access token is not used any more so short before its end."""


def accept_grant(
    *, user: User, code: str, verifier: str, redirect_uri: str, caller: Caller, now: datetime
) -> Connection:
    """Keep what Google gives for `code`. Whoever left a box unticked gets `CalendarNotGranted`, and nothing is kept.

    Asks Google, so not for use inside a transaction. Raises `GoogleUnreachable`, `TooManyAccounts`, too.
    """
    try:
        grant = google.exchange(code=code, verifier=verifier, redirect_uri=redirect_uri)
    except GoogleFault as fault:
        raise GoogleUnreachable from fault
    if not set(SCOPES) <= set(grant.scopes):
        raise CalendarNotGranted
    return keep_grant(
        user=user,
        provider=Connection.Provider.GOOGLE,
        subject=grant.subject,
        account=grant.email,
        scopes=grant.scopes,
        access_token=grant.access_token,
        refresh_token=grant.refresh_token,
        expires_at=now + timedelta(seconds=grant.lives),
        caller=caller,
        now=now,
    )


def access_token(*, connection: Connection, now: datetime, is_refused: bool = False) -> str:
    """A token that is good for a call now; a fresh one if the last ran out or `is_refused`.

    Asks Google then, so not for use inside a transaction. Raises `NeedsReconnect`, `GoogleUnreachable`.
    """
    is_over = connection.access_expires_at is None or connection.access_expires_at <= now + MARGIN
    if not (is_over or is_refused):
        return use_secret(connection=connection, name="access_token", now=now)
    try:
        access = google.refresh(use_secret(connection=connection, name="refresh_token", now=now))
    except GrantRefused as refusal:
        break_connection(connection=connection, now=now)
        raise NeedsReconnect from refusal
    except GoogleFault as fault:
        raise GoogleUnreachable from fault
    keep_access(connection=connection, token=access.token, expires_at=now + timedelta(seconds=access.lives))
    return access.token
