"""What comes with a request of the API is declared with its handler, and refused by its name if it is not."""

import json

import pytest

from accounts.models import User
from timeflow.lib.http import StrictSerializer
from timeflow.tests.every_route.walking import (
    API,
    DOCUMENTS,
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
from timeflow.tests.routes import PARAMETER, Route

UNKNOWN = ["This field is not known."]
# Whatever a path may hold besides text of any kind, which a route must check by itself.
CHECKED_IN_PATHS = {"uuid", "date", "int", "slug"}
# Answers that are one document and not a list of rows.
UNPAGED = {"api-checklist": "one task's steps, 100 at most"}

OURS = [route for route in API if route.name not in DOCUMENTS]
pytestmark = walks


def faults_of_declaration(route: Route, owner: User) -> list[str]:
    view = route.view.cls
    handlers = {name for name in view.http_method_names if name not in {"options", "head"} and hasattr(view, name)}
    faults = [
        f"{name} of {view.__name__} takes anything: decorate it with timeflow.lib.api.accepts(body=…, query=…)"
        for name in sorted(handlers)
        if not hasattr(getattr(view, name), "accepts")
    ]
    for name in sorted(handlers):
        accepted = getattr(getattr(view, name), "accepts", None)
        for kind in (accepted.body, accepted.query) if accepted else ():
            if kind is not None and not issubclass(kind, StrictSerializer):
                faults.append(f"{kind.__name__} lets what it does not know pass: make it a StrictSerializer")
    kinds = {found["kind"] for found in PARAMETER.finditer(route.pattern)}
    if not kinds <= CHECKED_IN_PATHS:
        faults.append(f"give each parameter of {route.pattern} a converter that checks it: {CHECKED_IN_PATHS}")
    return faults


def faults_of_surprises(route: Route, owner: User) -> list[str]:
    address, client, kept, faults = address_of(route, owner), browser_of(owner, route), Kept(), []
    for method in ("GET", *UNSAFE):
        if not hasattr(route.view.cls, method.lower()):
            continue
        for where, body in ((f"{address}?surprise=1", {}), *([(address, {"surprise": 1})] if method != "GET" else [])):
            with kept.watched():
                answer = ask(client, method, where, body)
                is_changed = kept.is_changed
            problem = json.loads(answer.content) if answer.status_code == 400 else {}
            if problem.get("fields", {}).get("surprise") != UNKNOWN or is_changed:
                faults.append(
                    f"{method} with an unknown {'field' if body else 'parameter'} was answered {said(answer)}: "
                    "decorate the handler with timeflow.lib.api.accepts, outermost"
                )
    return faults


@pytest.mark.parametrize("route", named(OURS))
def test_every_handler_of_the_api_declares_what_it_takes(route: Route, alice):
    assert not faults_of_declaration(route, alice)


@pytest.mark.parametrize("route", named(OURS))
def test_what_no_route_knows_is_refused_by_its_name_and_nothing_is_written(route: Route, alice):
    assert not faults_of_surprises(route, alice)


@pytest.mark.parametrize("route", named([route for route in OURS if route.name not in UNPAGED]))
def test_list_for_programs_comes_in_pages(route: Route, alice):
    with undone():
        answer = ask(browser_of(alice, route), "GET", address_of(route, alice))
    if answer.status_code != 200:
        return
    body = json.loads(answer.content)
    assert isinstance(body, dict), "a bare list can never be paged"
    if "results" in body:
        assert set(body) == {"next", "previous", "results"}
