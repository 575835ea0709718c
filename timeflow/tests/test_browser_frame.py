"""The frame of every page in a real browser; journeys through the product are tested by the apps."""

import pytest
from playwright.sync_api import Page

from timeflow.tests.browser import serious_barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_landing_page_opens_without_an_error_and_without_barriers(page: Page, live_server):
    page.goto(live_server.url)
    assert page.title()
    assert serious_barriers(page) == []


def test_signed_in_person_sees_their_settings(alice_page: Page, live_server):
    alice_page.goto(f"{live_server.url}/settings")
    assert alice_page.url.endswith("/settings")
    assert serious_barriers(alice_page) == []
