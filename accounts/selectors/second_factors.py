"""Whether a password alone opens an account."""

from allauth.mfa.utils import is_mfa_enabled

from accounts.models import User


def has_second_factor(user: User) -> bool:
    return is_mfa_enabled(user)
