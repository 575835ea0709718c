"""Signed-in clients for tests: a session that is good at whatever time the test's clock says."""

from datetime import UTC, datetime

from django.conf import settings
from django.test import Client

from accounts.models import Session, User
from accounts.tokens import AccessToken

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)


def sign_in(client: Client, user: User) -> Session:
    """The client's requests are the user's from now on, freshly signed in at any time of this century."""
    session = Session.objects.create(
        user=user,
        current_digest="of a token that nobody has",
        opened_at=LONG_AGO,
        last_seen_at=LONG_AGO,
        rotated_at=FAR_AHEAD,
        expires_at=FAR_AHEAD,
        authenticated_at=FAR_AHEAD,
        device="Test",
    )
    client.cookies[settings.ACCESS_COOKIE_NAME] = access_to(session)
    return session


def access_to(session: Session) -> str:
    """An access token that is as good as the session."""
    return AccessToken.issue(user_id=session.user_id, session_id=session.pk, jti="test", now=LONG_AGO, until=FAR_AHEAD)


def cookies_of(client: Client, url: str) -> list[dict[str, str]]:
    """The client's cookies as a browser's context takes them."""
    return [{"name": name, "value": morsel.value, "url": url} for name, morsel in client.cookies.items()]


def is_in(client: Client) -> bool:
    """Whether a browser is signed in."""
    return client.get("/api/auth/me").status_code == 200
