"""The door to an account of a person, with its secrets opened for the calls of one turn."""

from collections.abc import Callable
from datetime import datetime

from accounts.errors import GoogleUnreachable, NeedsReconnect
from accounts.models import Connection
from accounts.selectors.zones import zone_at, zone_on
from accounts.services.connections import use_secret
from accounts.services.google_grants import access_token
from availability.gateways.caldav import CalDavAccount
from availability.gateways.faults import Away, GrantLost
from availability.gateways.feed import Feed
from availability.gateways.google import GoogleAccount
from availability.gateways.meter import Meter
from availability.gateways.provider import Provider

Clock = Callable[[], datetime]


def open_account(connection: Connection, meter: Meter, clock: Clock) -> Provider:
    """Raises `GrantLost` if its secrets do not open."""
    now = clock()
    if connection.provider == Connection.Provider.GOOGLE:
        return GoogleAccount(lambda is_refused: _google_token(connection, clock(), is_refused=is_refused), meter)
    zone = zone_at(zone_on(connection.user), now)
    try:
        address = use_secret(connection=connection, name="address", now=now)
        if connection.provider == Connection.Provider.FEED:
            return Feed(address, zone=zone)
        password = use_secret(connection=connection, name="password", now=now)
    except NeedsReconnect as refusal:
        raise GrantLost from refusal
    return CalDavAccount(address, connection.account, password, clock=clock, zone=zone)


def _google_token(connection: Connection, now: datetime, *, is_refused: bool) -> str:
    try:
        return access_token(connection=connection, now=now, is_refused=is_refused)
    except NeedsReconnect as refusal:
        raise GrantLost from refusal
    except GoogleUnreachable as refusal:
        raise Away from refusal
