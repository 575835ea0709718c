"""Every page is opened in a real browser, which would report whatever breaks the content security policy."""

import re

import pytest
from playwright.sync_api import Page

from accounts.tests.signing_in import cookies_of
from timeflow.tests.routes import World, all_routes, allauth_routes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REPORTED = "timeflow.lib.browser_defences"


def addresses(owner) -> list[str]:
    world, made = World(owner), {}
    pages = [route for route in all_routes() if not route.is_api]
    for place in {(place, name) for route in pages for name, place in route.places.items()}:
        made[place] = world.value(*place)
    ours = [route.address({name: made[place, name] for name, place in route.places.items()}) for route in pages]
    theirs = ["/" + re.sub("<int:[a-z]+>", "1", route.pattern) for route in allauth_routes()]
    return [*ours, "/api/docs/", *theirs, "/nowhere"]


def opened(page: Page, live_server, paths: list[str]) -> list[str]:
    """The paths that are pages; what answers with a file or sends somewhere else is left out."""
    found = []
    for path in paths:
        answer = page.request.get(live_server.url + path, max_redirects=0)
        is_page = answer.headers.get("content-type", "").startswith("text/html") and answer.status in (200, 404)
        if is_page:
            page.goto(live_server.url + path)
            page.wait_for_load_state()
            found.append(path)
    return found


def test_no_page_breaks_its_policy(page: Page, alice, alice_client, live_server, caplog):
    paths = addresses(alice)
    outside = opened(page, live_server, paths)
    page.context.add_cookies(cookies_of(alice_client, live_server.url))
    inside = opened(page, live_server, paths)
    assert {"/", "/accounts/login/", "/accounts/signup/", "/nowhere"} <= set(outside)
    assert {"/today", "/week", "/tasks", "/habits", "/settings", "/settings/devices", "/api/docs/"} <= set(inside)
    assert len(inside) > 35
    assert not [record.getMessage() for record in caplog.records if record.name == REPORTED]


def test_a_page_that_breaks_its_policy_is_heard_of(context, live_server, caplog):
    page = context.new_page()
    page.goto(live_server.url)
    with page.expect_response("**/csp-report"):
        page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/pixel.png'}))")
    assert [record.getMessage() for record in caplog.records if record.name == REPORTED]
