"""What allauth tells of its flows and rows, turned into our own deeds. Nothing else here listens to signals."""

from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed, password_reset, password_set
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from accounts.requests import BrowserRequest, caller_of
from accounts.services.credentials import note_password_change
from accounts.services.second_factors import own_seeds
from accounts.services.sessions import confirm_identity


@receiver(authentication_step_completed)
def _stay_fresh(request: BrowserRequest, user: User, reauthenticated: bool = False, **_said: Any) -> None:
    if reauthenticated and request.signed_in and request.signed_in.user_id == user.pk:
        confirm_identity(session=request.signed_in, now=timezone.now())


@receiver(password_changed)
@receiver(password_set)
@receiver(password_reset)
def _end_other_sessions(request: BrowserRequest, user: User, **_said: Any) -> None:
    note_password_change(user=user, keep=request.signed_in, caller=caller_of(request), now=timezone.now())
    request.is_flow_over = True


def remember_whose_seeds(instance: Any, **_said: Any) -> None:
    """A row of `allauth.mfa` was read; connected only where that app is installed."""
    own_seeds(instance)
