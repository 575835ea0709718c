"""Every route for every kind of person: its owner, another user, and somebody who is not signed in."""

import uuid

import pytest
from django.apps import apps
from django.db.models import Model, UUIDField
from django.http import HttpResponse

from accounts.models import User
from accounts.tests.factories import UserFactory
from timeflow.tests.every_route.bodies import bodies_of
from timeflow.tests.every_route.walking import (
    EVERY,
    METHODS,
    Kept,
    address_of,
    ask,
    browser_of,
    comparable,
    named,
    said,
    undone,
    walks,
)
from timeflow.tests.everything import personal_models
from timeflow.tests.routes import ALLAUTH, STAFF, Route, World, unknown_values, values_for

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
    "hook-google-calendar": "availability/tests/test_told_by_google.py",
    "metrics": "timeflow/tests/test_metrics.py",
    "plan-feed": "availability/tests/test_plan_feed.py",
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
# Rows of people that no route names by an id, with the reason.
NOT_BY_ID = {
    "accounts.User": "people reach themselves alone; staff by the back office",
    "accounts.SecurityEvent": "a list to read",
    "availability.Channel": "a provider names it, and proves by its secret that it may",
    "availability.Copy": "it follows its block",
    "availability.Series": "it is changed by its events",
    "availability.WorkingHours": "the week is changed as a whole",
    "lib.IdempotentRequest": "found by its key",
}
OURS = [route for route in EVERY if not route.pattern.startswith((ALLAUTH, STAFF))]
ABOUT_AN_OBJECT = [route for route in EVERY if "<uuid:" in route.pattern or "<int:" in route.pattern]
pytestmark = walks


@pytest.fixture(autouse=True)
def _google_is_a_way_in(settings):
    settings.GOOGLE_CLIENT_ID = settings.GOOGLE_CLIENT_SECRET = "ours"


def faults_for_owner(route: Route, owner: User) -> list[str]:
    address, client = address_of(route, owner), browser_of(owner, route)
    answers = {method: ask(client, method, address) for method in (*METHODS, "OPTIONS")}
    understood = [answer for method, answer in answers.items() if answer.status_code != 405 and method != "OPTIONS"]
    faults = [f"{method}: {said(answer)}" for method, answer in answers.items() if answer.status_code >= 500]
    if not understood:
        return ["no method is allowed at all"]
    if understood[0].status_code in {401, 403, 404}:
        faults.append(f"the owner gets {said(understood[0])}: let the route's maker in MAKERS make a thing of theirs")
    return faults


def faults_for_stranger(route: Route, owner: User) -> list[str]:
    address, client, kept = address_of(route, owner), browser_of(None, route), Kept()
    faults = []
    for method in METHODS:
        with kept.watched():
            answer = ask(client, method, address)
            is_changed = kept.is_changed
        is_led_away = answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/")
        if is_changed or not (answer.status_code in {401, 403} if route.is_api else is_led_away):
            faults.append(
                f"{method} by somebody without an account was answered {said(answer)}. Take away "
                "login_not_required (of "
                f"an API view its own permission classes), or name “{route.name}” in OPEN with the reason."
            )
    return faults


def faults_for_another(route: Route, owner: User) -> list[str]:
    world = World(owner)
    values = values_for(route, world)
    strange, missing = route.address(values), route.address(unknown_values(values))
    body = bodies_of(route, world, values)[0]
    client, kept, faults = browser_of(UserFactory(), route), Kept(), []
    for method in METHODS:
        with kept.watched():
            answer, unknown = ask(client, method, strange, body), ask(client, method, missing, body)
            is_changed = kept.is_changed
        is_same = answer.status_code == unknown.status_code and comparable(answer.content) == comparable(
            unknown.content
        )
        if not is_same or is_changed:
            faults.append(
                f"{method} by another user was answered {said(answer)}, about what is not there {said(unknown)}"
                f"{' (something changed)' if is_changed else ''}. Look it up among the person's rows: owned(rows, pk)."
            )
        elif answer.status_code not in {404, 405}:
            faults.append(
                f"{method} by another user was answered {said(answer)} instead of 404: if the body was refused first, "
                f"put a good one for {route.name} into BODIES."
            )
    return faults


def _facts(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, comparable(answer.content)


def kinds_without_route(routes: list[Route], owner: User) -> set[str]:
    """Models of people's rows that have an id, and are named by it in no address."""
    reached = set()
    for route in routes:
        with undone():
            for pk in values_for(route, World(owner)).values():
                reached |= _kinds_of(pk)
    kept = {model for model in personal_models() if isinstance(model._meta.pk, UUIDField)}
    return {model._meta.label for model in kept - reached}


def _kinds_of(pk: object) -> set[type[Model]]:
    if not isinstance(pk, uuid.UUID):
        return set()
    kinds = [model for model in apps.get_models() if isinstance(model._meta.pk, UUIDField)]
    return {model for model in kinds if model._base_manager.filter(pk=pk).exists()}


def test_every_route_has_a_name_of_its_own():
    names = [route.name for route in OURS]
    assert all(names)
    assert len(names) == len(set(names))


def test_lists_of_exceptions_name_routes_that_exist():
    assert {*OPEN, *JUDGES_ITSELF} <= {route.name for route in OURS}
    assert {route.name for route in EVERY if route.pattern.startswith(ALLAUTH)} >= OPEN_ALLAUTH


@pytest.mark.parametrize("route", named([route for route in OURS if route.name not in JUDGES_ITSELF]))
def test_owner_gets_an_answer_and_never_an_error_of_ours(route: Route, alice):
    assert not faults_for_owner(route, alice)


CLOSED = [route for route in OURS if route.name not in {*OPEN, *JUDGES_ITSELF}]


@pytest.mark.parametrize("route", named(CLOSED))
def test_somebody_without_an_account_is_turned_away(route: Route, alice):
    assert not faults_for_stranger(route, alice)


@pytest.mark.parametrize("route", named([route for route in OURS if route.name in OPEN]))
def test_open_page_opens_for_somebody_without_an_account(route: Route, charlie_client):
    assert charlie_client.get(route.address({})).status_code == 200


@pytest.mark.parametrize(
    "route", named([route for route in EVERY if route.pattern.startswith(ALLAUTH) and route.name not in OPEN_ALLAUTH])
)
def test_account_page_is_closed_to_somebody_without_an_account(route: Route, alice, charlie_client):
    answer = charlie_client.get(address_of(route, alice))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("route", named([route for route in EVERY if route.pattern.startswith(STAFF)]))
def test_back_office_is_not_there_for_people_and_closed_to_strangers(route: Route, alice, alice_client, charlie_client):
    address = address_of(route, alice)
    for method in ("GET", "POST"):
        with undone():
            inside, outside = ask(alice_client, method, address), ask(charlie_client, method, address)
        leads_on = inside.status_code == 302 and inside["Location"].startswith(("/staff/", "/accounts/"))
        assert inside.status_code == 404 or leads_on, said(inside)
        assert outside.status_code == 302, said(outside)


@pytest.mark.parametrize("route", named(ABOUT_AN_OBJECT))
def test_another_user_meets_the_same_answer_as_for_something_that_is_not_there(route: Route, alice):
    assert not faults_for_another(route, alice)


def test_things_of_every_kind_are_tried(alice):
    found = kinds_without_route(ABOUT_AN_OBJECT, alice)
    assert found == set(NOT_BY_ID), "give it a route with a maker in MAKERS, or say in NOT_BY_ID why it needs none"
