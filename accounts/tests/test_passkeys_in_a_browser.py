"""Passkeys and the second step in a real browser, whose device is Chromium's own virtual one."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts.models import SecurityEvent, Session, User
from accounts.tests.factories import give_password

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "four plain words here"


@pytest.fixture(autouse=True)
def _nobody_tried_before():
    cache.clear()


@pytest.fixture
def keeper(alice: User) -> User:
    give_password(alice, PASSWORD)
    return alice


@pytest.fixture
def keeper_page(keeper, alice_page: Page) -> Page:
    """alice, with a password, on a device that unlocks passkeys when asked."""
    device = alice_page.context.new_cdp_session(alice_page)
    device.send("WebAuthn.enable")
    abilities = dict.fromkeys(
        ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation"), True
    )
    options = {"protocol": "ctap2", "transport": "internal", **abilities}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return alice_page


def make_passkey(page: Page, url: str) -> None:
    page.goto(f"{url}/settings/sign-in")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_a_passkey_is_made_opens_the_account_and_is_removed(keeper_page: Page, live_server, keeper):
    page = keeper_page
    make_passkey(page, live_server.url)
    assert len(page.locator(".codes li").all()) == 10
    assert Authenticator.objects.get(type="webauthn").wrap().is_passwordless
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/accounts/login/?next=/habits")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{live_server.url}/habits")
    assert SecurityEvent.objects.filter(user=keeper, kind="signed_in").latest("at").facts == {"method": "webauthn"}
    page.goto(f"{live_server.url}/settings/sign-in")
    page.get_by_role("link", name="Rename Laptop").click()
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Remove Work laptop").click()
    expect(page.get_by_text("That passkey opens nothing any more.")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_a_passkey_is_the_second_step_after_a_password(keeper_page: Page, live_server, keeper):
    page = keeper_page
    make_passkey(page, live_server.url)
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("E-mail").fill(keeper.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{live_server.url}/today")


def test_a_passkey_shows_again_who_one_is(keeper_page: Page, live_server, keeper):
    page = keeper_page
    make_passkey(page, live_server.url)
    keeper.refresh_from_db()
    keeper.set_unusable_password()
    keeper.save()
    Session.objects.update(authenticated_at="2026-01-01T00:00Z")
    page.goto(f"{live_server.url}/settings/sign-in")
    page.get_by_role("link", name="Show the recovery codes").click()
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_a_device_that_has_no_passkey_is_told_so(page: Page, live_server):
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Nothing was done")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_enabled()


def test_an_authenticator_app_is_turned_on_asked_for_replaced_once_by_a_recovery_code_and_turned_off(
    keeper_page: Page, live_server, keeper
):
    page = keeper_page
    page.goto(f"{live_server.url}/settings/sign-in")
    page.get_by_role("link", name="Turn the authenticator app on").click()
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("That code is not right")).to_be_visible()
    page.get_by_label("Code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    recovery = page.locator(".codes li").first.inner_text()
    assert re.fullmatch(r"\d{8}", recovery)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("E-mail").fill(keeper.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/today")
    page.goto(f"{live_server.url}/settings/sign-in")
    expect(page.get_by_text("9 left")).to_be_visible()
    page.get_by_role("link", name="Turn the authenticator app off").click()
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_text("The authenticator app is off.")).to_be_visible()
    assert not Authenticator.objects.exists()
