"""What every walk needs: the routes, who asks and how, and whether anything was written."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlencode
from zlib import crc32

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import resolve

from accounts.models import User
from accounts.tests.signing_in import sign_in
from timeflow.lib.uploads import UploadView
from timeflow.tests import routes
from timeflow.tests.routes import Route, World, values_for
from timeflow.tests.rows import rows_of_people, undone

SITE = "timeflow.tests.every_route.site"
EVERY = routes.every_route(SITE)
PAGES = [route for route in EVERY if route.is_page]
API = [route for route in EVERY if route.is_api]
# Without a handler of ours behind them.
DOCUMENTS = {"api-schema", "api-docs"}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
METHODS = ("GET", *UNSAFE)
FORM = "application/x-www-form-urlencoded"
# Each route meets one in so many of the odd things that are tried, other routes and another database other ones.
# All of them take long: WALKS_ONE_IN=1 pytest timeflow/tests/every_route
ONE_IN = int(os.environ.get("WALKS_ONE_IN", "4"))
T = TypeVar("T")
# Whose rows are compared before and after: all that is kept of people, what allauth keeps included.
WRITES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)

IDS = r"[0-9a-f]{8}-[0-9a-f-]{27}"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")
PASSING = re.compile(
    rf"(?i){IDS}|rotate-in=\"\d+\"|tfp_[\w-]+"
    r"|(?:nonce|token)\" (?:content|value)=\"[^\"]*\"|nonce=\"[^\"]*\"|token[\"=: ]+[\w-]+"
)

walks = [pytest.mark.django_db, pytest.mark.usefixtures("every_address")]
"""Marks of each module that walks."""


def named(found: list[Route]) -> list:
    return [pytest.param(route, id=route.pattern if route.name in {"", "admin:"} else route.name) for route in found]


def some(odd: Iterable[T], route: Route) -> list[T]:
    """The part of them that this route meets on this database; in any run of `ONE_IN` of them there is one."""
    part = crc32(route.pattern.encode()) + (connection.vendor == "postgresql")
    return [each for number, each in enumerate(odd, part) if number % ONE_IN == 0]


def browser_of(person: User | None, route: Route, **how: Any) -> Client:
    """A browser signed in as that person, who is staff where the back office is entered. It shows our errors as 500."""
    client = Client(raise_request_exception=False, **how)
    if person is None:
        return client
    if route.pattern.startswith(routes.STAFF) and not person.is_staff:
        person.is_staff = person.is_superuser = True
        person.save()
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    sign_in(client, person)
    return client


def address_of(route: Route, owner: User) -> str:
    """The route's address about things of that person, made for it."""
    return route.address(values_for(route, World(owner)))


def ask(client: Client, method: str, address: str, body: dict | None = None, **headers: str) -> HttpResponse:
    """`body` goes to programs' addresses as JSON, or as parts where they take a file, and to pages as a form."""
    if method in {"GET", "HEAD"}:
        return client.generic(method, address, headers=headers)
    if is_upload(address):
        return client.generic(
            method, address, encode_multipart(BOUNDARY, body or {}), MULTIPART_CONTENT, headers=headers
        )
    if address.startswith("/api/"):
        return client.generic(method, address, json.dumps(body or {}), "application/json", headers=headers)
    return client.generic(method, address, urlencode(body or {}, doseq=True), FORM, headers=headers)


def is_upload(address: str) -> bool:
    """Whether a program sends a file there."""
    view = getattr(resolve(address.partition("?")[0]).func, "cls", object) if address.startswith("/api/") else object
    return issubclass(view, UploadView)


class Kept:
    """What is kept of people, as it was when this was made."""

    def __init__(self) -> None:
        self.before = rows_of_people()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Ask `is_changed` inside; whatever was written is undone at the end."""
        self._has_written = False
        with connection.execute_wrapper(self._note), undone():
            yield

    @property
    def is_changed(self) -> bool:
        """Cheap where nothing was written."""
        return self._has_written and rows_of_people() != self.before

    def _note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._has_written = self._has_written or bool(WRITES.match(sql))
        return execute(sql, params, many, context)


def comparable(content: bytes) -> str:
    """Without what differs between any two answers: ids, nonces, tokens, and instants with their microseconds."""
    return PASSING.sub("*", INSTANT.sub("*", content.decode(errors="replace")))


def said(answer: HttpResponse) -> str:
    """An answer in a line, for a fault."""
    body = b"" if answer.streaming else answer.content
    return f"{answer.status_code} {answer.headers.get('Location', '')}{comparable(body[:120])!r}"
