"""Background doors: each takes ids, shrugs at rows that are gone, makes one service call and may run twice."""

import uuid
from datetime import datetime, timedelta

from celery import shared_task

from accounts.services import deletion, notices, sessions
from accounts.services.audit import SEND_NOTICE
from timeflow.lib.queue import periodic


@shared_task(name=SEND_NOTICE)
def send_notice(user_id: str, event_id: str) -> None:
    notices.send_notice(user_id=uuid.UUID(user_id), event_id=uuid.UUID(event_id))


@shared_task(name="accounts.tasks.erase_due_accounts")
@periodic("erase-due-accounts", lease=timedelta(minutes=50))
def erase_due_accounts(*, now: datetime) -> None:
    """Whoever asked for deletion a week ago, and did not come back, is gone."""
    deletion.erase_due_accounts(now=now)


@shared_task(name="accounts.tasks.drop_old_sessions")
@periodic("drop-old-sessions", lease=timedelta(hours=20))
def drop_old_sessions(*, now: datetime) -> None:
    """Sessions that ended a month ago are forgotten."""
    sessions.drop_old_sessions(now=now)
