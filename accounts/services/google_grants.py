"""Lasting grants of Google: asked for by a person who connects their calendars, given back when they disconnect."""

from datetime import datetime, timedelta

from accounts.domain.callers import Caller
from accounts.errors import CalendarNotGranted, GoogleUnreachable
from accounts.gateways import google
from accounts.gateways.google import GoogleFault
from accounts.models import Connection, User
from accounts.services.connections import keep_grant

# Read events and the list of calendars; write into a calendar that TimeFlow makes, and into no other.
SCOPES = (
    "https://www.googleapis.com/auth/calendar.events.readonly",
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
    "https://www.googleapis.com/auth/calendar.app.created",
)


def accept_grant(
    *, user: User, code: str, verifier: str, redirect_uri: str, caller: Caller, now: datetime
) -> Connection:
    """Keep what Google gives for `code`. Whoever left a box unticked gets `CalendarNotGranted`, and nothing is kept.

    Asks Google, so not for use inside a transaction. Raises `GoogleUnreachable`, too.
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
