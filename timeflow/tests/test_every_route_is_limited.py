"""Every route counts its requests: with nothing left in any scope, each of them says 429.

Routes are found by walking the URL configuration, so a new one is tried from the day it is added.
"""

import pytest
from django.conf import settings as configured
from django.test import Client

from timeflow.lib.throttle import HEALTH_CHECKS
from timeflow.tests.routes import Route, World, all_routes, allauth_routes, values_for

# Where a request costs much, or is a step of signing in: the scope it must count in, by (route, method).
STRICTER = {
    ("api-schedule", "post"): "schedule",
    ("plan-start", "post"): "schedule",
    ("api-calendar-import", "post"): "files",
    ("api-tasks-import", "post"): "files",
    ("settings-import", "post"): "files",
    ("settings-account-export", "post"): "files",
    ("api-csrf", "get"): "auth",
    ("api-refresh", "post"): "refresh",
    ("account_login", "post"): "auth",
    ("account_signup", "post"): "auth",
    ("account_reset_password", "post"): "auth",
    ("account_reauthenticate", "post"): "auth",
    ("mfa_authenticate", "post"): "auth",
    ("mfa_login_webauthn", "post"): "auth",
    ("google_login", "post"): "auth",
    ("google_callback", "get"): "auth",
}
LETTER = {"uidb36": "1", "key": "1-1"}
EVERY = [*all_routes(), *allauth_routes()]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _google_is_a_way_in(settings):
    settings.GOOGLE_CLIENT_ID = settings.GOOGLE_CLIENT_SECRET = "ours"


def address_of(route: Route, world: World) -> str:
    """allauth's parameters stand for nothing that is looked up before a request is counted."""
    if route.pattern.startswith("accounts/"):
        return route.address(
            LETTER if route.name == "account_reset_password_from_key" else dict.fromkeys(route.places, 1)
        )
    return route.address(values_for(route, world))


def named(routes: list[Route]) -> list:
    return [pytest.param(route, id=route.name or route.pattern) for route in routes]


@pytest.mark.parametrize("route", named([route for route in EVERY if f"/{route.pattern}" not in HEALTH_CHECKS]))
def test_a_route_answers_429_once_its_scope_is_used_up(route: Route, limits, alice, alice_client):
    address = address_of(route, World(alice))
    limits(**{scope: 0 for scope in configured.RATE_LIMITS if scope != "ip"})
    for method in ("get", "post"):
        answer = getattr(alice_client, method)(address)
        assert answer.status_code == 429, (
            f"{method} {address} is not counted (it answered {answer.status_code}). A page counts as “page” and an API "
            "view as “api” by themselves, so its view must have left that out: give it back its throttle_classes, or "
            "say by @rate_limited(…) or throttle_scope which scope of settings.RATE_LIMITS it counts in."
        )
        assert answer["Retry-After"]


@pytest.mark.parametrize(("route", "method", "scope"), [(*place, scope) for place, scope in STRICTER.items()])
def test_what_is_expensive_or_a_step_of_signing_in_has_a_scope_of_its_own(route, method, scope, limits, alice_client):
    (found,) = [each for each in EVERY if each.name == route]
    limits(**{scope: 0})
    assert getattr(alice_client, method)(found.address({})).status_code == 429


def test_a_scope_has_a_short_window_and_a_long_one():
    for scope, windows in configured.RATE_LIMITS.items():
        (few, short), (many, long) = windows
        assert short < long, scope
        assert few < many <= few * long / short, scope


def test_every_scope_is_used(limits):
    assert {*STRICTER.values(), "ip", "page", "api"} == set(configured.RATE_LIMITS)


def test_an_unknown_address_is_counted_too(limits):
    limits(ip=0)
    assert Client().get("/nothing/here").status_code == 429
