"""Requests: of people behind the login wall, of programs, and where any of them comes from."""

from typing import cast

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from accounts.domain.callers import Caller, describe_caller
from accounts.models import ApiToken, Session, User
from accounts.services.sessions import Tokens
from timeflow.lib.client_address import client_address


class BrowserRequest(HttpRequest):
    """Any request, as `accounts.middleware` leaves it.

    `signed_in` is the session that its cookies prove. The answer's cookies follow from `new_tokens` and `is_leaving`.
    `is_flow_over`: what a flow of allauth's kept in Django's session on its way goes with the answer.
    """

    signed_in: Session | None
    new_tokens: Tokens | None
    is_leaving: bool
    is_flow_over: bool


class PersonRequest(BrowserRequest):
    """A page's request behind the login wall."""

    user: User
    signed_in: Session
    htmx: HtmxDetails


class ProgramRequest(Request):
    """An API request; `auth` is the session or the API token that let it in."""

    user: User
    auth: Session | ApiToken


def page_of(request: Request) -> BrowserRequest:
    """The request as the middleware left it, under what DRF made of it."""
    return cast(BrowserRequest, request._request)


def caller_of(request: HttpRequest | Request) -> Caller:
    return describe_caller(user_agent=request.headers.get("User-Agent", "")[:400], address=client_address(request))
