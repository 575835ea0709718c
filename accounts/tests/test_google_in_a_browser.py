"""Signing in with Google, in a real browser, against a stand-in for Google."""

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.conf import settings as django_settings
from playwright.sync_api import Page, Route, expect

from accounts.models import SecurityEvent, Session, User
from accounts.tests.factories import give_password
from accounts.tests.google import VERIFIED, Google

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "four plain words here"


@pytest.fixture
def start(page: Page, live_server, google: Google) -> Page:
    google.knows("weber-1", email="alice@example.com", **VERIFIED)
    page.goto(f"{live_server.url}/accounts/login/")
    return page


def go_to_google(page: Page) -> None:
    page.get_by_role("button", name="Go on with Google").click()
    expect(page.get_by_role("heading", name="Allow access?")).to_be_visible()


def agree(page: Page, subject: str = "weber-1") -> None:
    page.get_by_label("Address of another account").fill(subject)
    page.get_by_role("button", name="Allow").click()


def cookie_names(page: Page) -> set[str]:
    return {cookie["name"] for cookie in page.context.cookies()}


def test_somebody_new_signs_up_and_comes_back(start: Page, live_server, google: Google):
    go_to_google(start)
    agree(start)
    expect(start).to_have_url(f"{live_server.url}/welcome")
    person = User.objects.get()
    assert (person.email, person.name, person.time_zone) == ("alice@example.com", "Alice Weber", "UTC")
    assert person.emailaddress_set.get().verified
    account = SocialAccount.objects.get(user=person)
    assert (account.uid, account.extra_data) == ("weber-1", {"email": "alice@example.com"})
    assert not SocialToken.objects.exists()
    assert not SocialApp.objects.exists()
    asked = google.asked[0]
    assert set(asked["scope"].split()) == {"openid", "email", "profile"}
    assert (asked["prompt"], asked["code_challenge_method"]) == ("select_account", "S256")
    assert {django_settings.ACCESS_COOKIE_NAME, django_settings.REFRESH_COOKIE_NAME} <= cookie_names(start)
    assert django_settings.SESSION_COOKIE_NAME not in cookie_names(start)
    start.context.clear_cookies()
    start.goto(f"{live_server.url}/accounts/login/?next=/habits")
    go_to_google(start)
    agree(start)
    expect(start).to_have_url(f"{live_server.url}/habits")
    assert User.objects.count() == 1
    assert Session.objects.count() == 2


def test_whoever_says_no_at_google_is_told_that_nothing_happened(start: Page, live_server):
    go_to_google(start)
    start.get_by_role("button", name="Cancel").click()
    expect(start.get_by_role("heading", name="You stopped at Google")).to_be_visible()
    assert not User.objects.exists()
    assert django_settings.SESSION_COOKIE_NAME not in cookie_names(start)
    start.get_by_role("link", name="To sign in").click()
    expect(start.get_by_role("heading", name="Welcome back")).to_be_visible()


def test_a_used_way_back_and_one_of_another_browser_lead_nowhere(start: Page, live_server, google: Google, browser):
    go_to_google(start)
    with start.expect_request("**/accounts/google/login/callback/**") as came_back:
        agree(start)
    expect(start).to_have_url(f"{live_server.url}/welcome")
    start.goto(came_back.value.url)
    expect(start.get_by_role("heading", name="That way back from Google leads nowhere")).to_be_visible()
    start.goto(f"{live_server.url}/settings")
    expect(start.get_by_role("heading", name="Profile")).to_be_visible()
    start.context.clear_cookies()
    start.goto(f"{live_server.url}/accounts/login/")
    go_to_google(start)
    meant_for_this_browser = []

    def keep_back(route: Route) -> None:
        meant_for_this_browser.append(route.fetch(max_redirects=0).headers["location"])
        route.fulfill(body="kept", content_type="text/plain")

    start.route(f"{google.url}/oauth2/authorize**", keep_back)
    agree(start, "mallory@gmail.example")
    expect(start.get_by_text("kept")).to_be_visible()
    other = browser.new_context()
    victim = other.new_page()
    victim.goto(meant_for_this_browser[0])
    expect(victim.get_by_role("heading", name="That way back from Google leads nowhere")).to_be_visible()
    assert not other.cookies()
    other.close()
    assert User.objects.count() == 1


def test_an_address_that_an_account_has_already_is_linked_after_signing_in_to_it(start: Page, live_server, alice):
    give_password(alice, PASSWORD)
    go_to_google(start)
    agree(start)
    expect(start.get_by_role("heading", name="You have an account already")).to_be_visible()
    assert not SocialAccount.objects.exists()
    assert not Session.objects.exists()
    start.get_by_label("Password").fill(PASSWORD)
    start.get_by_role("button", name="Sign in and link").click()
    expect(start.get_by_text("Google is linked: you can sign in with it from now on.")).to_be_visible()
    assert SocialAccount.objects.get().user == alice
    assert alice.security_events.get(kind=SecurityEvent.Kind.METHOD_ADDED).facts == {"method": "google"}
    start.context.clear_cookies()
    start.goto(f"{live_server.url}/accounts/login/")
    go_to_google(start)
    agree(start)
    expect(start).to_have_url(f"{live_server.url}/today")


def test_whoever_does_not_want_the_link_keeps_both_apart(start: Page, live_server, alice):
    give_password(alice, PASSWORD)
    go_to_google(start)
    agree(start)
    start.get_by_role("button", name="Do not link them").click()
    expect(start.get_by_role("heading", name="Welcome back")).to_be_visible()
    start.get_by_label("E-mail").fill(alice.email)
    start.get_by_label("Password").fill(PASSWORD)
    start.get_by_role("button", name="Sign in", exact=True).click()
    expect(start).to_have_url(f"{live_server.url}/today")
    assert not SocialAccount.objects.exists()


def test_a_person_with_google_alone_confirms_by_google_and_their_wish_goes_on(start: Page, live_server):
    go_to_google(start)
    agree(start)
    expect(start).to_have_url(f"{live_server.url}/welcome")
    Session.objects.update(authenticated_at="2026-01-01T00:00Z")
    start.goto(f"{live_server.url}/settings/tokens")
    start.get_by_label("Name").fill("Script")
    start.get_by_role("button", name="Make the token").click()
    expect(start.get_by_role("heading", name="Is it you?")).to_be_visible()
    go_to_google(start)
    agree(start, "somebody.else@gmail.example")
    expect(start.get_by_role("heading", name="That was another Google account")).to_be_visible()
    start.goto(f"{live_server.url}/settings/tokens")
    start.get_by_label("Name").fill("Script")
    start.get_by_role("button", name="Make the token").click()
    go_to_google(start)
    agree(start)
    expect(start.get_by_text("“Script” is made.")).to_be_visible()


def test_google_is_linked_from_settings_and_never_taken_as_the_last_way(alice_page: Page, live_server, google, alice):
    google.knows("weber-2", email="alice.private@example.com", **VERIFIED)
    alice_page.goto(f"{live_server.url}/settings/sign-in")
    alice_page.get_by_role("button", name="Link Google").click()
    agree(alice_page, "weber-2")
    expect(alice_page.get_by_text("Google is linked: you can sign in with it from now on.")).to_be_visible()
    expect(alice_page.get_by_text("alice.private@example.com")).to_be_visible()
    alice_page.get_by_role("button", name="Remove Google").click()
    expect(alice_page.get_by_text("This is the only way into your account.")).to_be_visible()
    assert SocialAccount.objects.get().user == alice
