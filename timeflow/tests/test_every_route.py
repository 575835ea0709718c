"""Every route for every kind of person: its owner, another user, and somebody who is not signed in.

Routes are found by walking the URL configuration, so a new one is tried from the day it is added.
"""

import json
import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from timeflow.lib.http import StrictSerializer
from timeflow.lib.uploads import UploadIn
from timeflow.tests.everything import rows_of_people
from timeflow.tests.routes import (
    BODIES,
    PARAMETER,
    Route,
    World,
    all_routes,
    allauth_routes,
    unknown_values,
    values_for,
)

METHODS = ("get", "post", "put", "patch", "delete")
# What somebody without an account may see, with the reason.
OPEN = {
    "home": "the landing page",
    "api-csrf": "a token that is worth nothing without the cookie beside it",
    "healthz": "one word for probes",
    "readyz": "one word for probes",
}
# What judges by itself who comes, with where that is tried.
JUDGES_ITSELF = {
    "api-refresh": "accounts/tests/test_refresh.py",
    "csp-report": "timeflow/tests/test_browser_defences.py",
}
# Steps of signing in: whoever takes them is not in yet. The two of Google's way back judge the short session.
OPEN_ALLAUTH = {
    "google_login",
    "google_callback",
    "google_link",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
}
# Answers that are one document and not a list of rows.
UNPAGED = {"api-schema": "the schema itself", "api-docs": "a page", "api-checklist": "one task's steps, 100 at most"}

ROUTES = [route for route in all_routes() if route.name not in JUDGES_ITSELF]
ABOUT_AN_OBJECT = [route for route in ROUTES if "<uuid:" in route.pattern]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _google_is_a_way_in(settings):
    settings.GOOGLE_CLIENT_ID = settings.GOOGLE_CLIENT_SECRET = "ours"


def named(routes: list[Route]) -> list:
    return [pytest.param(route, id=route.name or route.pattern) for route in routes]


def ask(client: Client, method: str, address: str, body: dict | None = None):
    """`body` goes as JSON to programs' addresses and as a form to pages."""
    if method == "get":
        return client.get(address)
    if address.startswith("/api/"):
        return client.generic(method.upper(), address, json.dumps(body or {}), content_type="application/json")
    form = "application/x-www-form-urlencoded"
    return client.generic(method.upper(), address, urlencode(body or {}), content_type=form)


def test_every_route_has_a_name_of_its_own():
    names = [route.name for route in ROUTES]
    assert all(names)
    assert len(names) == len(set(names))


def test_lists_of_exceptions_name_routes_that_exist():
    assert {*OPEN, *UNPAGED, *JUDGES_ITSELF} <= {route.name for route in all_routes()}
    assert {route.name for route in allauth_routes()} >= OPEN_ALLAUTH


@pytest.mark.parametrize("route", named(ROUTES))
def test_owner_gets_an_answer_and_never_an_error_of_ours(route: Route, alice, alice_client):
    values = values_for(route, World(alice))
    answers = {method: ask(alice_client, method, route.address(values)).status_code for method in METHODS}
    understood = {method: code for method, code in answers.items() if code != 405}
    assert understood, "no method is allowed at all"
    assert max(answers.values()) < 500, answers
    assert ask(alice_client, "options", route.address(values)).status_code < 500
    first = next(iter(understood.values()))
    assert first != 404, f"the owner's own object is not found: {answers}"
    assert first not in (401, 403)


@pytest.mark.parametrize("route", named([route for route in ROUTES if route.name not in OPEN]))
def test_somebody_without_an_account_is_turned_away(route: Route, alice, charlie_client):
    address = route.address(values_for(route, World(alice)))
    before = rows_of_people()
    for method in METHODS:
        answer = ask(charlie_client, method, address)
        if route.is_api:
            assert answer.status_code in (401, 403), f"{method}: {answer.content[:200]}"
        else:
            assert answer.status_code == 302, method
            assert answer["Location"].startswith("/accounts/login/")
    assert rows_of_people() == before


