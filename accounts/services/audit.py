"""The account's log of security events."""

import logging
import uuid
from datetime import datetime

from accounts.domain.callers import Caller
from accounts.models import SecurityEvent

log = logging.getLogger(__name__)


def record_event(
    *, user_id: uuid.UUID, kind: SecurityEvent.Kind, caller: Caller, now: datetime, **facts: str | int
) -> SecurityEvent:
    """Called in the transaction of what it tells. `facts` are shown to the person: no secrets, no whole addresses."""
    log.info("security event %s of user %s", kind.value, user_id)
    return SecurityEvent.objects.create(
        user_id=user_id, kind=kind, at=now, device=caller.device, place=caller.place, facts=facts
    )
