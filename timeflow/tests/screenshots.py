"""The pictures in README.md: `script/test timeflow/tests/screenshots.py` takes them anew from the demo person's pages.

The name keeps it out of the suite. Both clocks, the server's and the browser's, stand at the same Tuesday morning.
"""

import itertools
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client

from accounts.tests.signing_in import cookies_of, sign_in
from scheduling.services.demo import seed_demo

NOW = datetime(2026, 4, 21, 8, 20, tzinfo=UTC)
FOLDER = settings.BASE_DIR / "docs" / "images"


@pytest.fixture
def maya_page(page, live_server, time_machine):
    time_machine.move_to(NOW)
    seconds = itertools.count(step=0.01)
    maya = seed_demo(password="-", time_zone="Europe/Berlin", now=NOW, tick=lambda: next(seconds))
    client = Client()
    sign_in(client, maya)
    page.context.add_cookies(cookies_of(client, live_server.url))
    page.clock.set_fixed_time(NOW)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_take_the_week(maya_page, live_server, scheme):
    maya_page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    maya_page.goto(f"{live_server.url}/week")
    maya_page.wait_for_load_state("networkidle")
    FOLDER.mkdir(exist_ok=True)
    maya_page.screenshot(path=FOLDER / f"week-{scheme}.png")
    assert (FOLDER / f"week-{scheme}.png").stat().st_size > 10_000
