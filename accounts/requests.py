"""Requests: of people behind the login wall, of programs, and where any of them comes from."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from accounts.domain.callers import Caller, describe_caller
from accounts.models import ApiToken, Session, User
from timeflow.lib.client_address import client_address


class PersonRequest(HttpRequest):
    """A page's request. `signed_in` is the session that its cookies prove."""

    user: User
    signed_in: Session
    htmx: HtmxDetails


class ProgramRequest(Request):
    """An API request; `auth` is the session or the API token that let it in."""

    user: User
    auth: Session | ApiToken


def caller_of(request: HttpRequest | Request) -> Caller:
    return describe_caller(user_agent=request.headers.get("User-Agent", "")[:400], address=client_address(request))
