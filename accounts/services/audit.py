"""The account's log of security events."""

import logging
import uuid
from datetime import datetime

from accounts.domain.callers import Caller
from accounts.models import SecurityEvent
from timeflow.lib.logs import tell_security
from timeflow.lib.queue import enqueue_surely

Kind = SecurityEvent.Kind
# A letter follows these, so that a person hears of them who did not do them. Of sign-ins only those from a new device.
TOLD_BY_LETTER = frozenset(
    {
        Kind.SIGNED_IN,
        Kind.SESSION_STOLEN,
        Kind.PASSWORD_CHANGED,
        Kind.EMAIL_CHANGED,
        Kind.METHOD_ADDED,
        Kind.METHOD_REMOVED,
        Kind.TOKEN_CREATED,
        Kind.EXPORTED,
        Kind.DELETION_ASKED,
    }
)
SEND_NOTICE = "accounts.tasks.send_notice"


def record_event(*, user_id: uuid.UUID, kind: Kind, caller: Caller, now: datetime, **facts: str | int) -> SecurityEvent:
    """Called in the transaction of what it tells. `facts` are shown to the person: no secrets, no whole addresses."""
    tell_security(kind.value, level=logging.INFO, account=str(user_id))
    event = SecurityEvent.objects.create(
        user_id=user_id, kind=kind, at=now, device=caller.device, place=caller.place, facts=facts
    )
    if kind in TOLD_BY_LETTER:
        enqueue_surely(SEND_NOTICE, str(user_id), str(event.pk))
    return event
