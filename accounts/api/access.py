"""Sessions and API tokens, for browsers: no API token gets in here."""

import uuid

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone
from rest_framework import generics, status
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import CookieAuthentication
from accounts.errors import SignedOut
from accounts.middleware import enter, leave
from accounts.models import Session
from accounts.permissions import BrowserOnly
from accounts.requests import ProgramRequest, caller_of, page_of
from accounts.selectors.api_tokens import api_tokens
from accounts.selectors.sessions import sessions
from accounts.serializers.access import ApiTokenMade, ApiTokenOut, CsrfToken, NewApiToken, SessionOut
from accounts.services import api_tokens as tokens
from accounts.services.sessions import end_session, refresh_session, require_fresh, sign_out, sign_out_everywhere
from accounts.tokens import RefreshToken
from timeflow.lib.api import Given, accepts
from timeflow.lib.http import Listing


class CsrfView(APIView):
    """For scripts that were not served a page."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_scope = "auth"

    @accepts(responses=CsrfToken)
    def get(self, request: ProgramRequest) -> Response:
        return Response({"csrf_token": get_token(page_of(request))})


class RefreshView(APIView):
    """New cookies for those whose access token ran out. Their content is in no body."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_scope = "refresh"

    def counted_as(self, request: HttpRequest) -> str:
        session = RefreshToken.session_of(request.COOKIES.get(settings.REFRESH_COOKIE_NAME, ""))
        return f"session:{session}" if session else ""

    @accepts(responses={204: None})
    def post(self, request: ProgramRequest) -> Response:
        # Nobody is signed in here yet, so the cookie must not be used by a page of somebody else's.
        CookieAuthentication().enforce_csrf(request)
        page = page_of(request)
        try:
            cookie = page.COOKIES.get(settings.REFRESH_COOKIE_NAME, "")
            new = refresh_session(token=cookie, caller=caller_of(page), now=timezone.now())
        except SignedOut:
            leave(page)
            raise
        enter(page, new.session, new)
        return Response(status=status.HTTP_204_NO_CONTENT)


class BrowserView(APIView):
    permission_classes = [BrowserOnly]


class LogoutView(BrowserView):
    @accepts(responses={204: None})
    def post(self, request: ProgramRequest) -> Response:
        sign_out(session=_session(request), caller=caller_of(request), now=timezone.now())
        leave(page_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class LogoutAllView(BrowserView):
    @accepts(responses={204: None})
    def post(self, request: ProgramRequest) -> Response:
        sign_out_everywhere(session=_session(request), caller=caller_of(request), now=timezone.now())
        leave(page_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionsView(BrowserView, generics.ListAPIView):
    serializer_class = SessionOut

    def get_queryset(self):
        return sessions(self.request.user, timezone.now())

    @accepts(query=Listing, responses=SessionOut(many=True))
    def get(self, request: ProgramRequest, query: Given) -> Response:
        return self.list(request)


class SessionView(BrowserView):
    @accepts(responses={204: None})
    def delete(self, request: ProgramRequest, session_id: uuid.UUID) -> Response:
        end_session(user=request.user, session_id=session_id, caller=caller_of(request), now=timezone.now())
        if session_id == _session(request).pk:
            leave(page_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ApiTokensView(BrowserView, generics.ListAPIView):
    serializer_class = ApiTokenOut

    def get_queryset(self):
        return api_tokens(self.request.user, timezone.now())

    @accepts(query=Listing, responses=ApiTokenOut(many=True))
    def get(self, request: ProgramRequest, query: Given) -> Response:
        return self.list(request)

    @accepts(body=NewApiToken, responses={201: ApiTokenMade})
    def post(self, request: ProgramRequest, body: Given) -> Response:
        """Not repeatable by an `Idempotency-Key`: the answer holds a secret, and answers to those are kept."""
        now = timezone.now()
        require_fresh(session=_session(request), now=now)
        token, secret = tokens.create_api_token(user=request.user, caller=caller_of(request), now=now, **body)
        made = {**ApiTokenOut(token).data, "secret": secret}
        return Response(made, status=status.HTTP_201_CREATED)


class ApiTokenView(BrowserView):
    @accepts(responses={204: None})
    def delete(self, request: ProgramRequest, token_id: uuid.UUID) -> Response:
        caller = caller_of(request)
        tokens.revoke_api_token(user=request.user, token_id=token_id, caller=caller, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _session(request: ProgramRequest) -> Session:
    """`BrowserOnly` let nobody else in."""
    if not isinstance(request.auth, Session):
        raise SignedOut
    return request.auth
