"""What every page of a signed-in person knows about them."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.selectors.zones import person_clock

ROTATED_EVERY = timedelta(hours=1)


def person(request: HttpRequest) -> dict[str, object]:
    """`person_clock`, made at its first use: how times are said to the person who asks. `rotate_in`: seconds until the
    page's script replaces the session's refresh token.
    """
    session = getattr(request, "signed_in", None)
    if session is None:
        return {}
    now = timezone.now()
    due = session.rotated_at + ROTATED_EVERY - now
    return {
        "person_clock": SimpleLazyObject(lambda: person_clock(session.user, now)),
        "rotate_in": max(0, int(due.total_seconds())),
    }


def doors(_request: HttpRequest) -> dict[str, bool]:
    """By which ways people can come in here."""
    return {"has_google": bool(settings.GOOGLE_CLIENT_ID), "has_passwords": settings.PASSWORD_SIGN_IN}
