"""Ways to sign in, added and removed. There is always one left."""

from datetime import datetime

from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from accounts.domain.callers import Caller
from accounts.errors import LastWayIn, LinkedAlready, LinkedElsewhere
from accounts.models import SecurityEvent, Session, User
from accounts.selectors.ways_in import GOOGLE, opens_alone, ways_in
from accounts.services.changes import holding
from accounts.services.credentials import note_credential_change
from timeflow.lib.errors import NotFound

ADDED, REMOVED = SecurityEvent.Kind.METHOD_ADDED, SecurityEvent.Kind.METHOD_REMOVED


def link_google(
    *, user: User, subject: str, email: str, keep: Session | None, caller: Caller, now: datetime
) -> SocialAccount:
    """`subject` is Google's own id of the account; `email` only tells it from another one in Settings.

    Raises `LinkedAlready` or `LinkedElsewhere`.
    """
    with holding(user.pk) as person:
        known = SocialAccount.objects.filter(provider=GOOGLE, uid=subject).first()
        if known:
            raise LinkedAlready if known.user_id == person.pk else LinkedElsewhere
        try:
            with transaction.atomic():
                account = SocialAccount.objects.create(
                    user=person, provider=GOOGLE, uid=subject, extra_data={"email": email}
                )
        except IntegrityError as error:
            raise LinkedElsewhere from error
        note_credential_change(user=person, kind=ADDED, keep=keep, caller=caller, now=now, method=GOOGLE)
    return account


def remove_google(*, user: User, account_id: int, keep: Session | None, caller: Caller, now: datetime) -> None:
    """Raises `NotFound` or `LastWayIn`."""
    with holding(user.pk) as person:
        account = SocialAccount.objects.filter(user=person, provider=GOOGLE, pk=account_id).first()
        if account is None:
            raise NotFound
        _require_another(person)
        account.delete()
        note_credential_change(user=person, kind=REMOVED, keep=keep, caller=caller, now=now, method=GOOGLE)


def remove_password(*, user: User, keep: Session | None, caller: Caller, now: datetime) -> None:
    """Raises `LastWayIn`."""
    with holding(user.pk) as person:
        if not person.has_usable_password():
            return
        _require_another(person)
        person.set_unusable_password()
        person.save(update_fields=["password"])
        note_credential_change(user=person, kind=REMOVED, keep=keep, caller=caller, now=now, method="password")


def remove_passkey(*, user: User, key_id: int, keep: Session | None, caller: Caller, now: datetime) -> None:
    """Raises `NotFound` or `LastWayIn`. Recovery codes go with the last second step."""
    with holding(user.pk) as person:
        key = Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN, pk=key_id).first()
        if key is None:
            raise NotFound
        if opens_alone(key):
            _require_another(person)
        key.delete()
        delete_dangling_recovery_codes(person)
        note_credential_change(user=person, kind=REMOVED, keep=keep, caller=caller, now=now, method="webauthn")


def remove_second_factors(*, user: User, caller: Caller, now: datetime) -> list[str]:
    """Forget every passkey, app and recovery code of somebody who lost them; the kinds that there were.

    For operators, once they know who asks: it ends all sessions and the owner gets letters. Raises `LastWayIn` if
    nothing else opens the account.
    """
    with holding(user.pk) as person:
        factors = Authenticator.objects.filter(user=person)
        kinds = sorted(set(factors.values_list("type", flat=True)))
        factors.delete()
        if kinds and not ways_in(person).count:
            raise LastWayIn
        for kind in kinds:
            note_credential_change(user=person, kind=REMOVED, keep=None, caller=caller, now=now, method=kind)
    return kinds


def _require_another(person: User) -> None:
    if ways_in(person).count < 2:
        raise LastWayIn
