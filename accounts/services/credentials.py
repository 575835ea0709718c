"""Ways to sign in: whenever one changes, nobody stays signed in by the old state of things."""

from datetime import datetime

from django.db import transaction

from accounts.domain.callers import Caller
from accounts.models import SecurityEvent, Session, User
from accounts.services.audit import record_event
from accounts.services.sessions import end_sessions


def note_credential_change(
    *, user: User, kind: SecurityEvent.Kind, keep: Session | None, caller: Caller, now: datetime, **facts: str | int
) -> None:
    """A password, an address or another way to sign in changed: every session but `keep` ends, and the log says so."""
    with transaction.atomic():
        end_sessions(user_id=user.pk, because=Session.Reason.CREDENTIAL, keep=keep, now=now)
        record_event(user_id=user.pk, kind=kind, caller=caller, now=now, **facts)


def note_password_change(*, user: User, keep: Session | None, caller: Caller, now: datetime) -> None:
    note_credential_change(user=user, kind=SecurityEvent.Kind.PASSWORD_CHANGED, keep=keep, caller=caller, now=now)
