"""No page of somebody else's can make a signed-in browser change anything."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.domain.callers import Caller
from accounts.models import User
from accounts.services.api_tokens import create_api_token
from accounts.tests.signing_in import FAR_AHEAD, LONG_AGO
from timeflow.tests.every_route.walking import (
    API,
    EVERY,
    UNSAFE,
    Kept,
    address_of,
    ask,
    browser_of,
    named,
    said,
    undone,
    walks,
)
from timeflow.tests.routes import Route

OURS, FOREIGN = "ours" * 8, "evil" * 8
FORGERIES = {
    "without a token": {},
    "with a token of another browser": {"X-CSRFToken": FOREIGN},
    "from another site": {"X-CSRFToken": OURS, "Origin": "https://elsewhere.example"},
    "from a page that hides where it is": {"X-CSRFToken": OURS, "Origin": "null"},
}
# What may be sent by anybody, with the reason.
NEEDS_NO_TOKEN = {
    "csp-report": "browsers send it by themselves, without one; it reads no cookie and writes no row",
    "hook-google-calendar": "Google sends it; it reads no cookie, and the secret of a channel says who may",
}
# Refused because the route has no such method is as good.
REFUSED = {403, 405}
pytestmark = walks


def faults_of_forgery(route: Route, owner: User) -> list[str]:
    address, client = address_of(route, owner), browser_of(owner, route, enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = OURS
    kept, faults = Kept(), []
    for method in UNSAFE:
        for how, headers in FORGERIES.items():
            with kept.watched():
                answer = ask(client, method, address, **headers)
                is_changed = kept.is_changed
            if answer.status_code not in REFUSED or is_changed:
                faults.append(
                    f"{method} {how} was answered {said(answer)}{' and changed something' if is_changed else ''}. "
                    "Take away csrf_exempt, or give an API view its authentication classes back (or let it call "
                    f"enforce_csrf); only what reads no cookie may go without: “{route.name}” in NEEDS_NO_TOKEN."
                )
            if answer.status_code == 405:
                break
    return faults


@pytest.mark.parametrize("route", named([route for route in EVERY if route.name not in NEEDS_NO_TOKEN]))
def test_what_changes_something_needs_the_token_of_the_browser_that_asks(route: Route, alice):
    assert not faults_of_forgery(route, alice)


@pytest.mark.parametrize("route", named([route for route in EVERY if route.name in NEEDS_NO_TOKEN]))
def test_what_needs_no_token_changes_nothing(route: Route, alice):
    client, kept = browser_of(alice, route, enforce_csrf_checks=True), Kept()
    for method in UNSAFE:
        with kept.watched():
            ask(client, method, address_of(route, alice))
            assert not kept.is_changed


def test_the_token_of_the_browser_that_asks_is_enough(alice):
    client = browser_of(alice, EVERY[0], enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = OURS
    ours = {"X-CSRFToken": OURS, "Origin": "http://testserver"}
    assert ask(client, "POST", "/tasks/add", {"text": "report"}, **ours).status_code == 302
    assert ask(client, "POST", "/api/tasks", {"title": "report"}, **ours).status_code == 201
    assert alice.tasks.count() == 2


@pytest.mark.parametrize("route", named(API))
def test_a_program_with_an_api_token_needs_no_other(route: Route, alice):
    made = {"scope": "write", "days": 30, "caller": Caller(), "now": LONG_AGO}
    token, secret = create_api_token(user=alice, name="Script", **made)
    alice.api_tokens.filter(pk=token.pk).update(expires_at=FAR_AHEAD)
    address, client = address_of(route, alice), Client(enforce_csrf_checks=True)
    for method in UNSAFE:
        with undone():
            answer = ask(client, method, address, Authorization=f"Bearer {secret}", Origin="https://elsewhere.example")
        is_refused = answer.status_code == 403
        assert not is_refused or answer.json()["code"] == "not_for_tokens" or route.name == "api-refresh", said(answer)
