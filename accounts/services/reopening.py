"""The way back for whoever asked for deletion."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.domain.callers import Caller
from accounts.errors import SignedOut
from accounts.models import SecurityEvent, User
from accounts.services.audit import record_event


def undo_deletion(*, user_id: uuid.UUID, caller: Caller, now: datetime) -> bool:
    """Whether the person had asked for deletion and stays now. Ended sessions and revoked tokens stay so.

    Holds the person's row, for which the erasing waits or which it took already: then `SignedOut` is raised.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().filter(pk=user_id).first()
        if person is None:
            raise SignedOut
        if person.deletion_due_at is None:
            return False
        User.objects.filter(pk=user_id).update(deletion_due_at=None)
        record_event(user_id=user_id, kind=SecurityEvent.Kind.DELETION_UNDONE, caller=caller, now=now)
    return True
