"""Whether a password alone opens an account."""

from django.apps import apps

from accounts.models import User


def has_second_factor(user: User) -> bool:
    if not apps.is_installed("allauth.mfa"):
        return False
    from allauth.mfa.utils import is_mfa_enabled  # noqa: PLC0415  # cannot be imported unless it is installed

    return is_mfa_enabled(user)
