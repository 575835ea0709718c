"""Rows of accounts, a module per thing."""

from accounts.models.people import Stay, User, UserManager

__all__ = ["Stay", "User", "UserManager"]
