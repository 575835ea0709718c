"""Requests behind the login wall: their user is a person."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from accounts.models import User


class PersonRequest(HttpRequest):
    """A page's request."""

    user: User
    htmx: HtmxDetails


class ProgramRequest(Request):
    """An API request."""

    user: User
