"""What staff do for people. The owner's log says of each deed that it was staff who did it."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.domain.callers import STAFF
from accounts.models import ApiToken, SecurityEvent, Session, User
from accounts.services.api_tokens import revoke_api_token
from accounts.services.audit import record_event
from accounts.services.deletion import ask_deletion
from accounts.services.people import set_standing
from accounts.services.sessions import end_session as end_one
from accounts.services.sessions import end_sessions
from timeflow.lib.errors import Refusal


def note_deed(*, user: User, staff: User, now: datetime, model: str) -> None:
    """In the owner's log: staff changed their `model`."""
    changed = SecurityEvent.Kind.STAFF_CHANGED
    record_event(user_id=user.pk, kind=changed, caller=STAFF, now=now, staff=str(staff.pk), model=model)


def let_in(user: User, *, staff: User, now: datetime) -> None:
    if user.is_active:
        raise Refusal("They may come in already.")
    set_standing(user=user, staff=staff, now=now, is_active=True)


def keep_out(user: User, *, staff: User, now: datetime) -> None:
    """Raises `Refusal` for oneself: nobody would be there to take it back."""
    if user == staff:
        raise Refusal("That is you.")
    if not user.is_active:
        raise Refusal("They are kept out already.")
    set_standing(user=user, staff=staff, now=now, is_active=False)


@transaction.atomic
def sign_out(user: User, *, staff: User, now: datetime) -> None:
    if not end_sessions(user_id=user.pk, because=Session.Reason.ENDED, now=now):
        raise Refusal("They are signed in nowhere.")
    note_deed(user=user, staff=staff, now=now, model="sessions")


@transaction.atomic
def end_session(session: Session, *, staff: User, now: datetime) -> None:
    """Raises `NotFound` for one that ended already."""
    end_one(user=session.user, session_id=session.pk, caller=STAFF, now=now)
    note_deed(user=session.user, staff=staff, now=now, model="session")


@transaction.atomic
def revoke_token(token: ApiToken, *, staff: User, now: datetime) -> None:
    """Raises `NotFound` for one that is revoked already."""
    revoke_api_token(user=token.user, token_id=token.pk, caller=STAFF, now=now)
    note_deed(user=token.user, staff=staff, now=now, model="API token")


def unconfirmed_address(user: User) -> EmailAddress:
    """The one to which the letter goes. Raises `Refusal` if the person has confirmed one."""
    addresses = EmailAddress.objects.filter(user=user)
    waiting = None if addresses.filter(verified=True).exists() else addresses.order_by("-primary").first()
    if waiting is None:
        raise Refusal("Their address is confirmed.")
    return waiting


def note_letter(user: User, *, staff: User, now: datetime) -> None:
    note_deed(user=user, staff=staff, now=now, model="account, by writing to you again")


@transaction.atomic
def start_deletion(user: User, *, staff: User, now: datetime) -> None:
    """Like their own asking, which they did elsewhere: a letter goes out, and signing in takes it back."""
    if user == staff:
        raise Refusal("That is you: Settings, Account.")
    if user.deletion_due_at:
        raise Refusal("It is under way already.")
    ask_deletion(user=user, caller=STAFF, now=now)
    note_deed(user=user, staff=staff, now=now, model="account, by starting its deletion")
