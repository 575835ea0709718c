"""What allauth tells of its flows and rows, turned into our own deeds. Nothing else here listens to signals."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import (
    authentication_step_completed,
    email_changed,
    email_confirmed,
    email_removed,
    password_changed,
    password_reset,
    password_set,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import SecurityEvent, User
from accounts.requests import BrowserRequest, caller_of
from accounts.services.credentials import note_credential_change, note_password_change
from accounts.services.second_factors import mark_code_used, own_seeds
from accounts.services.sessions import confirm_identity
from timeflow.lib.logs import Suspicion, tell_security

Kind = SecurityEvent.Kind


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


@receiver(user_login_failed)
def _note_failed_sign_in(**_said: Any) -> None:
    tell_security(Suspicion.SIGN_IN_FAILED)


def remember_whose_seeds(instance: Any, **_said: Any) -> None:
    """A row of `allauth.mfa` was read."""
    own_seeds(instance)


@receiver(email_changed)
def _note_first_address(
    request: BrowserRequest, user: User, from_email_address: EmailAddress | None = None, **_said: Any
) -> None:
    _note(request, user, Kind.EMAIL_CHANGED, **({"was": from_email_address.email} if from_email_address else {}))


@receiver(email_removed)
def _note_lost_address(request: BrowserRequest, user: User, email_address: EmailAddress, **_said: Any) -> None:
    if email_address.verified:
        _note(request, user, Kind.EMAIL_CHANGED, was=email_address.email)


@receiver(email_confirmed)
def _note_further_address(request: BrowserRequest, email_address: EmailAddress, **_said: Any) -> None:
    """One can sign in by each confirmed address. The first one belongs to signing up, which is no change."""
    user = email_address.user
    if user.emailaddress_set.filter(verified=True).exclude(pk=email_address.pk).exists():
        _note(request, user, Kind.EMAIL_CHANGED)


@receiver(authenticator_added)
@receiver(authenticator_reset)
def _note_added_method(request: BrowserRequest, user: User, authenticator: Authenticator, **_said: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        mark_code_used(authenticator.wrap(), request.POST.get("code", ""))
    _note(request, user, Kind.METHOD_ADDED, method=authenticator.type)


@receiver(authenticator_removed)
def _note_removed_method(request: BrowserRequest, user: User, authenticator: Authenticator, **_said: Any) -> None:
    _note(request, user, Kind.METHOD_REMOVED, method=authenticator.type)


def _note(request: BrowserRequest, user: User, kind: SecurityEvent.Kind, **facts: str) -> None:
    """The browser that asked stays signed in, if it is the person's own."""
    own = request.signed_in if request.signed_in and request.signed_in.user_id == user.pk else None
    note_credential_change(user=user, kind=kind, keep=own, caller=caller_of(request), now=timezone.now(), **facts)
