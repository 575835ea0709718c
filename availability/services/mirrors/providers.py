"""The door to an account of a person, with its secrets opened for the calls of one turn."""

from collections.abc import Callable
from datetime import datetime

from accounts.errors import GoogleUnreachable, NeedsReconnect
from accounts.models import Connection
from accounts.services.google_grants import access_token
from availability.gateways.faults import Away, GrantLost
from availability.gateways.google import GoogleAccount
from availability.gateways.meter import Meter
from availability.gateways.provider import Provider


def open_account(connection: Connection, meter: Meter, clock: Callable[[], datetime]) -> Provider:
    """Raises `GrantLost` if its secrets do not open."""

    def token(is_refused: bool) -> str:
        try:
            return access_token(connection=connection, now=clock(), is_refused=is_refused)
        except NeedsReconnect as refusal:
            raise GrantLost from refusal
        except GoogleUnreachable as refusal:
            raise Away from refusal

    return GoogleAccount(token, meter)
