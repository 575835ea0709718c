"""Who a request is from, where a person is signed in, and when they last came."""

import uuid
from datetime import datetime

from accounts.domain.claims import Unacceptable
from accounts.models import ApiToken, Session, User
from accounts.models.sessions import SessionQuerySet
from accounts.tokens import AccessToken


def session_of(access_token: str, now: datetime) -> Session | None:
    """The live session of an access token, with its person; None for anything else. One query, none for a bad token."""
    try:
        claims = AccessToken.read(access_token, now=now)
    except Unacceptable:
        return None
    try:
        # Every request asks this, and the plainest query is built in half the time of a filtered one.
        session = Session.objects.select_related("user").get(pk=claims.session_id)
    except Session.DoesNotExist:
        return None
    is_good = session.is_live(now) and session.user_id == claims.user_id and session.user.is_active
    return session if is_good else None


def sessions(user: User, now: datetime) -> SessionQuerySet:
    """Where the person is signed in, the last used first."""
    return Session.objects.live(now).filter(user=user).order_by("-last_seen_at", "pk")


def has_come_since(user_id: uuid.UUID, moment: datetime) -> bool:
    """Whether the person, or a program of theirs, was here at or after `moment`; to some minutes."""
    came = Session.objects.filter(user=user_id, last_seen_at__gte=moment).exists()
    return came or ApiToken.objects.filter(user=user_id, last_used_at__gte=moment).exists()
