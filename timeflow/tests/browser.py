"""Fixtures for tests that drive a real Chromium, and what such a page must never do.

Chromium is the one that `CHROMIUM` names, else the first on the PATH; without one these tests are skipped with that
reason. A test that uses `page` or `alice_page` fails if the page logs an error, breaks its content security policy,
gets a 5xx or a missing file, or asks anything of another machine.
"""

import os
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright, Request, Response, expect

from accounts.tests.signing_in import cookies_of

# Playwright's event loop lives in the test's thread, where Django would then refuse to read the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How long a test waits for what it expects before it gives up; a busy machine may need it, a quick one never waits.
expect.set_options(timeout=20_000)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Chromium reports each 4xx answer, which is the test's own business (`on_response` has the rest); htmx reports a
# request that a newer one of the same field has overtaken.
NO_FAULTS = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("needs Chromium: install it, or name one with CHROMIUM=/path/to/chromium")
    return {"executable_path": found, "args": FLAGS}


@pytest.fixture(scope="session")
def playwright(playwright: Playwright) -> Iterator[Playwright]:
    """As it is; but while its event loop runs in the tests' thread, Django has another connection for that thread."""
    yield playwright
    connection.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of somebody who is not signed in, at the width of a desk."""
    page = context.new_page()
    page.set_viewport_size(DESK)
    faults = _watch(page)
    yield page
    assert not faults, "\n".join(["The page did what it must not:", *faults])


@pytest.fixture
def alice_page(page: Page, alice_client, live_server) -> Page:
    """The page, signed in as alice."""
    page.context.add_cookies(cookies_of(alice_client, live_server.url))
    return page


def _watch(page: Page) -> list[str]:
    faults: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(NO_FAULTS):
            faults.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        target = urlsplit(request.url)
        if target.scheme not in ("data", "blob", "about") and target.hostname not in ("127.0.0.1", "localhost"):
            faults.append(f"asked another machine: {request.url}")

    def on_response(response: Response) -> None:
        is_file = urlsplit(response.url).path.startswith(f"/{settings.STATIC_URL.strip('/')}/")
        if response.status >= 500 or (is_file and response.status >= 400):
            faults.append(f"answer {response.status}: {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("request", on_request)
    page.on("response", on_response)
    return faults


def serious_barriers(page: Page) -> list[str]:
    """What axe finds serious or critical on the page as it stands, each with the elements it is about."""
    # Without preloading: it would copy style sheets into the page, which our content security policy forbids. What
    # passes is checked, but not told.
    found = Axe().run(page, options={"preload": False, "resultTypes": ["violations"]}).response["violations"]
    return [
        f"{barrier['id']}: {barrier['help']} at {', '.join(str(node['target'][0]) for node in barrier['nodes'][:5])}"
        for barrier in found
        if barrier["impact"] in ("serious", "critical")
    ]