@pytest.mark.parametrize("route", named([route for route in ROUTES if route.name in OPEN]))
def test_open_page_opens_for_somebody_without_an_account(route: Route, charlie_client):
    assert charlie_client.get(route.address({})).status_code == 200


@pytest.mark.parametrize("route", named([route for route in allauth_routes() if route.name not in OPEN_ALLAUTH]))
def test_account_page_is_closed_to_somebody_without_an_account(route: Route, charlie_client):
    answer = charlie_client.get("/" + re.sub("<int:[a-z]+>", "1", route.pattern))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("route", named(ABOUT_AN_OBJECT))
def test_another_user_meets_the_same_answer_as_for_something_that_is_not_there(route: Route, alice, bob_client):
    values = values_for(route, World(alice))
    strange, missing = route.address(values), route.address(unknown_values(values))
    body = BODIES.get(route.name)
    before = rows_of_people()
    codes = set()
    for method in METHODS:
        answer, unknown = ask(bob_client, method, strange, body), ask(bob_client, method, missing, body)
        assert answer.status_code == unknown.status_code, method
        assert _comparable(answer.content) == _comparable(unknown.content), method
        codes.add(answer.status_code)
    assert rows_of_people() == before, "another user's request changed something"
    assert codes <= {404, 405}, f"{codes}: if the body was refused first, put a good one for {route.name} into BODIES"


@pytest.mark.parametrize("route", named([route for route in ROUTES if route.is_api and route.name not in UNPAGED]))
def test_list_for_programs_comes_in_pages(route: Route, alice, alice_client):
    answer = alice_client.get(route.address(values_for(route, World(alice))))
    if answer.status_code != 200:
        return
    body = json.loads(answer.content)
    assert isinstance(body, dict), "a bare list can never be paged"
    if "results" in body:
        assert set(body) == {"next", "previous", "results"}


def _comparable(content: bytes) -> str:
    """Without what differs between any two answers: ids, nonces and tokens."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|nonce=\"[^\"]*\"|token[\"=: ]+[\w-]+", "*", content.decode())


API = [route for route in all_routes() if route.is_api and route.name not in {"api-schema", "api-docs"}]
# Whatever a path may hold besides text of any kind, which a route must check by itself.
CHECKED_IN_PATHS = {"uuid", "date", "int", "slug"}


@pytest.mark.parametrize("route", named(API))
def test_every_handler_of_the_api_declares_what_it_takes(route: Route):
    view = route.view.cls
    silent = [
        method
        for method in view.http_method_names
        if method != "options" and (handler := getattr(view, method, None)) and not hasattr(handler, "accepts")
    ]
    assert not silent, f"decorate {silent} of {view.__name__} with timeflow.lib.api.accepts(body=…, query=…)"
    kinds = {found["kind"] for found in PARAMETER.finditer(route.pattern)}
    assert kinds <= CHECKED_IN_PATHS, f"give each parameter of {route.pattern} a converter that checks it"


@pytest.mark.parametrize("route", named(API))
def test_what_no_route_knows_is_refused_by_its_name_and_nothing_is_written(route: Route, alice, alice_client):
    address = route.address(values_for(route, World(alice)))
    before = rows_of_people()
    for method in set(route.view.cls.http_method_names) - {"options", "head", "trace"}:
        handler = getattr(route.view.cls, method, None)
        if handler is None:
            continue
        asked = ask(alice_client, method, f"{address}?surprise=1")
        assert asked.status_code == 400, method
        assert asked.json()["fields"]["surprise"] == ["This field is not known."]
        if method != "get" and not issubclass(handler.accepts.body or StrictSerializer, UploadIn):
            told = ask(alice_client, method, address, {"surprise": 1})
            assert told.status_code == 400, method
            assert told.json()["fields"]["surprise"] == ["This field is not known."]
    assert rows_of_people() == before
