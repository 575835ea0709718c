"""Every route counts its requests: with nothing left in any scope, each of them says 429.

Routes are found by walking the URL configuration, so a new one is tried from the day it is added.
"""

import pytest
from django.conf import settings as configured
from django.test import Client, override_settings

from accounts.models import User
from timeflow.lib.throttle import HEALTH_CHECKS
from timeflow.tests.every_route.walking import address_of, ask, browser_of, named
from timeflow.tests.routes import Route, all_routes, allauth_routes

# Where a request costs much, or is a step of signing in: the scope it must count in, by (route, method).
STRICTER = {
    ("api-schedule", "post"): "schedule",
    ("plan-start", "post"): "schedule",
    ("api-calendar-import", "post"): "files",
    ("api-tasks-import", "post"): "files",
    ("settings-import", "post"): "files",
    ("settings-account-export", "post"): "files",
    ("settings-caldav-connect", "post"): "look",
    ("settings-feed-connect", "post"): "look",
    ("calendars-look", "post"): "look",
    ("api-calendars-look", "post"): "look",
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
EVERY = [*all_routes(), *allauth_routes()]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _google_is_a_way_in(settings):
    settings.GOOGLE_CLIENT_ID = settings.GOOGLE_CLIENT_SECRET = "ours"


def faults_of_counting(route: Route, owner: User) -> list[str]:
    """With rate limits on: each method must say 429 while no scope lets anything through."""
    address, client, faults = address_of(route, owner), browser_of(owner, route), []
    nothing = {scope: [(0, 86_400)] for scope in configured.RATE_LIMITS if scope != "ip"}
    with override_settings(RATE_LIMITS=configured.RATE_LIMITS | nothing):
        for method in ("GET", "POST"):
            answer = ask(client, method, address)
            if answer.status_code != 429 or not answer["Retry-After"]:
                faults.append(
                    f"{method} {address} is not counted (it answered {answer.status_code}). A page counts as “page” "
                    "and an API view as “api” by themselves, so its view must have left that out: give it back its "
                    "throttle_classes, or say by @rate_limited(…) or throttle_scope which scope of "
                    "settings.RATE_LIMITS it counts in."
                )
    return faults


@pytest.mark.parametrize("route", named([route for route in EVERY if f"/{route.pattern}" not in HEALTH_CHECKS]))
def test_a_route_answers_429_once_its_scope_is_used_up(route: Route, limits, alice):
    assert not faults_of_counting(route, alice)


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
    assert {*STRICTER.values(), "ip", "page", "api", "hook"} == set(configured.RATE_LIMITS)


def test_what_providers_call_is_counted_apart_from_people(limits):
    limits(hook=1, ip=0)
    answers = [Client().post("/hooks/google/calendar").status_code for _ in range(2)]
    assert answers == [404, 429]


def test_an_unknown_address_is_counted_too(limits):
    limits(ip=0)
    assert Client().get("/nothing/here").status_code == 429
