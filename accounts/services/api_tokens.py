"""Personal API tokens: made, shown once, used, revoked."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from accounts.domain.callers import Caller
from accounts.errors import SignedOut
from accounts.models import ApiToken, SecurityEvent, User
from accounts.services.audit import record_event
from accounts.services.changes import holding
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid, NotFound

PREFIX = "tfp_"
# How exactly the last use is remembered; more would cost a write with each request.
NOTED_EVERY = timedelta(minutes=1)


def create_api_token(
    *, user: User, name: str, scope: str, days: int, caller: Caller, now: datetime
) -> tuple[ApiToken, str]:
    """The token and its secret, which nobody can ever be shown again. Raises `Invalid`, or `SignedOut`
    if the account was closed at this very moment.
    """
    if days not in bounds.TOKEN_DAYS:
        raise Invalid.field("days", f"A token lives 1 to {bounds.TOKEN_DAYS.most} days.")
    secret = PREFIX + secrets.token_urlsafe(32)
    with holding(user.pk) as person:
        if person.deletion_due_at:
            raise SignedOut
        if person.api_tokens.live(now).count() >= bounds.API_TOKENS:
            raise Invalid.field("name", f"At most {bounds.API_TOKENS} tokens can be in use; revoke one first.")
        token = ApiToken.objects.create(
            user=person,
            name=name,
            scope=scope,
            digest=_digest(secret),
            hint=secret[:8],
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        made = SecurityEvent.Kind.TOKEN_CREATED
        record_event(user_id=person.pk, kind=made, caller=caller, now=now, name=name, scope=str(scope))
    return token, secret


def use_api_token(*, secret: str, now: datetime) -> ApiToken | None:
    """The live token of that secret, with its person, noting its use; None for anything else."""
    if not secret.startswith(PREFIX):
        return None
    token = ApiToken.objects.live(now).select_related("user").filter(digest=_digest(secret)).first()
    if token is None or not token.user.is_active:
        return None
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke_api_token(*, user: User, token_id: uuid.UUID, caller: Caller, now: datetime) -> None:
    """Raises `NotFound`, also for one that is revoked already."""
    with holding(user.pk) as person:
        token = person.api_tokens.filter(pk=token_id, revoked_at=None).first()
        if token is None:
            raise NotFound
        ApiToken.objects.filter(pk=token.pk).update(revoked_at=now)
        gone = SecurityEvent.Kind.TOKEN_REVOKED
        record_event(user_id=person.pk, kind=gone, caller=caller, now=now, name=token.name)


def revoke_api_tokens(*, user_id: uuid.UUID, now: datetime) -> int:
    """Revoke all of a person's tokens as a part of another change. Returns how many there were."""
    return ApiToken.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
