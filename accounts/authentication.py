"""Who a program is: the person whose session cookie came along, with the CSRF token on whatever changes something."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class CookieAuthentication(SessionAuthentication):
    """Answers 401 instead of 403 to whoever is not signed in."""

    def authenticate_header(self, request: Request) -> str:
        return "Cookie"


class CookieScheme(OpenApiAuthenticationExtension):
    """How the schema names it."""

    target_class = CookieAuthentication
    name = "cookie"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
