"""The end of an account: asked for, a week to think better of it, then every row is gone."""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.domain.callers import Caller
from accounts.models import ErasedAccount, SecurityEvent, User
from accounts.services.audit import record_event
from accounts.services.changes import holding
from timeflow.lib import lifecycle

TIME_TO_RETURN = timedelta(days=7)
# For so long an account that is due waits for a calendar provider that does not take its grant back.
PATIENCE = timedelta(days=1)
log = logging.getLogger(__name__)


def ask_deletion(*, user: User, caller: Caller, now: datetime) -> datetime:
    """Close the account: the person is signed out everywhere and their programs are locked out. When it will be erased.

    Asking twice changes nothing. Signing in takes it back.
    """
    with holding(user.pk) as person:
        if person.deletion_due_at:
            return person.deletion_due_at
        person.deletion_due_at = now + TIME_TO_RETURN
        person.save(update_fields=["deletion_due_at"])
        lifecycle.close(person.pk, now)
        record_event(user_id=person.pk, kind=SecurityEvent.Kind.DELETION_ASKED, caller=caller, now=now)
    return person.deletion_due_at


def erase_due_accounts(*, now: datetime) -> int:
    """Erase what is due, a transaction a person; what fails is tried again. May run twice. Returns how many went."""
    due = User.objects.filter(deletion_due_at__lte=now).order_by("deletion_due_at").values_list("pk", flat=True)
    overdue = set(due.filter(deletion_due_at__lte=now - PATIENCE))
    erased = 0
    for user_id in due:
        try:
            _release(user_id, now, is_last_try=user_id in overdue)
            erased += erase_account(user_id=user_id, now=now)
        except Exception:
            log.exception("user %s could not be erased yet", user_id)
    return erased


def _release(user_id: uuid.UUID, now: datetime, *, is_last_try: bool) -> None:
    """First of all, while the secrets that it needs are still there. No provider can keep rows alive for ever."""
    try:
        lifecycle.release(user_id, now)
    except Exception:
        if not is_last_try:
            raise
        log.exception("what others granted to user %s could not be given back; it is erased here", user_id)


def erase_account(*, user_id: uuid.UUID, now: datetime) -> bool:
    """Erase a person whose time is over. False for anybody else, also for one who signs in at this moment."""
    with transaction.atomic():
        due = User.objects.select_for_update().filter(pk=user_id, deletion_due_at__lte=now)
        if due.first() is None:
            return False
        _erase(user_id, now)
    return True


def repeat_deletions(*, user_ids: Iterable[uuid.UUID], now: datetime) -> int:
    """Erase the people whom a backup that was played back brought back. Returns how many there were."""
    found = 0
    for user_id in user_ids:
        with transaction.atomic():
            found += User.objects.select_for_update().filter(pk=user_id).first() is not None
            _erase(user_id, now)
    return found


def _erase(user_id: uuid.UUID, now: datetime) -> None:
    lifecycle.erase(user_id)
    ErasedAccount.objects.get_or_create(user_id=user_id, defaults={"erased_at": now})
    log.info("user %s is erased", user_id)
