"""A route answers the methods that it names, and 405 with their list to any other."""

import pytest

from accounts.models import User
from timeflow.tests.every_route.walking import EVERY, METHODS, address_of, ask, browser_of, named, said, undone, walks
from timeflow.tests.routes import Route

# allauth and the back office turn some people away before they look at the method.
TURNED_AWAY = {302, 403, 404, 429}
BEFORE_ANY_METHOD = {"account_reset_password_from_key": "a letter's link that leads nowhere says so to any of them"}
KNOWN = {*METHODS, "HEAD", "OPTIONS"}
STRANGE = ("PROPFIND", "TRACE")
pytestmark = walks


def faults_of_methods(route: Route, owner: User) -> list[str]:
    address, client = address_of(route, owner), browser_of(owner, route)
    is_ours = route.is_page or route.is_api

    def tried(method: str):
        with undone():
            return ask(client, method, address)

    allowed = tried(STRANGE[0]).headers.get("Allow", "")
    listed = set(allowed.split(", ")) - {""}
    faults = [f"Allow names {sorted(listed - KNOWN)}"] if listed - KNOWN else []
    for method in [*STRANGE, *sorted(KNOWN - listed)]:
        answer = tried(method)
        if not is_ours and answer.status_code in TURNED_AWAY:
            continue
        if answer.status_code != 405 or answer.headers.get("Allow", "") != allowed:
            faults.append(f"{method} was answered {said(answer)}, Allow: {answer.headers.get('Allow')}")
    for method in sorted(listed & KNOWN) if is_ours else ():
        if (answer := tried(method)).status_code in {405, 501}:
            faults.append(f"{method} is in Allow, but was answered {said(answer)}")
    hint = "Decorate the page's view with require_safe, require_POST or require_http_methods."
    return [f"{fault}. {hint}" for fault in faults]


@pytest.mark.parametrize("route", named([route for route in EVERY if route.name not in BEFORE_ANY_METHOD]))
def test_any_other_method_is_answered_405_with_those_that_are_allowed(route: Route, alice):
    assert not faults_of_methods(route, alice)
