"""Who a request is from, and where a person is signed in."""

from datetime import datetime

from accounts.domain.claims import Unacceptable
from accounts.models import Session, User
from accounts.models.sessions import SessionQuerySet
from accounts.tokens import AccessToken


def session_of(access_token: str, now: datetime) -> Session | None:
    """The live session of an access token, with its person; None for anything else. One query, none for a bad token."""
    try:
        claims = AccessToken.read(access_token, now=now)
    except Unacceptable:
        return None
    session = Session.objects.live(now).select_related("user").filter(pk=claims.session_id).first()
    if session is None or session.user_id != claims.user_id or not session.user.is_active:
        return None
    return session


def sessions(user: User, now: datetime) -> SessionQuerySet:
    """Where the person is signed in, the last used first."""
    return Session.objects.live(now).filter(user=user).order_by("-last_seen_at", "pk")
