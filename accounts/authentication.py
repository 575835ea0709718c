"""Who a program is: the person of an API token, or of the cookies that came along.

A request with an `Authorization` header is judged by that header alone; its cookies never make up for a bad one.
"""

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts.models import ApiToken, Session, User
from accounts.requests import page_of
from accounts.services.api_tokens import use_api_token
from timeflow.lib.logs import Suspicion, tell_security, tell_user

REFUSED = "This API token is unknown, revoked or expired."


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer tfp_…`, a personal API token."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = get_authorization_header(request)
        if not header:
            return None
        kind, _, secret = header.decode("latin-1").partition(" ")
        token = use_api_token(secret=secret, now=timezone.now()) if kind.lower() == "bearer" else None
        if token is None:
            tell_security(Suspicion.API_TOKEN_REFUSED)
            raise AuthenticationFailed(REFUSED)
        tell_user(token.user_id)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class CookieAuthentication(SessionAuthentication):
    """The session that the token cookies prove. What changes something must bring the CSRF token, too."""

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        session = page_of(request).signed_in
        if session is None:
            return None
        self.enforce_csrf(request)
        return session.user, session

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            tell_security(Suspicion.CSRF_REFUSED)
            raise


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A personal API token from Settings: `tfp_…`."}


class CookieScheme(OpenApiAuthenticationExtension):
    target_class = CookieAuthentication
    name = "cookie"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.ACCESS_COOKIE_NAME}
