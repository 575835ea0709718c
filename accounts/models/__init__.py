"""Rows of accounts, a module per thing."""

from accounts.models.people import Stay, User, UserManager
from accounts.models.security import SecurityEvent

__all__ = ["SecurityEvent", "Stay", "User", "UserManager"]
