"""The two cookies that keep a browser signed in. No script can read them, and no answer's body holds their content."""

from datetime import datetime

from django.conf import settings
from django.http import HttpResponse

from accounts.services.sessions import Tokens


def set_tokens(answer: HttpResponse, tokens: Tokens, now: datetime) -> None:
    _set(answer, settings.ACCESS_COOKIE_NAME, tokens.access, tokens.access_until, now)
    if tokens.refresh and tokens.refresh_until:
        _set(answer, settings.REFRESH_COOKIE_NAME, tokens.refresh, tokens.refresh_until, now)


def clear_tokens(answer: HttpResponse) -> None:
    for name in (settings.ACCESS_COOKIE_NAME, settings.REFRESH_COOKIE_NAME):
        answer.delete_cookie(name, samesite="Lax")


def _set(answer: HttpResponse, name: str, token: str, until: datetime, now: datetime) -> None:
    life = max(0, int((until - now).total_seconds()))
    answer.set_cookie(name, token, max_age=life, secure=settings.IS_PUBLIC, httponly=True, samesite="Lax")
