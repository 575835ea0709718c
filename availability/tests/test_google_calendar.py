"""The lasting permission for calendars: asked for apart, kept sealed, given back. Against a stand-in for Google."""

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.domain.callers import Caller
from accounts.gateways import google as gateway
from accounts.models import Connection
from accounts.services.connections import use_secret
from accounts.services.deletion import ask_deletion, erase_due_accounts
from accounts.services.google_grants import SCOPES
from accounts.tests.google import VERIFIED, Google, way_back
from accounts.tests.signing_in import sign_in
from availability.tests.mirrored import connected
from timeflow.lib import bounds
from timeflow.tests.stored import everything_stored

pytestmark = pytest.mark.django_db
START = "/settings/connections/google"


def connect(client: Client, google: Google, subject: str = "weber-1"):
    start = client.post(START)
    return client.get(way_back(google, start, subject), follow=True)


@pytest.fixture
def weber(google: Google) -> Google:
    google.knows("weber-1", email="weber@example.com", **VERIFIED)
    google.lets(*SCOPES)
    return google


def test_what_is_granted_is_kept_sealed_and_nothing_else_stays(weber, alice_client, alice, caplog):
    page = connect(alice_client, weber).content.decode()
    assert "Google Calendar of weber@example.com is connected." in page
    connection = Connection.objects.get()
    assert (connection.user, connection.subject, connection.account) == (alice, "weber-1", "weber@example.com")
    assert set(SCOPES) <= set(connection.scopes)
    assert connection.access_expires_at > timezone.now()
    tokens = [
        use_secret(connection=connection, name=name, now=timezone.now()) for name in ("access_token", "refresh_token")
    ]
    stored = everything_stored()
    for secret in (*tokens, weber.exchanged[0]["code"], weber.exchanged[0]["code_verifier"]):
        assert len(secret) > 20
        assert secret.encode() not in stored
        assert secret not in caplog.text.replace("POST /oauth2", "")
    cookie = alice_client.cookies.get(django_settings.SESSION_COOKIE_NAME)
    assert not cookie.value


def test_google_is_asked_for_a_lasting_grant_of_just_these_scopes(weber, alice_client, alice):
    connect(alice_client, weber)
    asked = weber.asked[0]
    assert set(asked["scope"].split()) == {"openid", "email", *SCOPES}
    wanted = {"access_type": "offline", "include_granted_scopes": "true", "prompt": "consent"}
    assert wanted.items() <= asked.items()
    assert (asked["code_challenge_method"], asked["login_hint"]) == ("S256", alice.email)


@pytest.mark.parametrize("ticked", [(), *(SCOPES[:n] for n in range(1, len(SCOPES)))])
def test_an_unticked_box_is_explained_and_nothing_is_kept(weber, alice_client, ticked):
    weber.lets(*ticked)
    page = connect(alice_client, weber).content.decode()
    assert "Not every box was ticked at Google" in page
    assert "Connect Google Calendar" in page
    assert not Connection.objects.exists()


def test_who_has_connected_enough_accounts_can_connect_one_of_them_again_but_no_other(weber, alice, alice_client):
    connect(alice_client, weber)
    for number in range(bounds.CONNECTIONS - 1):
        connected(alice, f"number-{number}", now=timezone.now())
    assert "Google Calendar of weber@example.com is connected" in connect(alice_client, weber).content.decode()
    Connection.objects.filter(provider="google").update(subject="another one")
    page = connect(alice_client, weber).content.decode()
    assert f"At most {bounds.CONNECTIONS} calendar accounts can be connected" in page
    feed = {"address": "https://feeds.example/a.ics"}
    page = alice_client.post("/settings/connections/feed", feed)
    assert page.status_code == 422
    assert f"At most {bounds.CONNECTIONS} calendar accounts can be connected" in page.content.decode()
    assert Connection.objects.count() == bounds.CONNECTIONS


