"""Reads of connections."""

from accounts.models import Connection, User
from timeflow.lib.sealed import sealed_fields


def connections(user: User) -> list[Connection]:
    """The person's, oldest first, without their secrets; `get_state_display()` says how each is."""
    hidden = [field.name for field in sealed_fields(Connection)]
    return list(Connection.objects.filter(user=user).defer(*hidden).order_by("connected_at", "pk"))
