"""Rows of accounts, a module per thing."""

from accounts.models.api_tokens import ApiToken
from accounts.models.connections import Connection
from accounts.models.erased import ErasedAccount
from accounts.models.people import Stay, User, UserManager
from accounts.models.security import SecurityEvent
from accounts.models.sessions import Session

__all__ = ["ApiToken", "Connection", "ErasedAccount", "SecurityEvent", "Session", "Stay", "User", "UserManager"]