def test_a_used_or_foreign_or_missing_state_connects_nothing(weber, alice_client, alice, bob):
    start = alice_client.post(START)
    back = way_back(weber, start, "weber-1")
    bobs = Client()
    sign_in(bobs, bob)
    for client, address in ((bobs, back), (alice_client, back.replace("state=", "state=x")), (alice_client, back)):
        page = client.get(address, follow=True).content.decode()
        assert "That way back from Google was used before" in page
    assert "was used before" in alice_client.get(f"{START}/answer", follow=True).content.decode()
    assert not Connection.objects.exists()


def test_a_grant_begun_before_another_person_signed_in_is_not_theirs(weber, alice_client, bob):
    back = way_back(weber, alice_client.post(START), "weber-1")
    sign_in(alice_client, bob)
    assert "was used before" in alice_client.get(back, follow=True).content.decode()
    assert not Connection.objects.exists()


def test_saying_no_and_a_bad_code_are_told_apart(weber, alice_client):
    back = way_back(weber, alice_client.post(START), "weber-1")
    state = back.split("state=")[1].split("&")[0]
    page = alice_client.get(f"{START}/answer?error=access_denied&state={state}", follow=True).content.decode()
    assert "You stopped at Google" in page
    back = way_back(weber, alice_client.post(START), "weber-1")
    page = alice_client.get(back.replace("code=", "code=x"), follow=True).content.decode()
    assert "Google did not answer as it should" in page
    assert not Connection.objects.exists()


def test_disconnecting_gives_the_grant_back(weber, alice_client):
    connect(alice_client, weber)
    connection = Connection.objects.get()
    refresh = use_secret(connection=connection, name="refresh_token", now=timezone.now())
    page = alice_client.post(f"/settings/connections/{connection.pk}/remove", follow=True).content.decode()
    assert "Google took the permission back." in page
    assert weber.revoked == [refresh]
    assert not Connection.objects.exists()


def test_disconnecting_works_without_google_and_says_what_is_left_to_do(weber, alice_client, settings):
    connect(alice_client, weber)
    settings.GOOGLE_URL = "http://127.0.0.1:9"
    address = f"/settings/connections/{Connection.objects.get().pk}/remove"
    assert "take the permission back in your Google account" in alice_client.post(address, follow=True).content.decode()
    assert not Connection.objects.exists()


def test_a_broken_connection_says_so_and_is_mended_by_connecting_again(weber, alice_client):
    connect(alice_client, weber)
    Connection.objects.update(state=Connection.State.NEEDS_RECONNECT)
    assert "must be connected again" in alice_client.get("/settings/calendars").content.decode()
    assert "must be connected again" not in connect(alice_client, weber).content.decode()
    assert Connection.objects.get().state == Connection.State.ACTIVE


def test_erasing_an_account_gives_its_grants_back(weber, alice_client, alice):
    connect(alice_client, weber)
    due = ask_deletion(user=alice, caller=Caller(), now=timezone.now())
    assert weber.revoked == []
    assert erase_due_accounts(now=due) == 1
    assert len(weber.revoked) == 1


def test_without_google_nothing_offers_it(alice_client):
    assert "Google" not in alice_client.get("/settings/calendars").content.decode()
    assert alice_client.post(START).status_code == 404


def test_a_grant_never_shows_its_tokens_by_accident():
    grant = gateway.Grant("1", "a@example.com", (), access_token="ya29.secret", refresh_token="1//secret", lives=1)
    assert "secret" not in f"{grant} {grant!r}"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_calendar_is_connected_at_the_second_try_after_a_box_stayed_unticked(alice_page: Page, live_server, weber):
    alice_page.goto(f"{live_server.url}/settings/calendars")
    for ticked, said in (
        ((), "Not every box was ticked"),
        (SCOPES, "Google Calendar of weber@example.com is connected."),
    ):
        alice_page.get_by_role("button", name="Connect Google Calendar").click()
        for box in alice_page.get_by_role("checkbox").all():
            box.set_checked(box.get_attribute("value") in ticked)
        alice_page.get_by_role("button", name="Allow").click()
        expect(alice_page.get_by_text(said)).to_be_visible()
    alice_page.get_by_role("button", name="Disconnect weber@example.com…").click()
    alice_page.get_by_role("button", name="Disconnect", exact=True).click()
    expect(alice_page.get_by_text("Google took the permission back.")).to_be_visible()
