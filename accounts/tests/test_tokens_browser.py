"""Making an API token as a person does it."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import ApiToken
from timeflow.tests.browser import PHONE, serious_barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_token_is_made_copied_and_revoked_on_a_phone(alice_page: Page, live_server):
    alice_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    alice_page.set_viewport_size(PHONE)
    alice_page.goto(f"{live_server.url}/settings/tokens")
    alice_page.get_by_label("Name").fill("Backup script")
    alice_page.get_by_text("Read and change").click()
    alice_page.get_by_role("button", name="Make the token").click()
    secret = alice_page.locator("#secret").inner_text()
    assert re.fullmatch(r"tfp_[\w-]{43}", secret)
    alice_page.get_by_role("button", name="Copy").click()
    expect(alice_page.locator("[data-toast]")).to_contain_text("Copied.")
    alice_page.get_by_label("Name").press("Control+V")
    expect(alice_page.get_by_label("Name")).to_have_value(secret)
    assert not serious_barriers(alice_page)
    assert alice_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    alice_page.get_by_role("button", name="Revoke Backup script").click()
    expect(alice_page.locator("[data-toast]")).to_contain_text("The token is revoked.")
    assert ApiToken.objects.get().revoked_at
