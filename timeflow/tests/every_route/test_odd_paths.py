"""Whatever stands in an address, it is found, not found or refused, and never breaks anything."""

import uuid
from datetime import date
from itertools import product
from urllib.parse import quote

import pytest
from django.test import RequestFactory
from django.urls import Resolver404, resolve

from accounts.models import User
from timeflow.tests.every_route.walking import EVERY, METHODS, Kept, ask, browser_of, named, said, some, walks
from timeflow.tests.routes import Route, World, values_for

SOME_ID = "0198c0de-0000-7000-8000-0000000000ab"
# As they stand in an address, escaped.
ODD = [
    *("0", "-1", "1e9", "9" * 25, "9" * 5000, "x" * 5000, "None", "%5B%5D", "..%2F..", "%25s", "%27", "a%20b"),
    *("%00", "x%00", "%0A", "x%0Ay", "%FF", "%ED%A0%80", "%C2%B2", "%D9%A3", "%F0%9F%92%A9", "%E2%80%AE"),
    *(SOME_ID, SOME_ID.upper(), f"%7B{SOME_ID}%7D", f"urn:uuid:{SOME_ID}", SOME_ID.replace("-", "")),
    *("0000-00-00", "0001-01-01", "1969-12-31", "2026-02-30", "9999-12-31", "%D9%A2026-01-01"),
    *("540-1020", "0-1440", "540-1020." * 400, "off." * 6 + "9999999-1", "1020-540", "off"),
]
WELL_FORMED = {"uuid": uuid.UUID, "date": date, "int": int}
pytestmark = walks


def faults_of_paths(route: Route, owner: User) -> list[str]:
    escaped = {name: quote(str(value), safe="") for name, value in values_for(route, World(owner)).items()}
    client, kept, faults = browser_of(owner, route), Kept(), []
    odd_addresses = [
        (name, odd, route.template.format(**{**escaped, name: odd})) for name in route.places for odd in ODD
    ]
    led = [found for found in odd_addresses if _leads_somewhere(found[-1])]
    for (name, odd, address), method in some(product(led, METHODS), route):
        with kept.watched():
            answer = ask(client, method, address)
            is_half_done = answer.status_code >= 400 and kept.is_changed
        if answer.status_code >= 500 or is_half_done:
            faults.append(
                f"{method} with {name}={odd[:40]} was answered {said(answer)}"
                f"{' and changed something' if is_half_done else ''}. Give <{name}> a converter that checks "
                "it, or let the view raise Http404 or a Refusal for what it cannot read."
            )
    return faults


def _leads_somewhere(address: str) -> bool:
    """Most odd addresses fit no route and are 404 without anybody being asked."""
    try:
        resolve(RequestFactory().get(address).path_info)
    except Resolver404:
        return False
    return True


@pytest.mark.parametrize("route", named([route for route in EVERY if route.places]))
def test_an_odd_address_is_no_error_of_ours(route: Route, alice):
    assert not faults_of_paths(route, alice)


def test_an_address_that_fits_no_route_is_not_found(alice_client):
    for address in (f"/tasks/{SOME_ID.upper()}", "/tasks/%7B0%7D", "/habits/1/days/2026-02-30", "/api/tasks/-1"):
        assert alice_client.get(address).status_code == 404
