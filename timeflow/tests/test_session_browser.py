"""A browser that stays signed in: two tabs, an access token that runs out in mid-work, another device."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Session, User
from scheduling.models import Task

PASSWORD = "four plain words here"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def keeper(alice: User) -> User:
    alice.set_password(PASSWORD)
    alice.save()
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    return alice


@pytest.fixture
def signed_in(page: Page, keeper: User, live_server) -> Page:
    enter(page, keeper, live_server.url)
    return page


@pytest.fixture
def later(time_machine):
    """Moves the server's clock on. The browser keeps its cookies: their age is counted by its own clock."""

    def move(**span: int) -> None:
        time_machine.move_to(timezone.now() + timedelta(**span))

    return move


def enter(page: Page, user: User, url: str) -> None:
    page.goto(f"{url}/accounts/login/?next=/tasks")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/tasks")


def add(page: Page, line: str) -> None:
    page.locator("#quick-text").fill(line)
    page.keyboard.press("Enter")


def tokens(context: BrowserContext) -> dict[str, str]:
    names = {settings.ACCESS_COOKIE_NAME, settings.REFRESH_COOKIE_NAME}
    return {cookie["name"]: cookie["value"] for cookie in context.cookies() if cookie["name"] in names}


def test_a_password_brings_two_cookies_that_no_script_can_read(signed_in: Page):
    kept = {cookie["name"]: cookie for cookie in signed_in.context.cookies()}
    for name in (settings.ACCESS_COOKIE_NAME, settings.REFRESH_COOKIE_NAME):
        assert (kept[name]["httpOnly"], kept[name]["sameSite"], kept[name]["path"]) == (True, "Lax", "/")
    assert settings.SESSION_COOKIE_NAME not in kept
    assert settings.ACCESS_COOKIE_NAME not in signed_in.evaluate("document.cookie")


def test_two_tabs_work_on_across_the_end_of_the_access_token(signed_in: Page, live_server, later):
    other = signed_in.context.new_page()
    other.goto(f"{live_server.url}/tasks")
    before = tokens(signed_in.context)
    later(minutes=11)
    signed_in.locator("#quick-text").fill("report 2h")
    other.locator("#quick-text").fill("call Ada 15m")
    signed_in.keyboard.press("Enter")
    other.keyboard.press("Enter")
    expect(signed_in.get_by_role("link", name="report", exact=True)).to_be_visible()
    expect(other.get_by_role("link", name="call Ada", exact=True)).to_be_visible()
    for tab in (signed_in, other):
        expect(tab.locator("[data-stale]")).to_have_count(0)
    assert not set(before.values()) & set(tokens(signed_in.context).values())
    assert Session.objects.get().revoked_at is None
    assert Task.objects.count() == 2


def test_a_form_sent_after_the_end_of_the_access_token_is_saved(signed_in: Page, live_server, later, keeper: User):
    signed_in.goto(f"{live_server.url}/settings")
    signed_in.get_by_label("Name").fill("Alice of the late hour")
    later(minutes=30)
    signed_in.get_by_role("button", name="Save").click()
    expect(signed_in.locator("[data-toast]")).to_contain_text("Your profile is saved.")
    keeper.refresh_from_db()
    assert keeper.name == "Alice of the late hour"


def test_the_week_goes_on_after_the_end_of_the_access_token(signed_in: Page, live_server, later):
    signed_in.goto(f"{live_server.url}/week")
    signed_in.wait_for_load_state("networkidle")
    later(minutes=11)
    with signed_in.expect_response(lambda answer: "/week/feed" in answer.url and answer.ok):
        signed_in.get_by_role("link", name="Later").click()
    expect(signed_in.locator("[data-toast]")).to_have_count(0)


def test_an_open_page_replaces_the_refresh_token_every_hour(signed_in: Page, live_server):
    signed_in.clock.install()
    signed_in.goto(f"{live_server.url}/tasks")
    before = tokens(signed_in.context)
    for _ in range(2):
        with signed_in.expect_response("**/api/auth/refresh") as answer:
            signed_in.clock.fast_forward("01:00:01")
        assert answer.value.status == 204
    assert not set(before.values()) & set(tokens(signed_in.context).values())
    assert Session.objects.get().rotated_at > Session.objects.get().opened_at


def test_signing_out_on_one_device_leaves_the_other_in(signed_in: Page, browser, live_server, keeper: User):
    phone = browser.new_context().new_page()
    enter(phone, keeper, live_server.url)
    assert Session.objects.count() == 2
    signed_in.goto(f"{live_server.url}/settings")
    signed_in.locator(".rail [popovertarget=more]").click()
    signed_in.get_by_role("button", name="Sign out").click()
    signed_in.wait_for_url(f"{live_server.url}/")
    assert not tokens(signed_in.context)
    add(phone, "still here 15m")
    expect(phone.get_by_role("link", name="still here", exact=True)).to_be_visible()
    signed_in.goto(f"{live_server.url}/tasks")
    assert "/accounts/login/" in signed_in.url
    phone.context.close()


def test_a_device_signed_out_from_elsewhere_is_out_at_its_next_step(
    signed_in: Page, browser, live_server, keeper: User
):
    phone = browser.new_context().new_page()
    enter(phone, keeper, live_server.url)
    signed_in.goto(f"{live_server.url}/settings/devices")
    signed_in.get_by_role("button", name="Sign out everywhere else").click()
    expect(signed_in.locator("[data-toast]")).to_contain_text("Every other device is signed out.")
    add(phone, "too late 15m")
    expect(phone.locator("[data-stale]")).to_contain_text("You were signed out, so nothing was changed.")
    expect(phone.locator("#quick-text")).to_have_value("too late 15m")
    assert not Task.objects.exists()
    phone.context.close()
