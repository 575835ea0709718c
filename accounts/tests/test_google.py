"""What may go wrong between here and Google, and what is left of it: nothing."""

import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as django_settings
from django.contrib.sessions.backends.cache import SessionStore
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import SecurityEvent, Session, User
from accounts.services.sessions import is_fresh
from accounts.tests.factories import give_password
from accounts.tests.google import VERIFIED, Google, way_back
from accounts.tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "four plain words here"


@pytest.fixture(autouse=True)
def _nobody_was_here_before():
    cache.clear()


def come_by_google(client: Client, google: Google, subject: str, address: str = "/accounts/google/login/", **form: str):
    start = client.post(address, form)
    assert start.headers["Location"].startswith(google.url)
    return client.get(way_back(google, start, subject))


def short_session(client: Client) -> dict:
    cookie = client.cookies.get(django_settings.SESSION_COOKIE_NAME)
    return dict(SessionStore(cookie.value).items()) if cookie and cookie.value else {}


def linked(user: User, subject: str = "weber-1") -> SocialAccount:
    return SocialAccount.objects.create(user=user, provider="google", uid=subject, extra_data={"email": user.email})


def test_an_address_that_google_does_not_vouch_for_is_not_taken_as_confirmed(google, client):
    google.knows("weber-1", email="alice@example.com", email_verified="true", name="Alice")
    answer = come_by_google(client, google, "weber-1")
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert not Session.objects.exists()
    assert not User.objects.get().emailaddress_set.get().verified
    assert mail.outbox[0].subject == "Confirm your address"


def test_an_address_that_google_does_not_vouch_for_tells_nobody_whose_it_is(google, client, alice):
    give_password(alice, PASSWORD)
    google.knows("mallory", email=alice.email, email_verified=False)
    answer = come_by_google(client, google, "mallory")
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert mail.outbox[0].subject == "You have an account already"
    assert not SocialAccount.objects.exists()


def test_google_takes_an_address_over_that_nobody_confirmed(google, client):
    Client().post("/accounts/signup/", {"email": "alice@example.com", "password1": "of a squatter who waits"})
    squatted = User.objects.get()
    google.knows("weber-1", email="alice@example.com", **VERIFIED)
    assert come_by_google(client, google, "weber-1").headers["Location"] == "/welcome"
    person = User.objects.get()
    assert person.pk != squatted.pk
    assert not person.has_usable_password()


def test_the_identity_is_googles_id_and_not_the_address(google, client, alice):
    give_password(alice, PASSWORD)
    linked(alice)
    google.knows("weber-1", email="renamed@example.com", **VERIFIED)
    assert come_by_google(client, google, "weber-1").headers["Location"] == "/today"
    assert Session.objects.get().user == alice


def test_an_account_without_an_address_is_not_made(google, client):
    google.knows("weber-1", name="Alice")
    answer = come_by_google(client, google, "weber-1")
    assert "Google told us no address" in answer.content.decode()
    assert not User.objects.exists()


def test_a_second_step_is_asked_after_google_too_and_no_token_waits_for_it(google, client, alice):
    give_password(alice, PASSWORD)
    linked(alice)
    Authenticator.objects.create(user=alice, type="totp", data={"secret": "sealed"})
    google.knows("weber-1", email=alice.email, **VERIFIED)
    assert come_by_google(client, google, "weber-1").headers["Location"] == "/accounts/2fa/authenticate/"
    assert not Session.objects.exists()
    kept = short_session(client)
    assert "sociallogin" in kept["account_login"]["signal_kwargs"]
    assert "token" not in kept["account_login"]["signal_kwargs"]["sociallogin"]
    assert google.exchanged[0]["code"] not in str(kept)


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=nonsense&code=x", "?state=%00&code=x", "?error=access_denied"]
)
def test_a_way_back_that_nobody_set_out_on_leads_to_a_page_in_words(google, alice_client, query):
    answer = alice_client.get(f"/accounts/google/login/callback/{query}")
    assert answer.status_code == 403
    assert "That way back from Google leads nowhere" in answer.content.decode()
    assert not SocialAccount.objects.exists()


def test_a_code_that_google_does_not_take_leads_to_a_page_in_words(google, client):
    start = client.post("/accounts/google/login/")
    back = way_back(google, start, "weber-1")
    forged = back.replace("code=", "code=x")
    answer = client.get(forged)
    assert answer.status_code == 403
    assert "Google did not answer as it should" in answer.content.decode()
    assert short_session(client) == {}
    assert "leads nowhere" in client.get(back).content.decode()


def test_a_link_begun_by_one_session_is_not_finished_by_another(google, alice_client, alice, bob):
    google.knows("weber-1", email="weber@example.com", **VERIFIED)
    start = alice_client.post("/settings/sign-in/google")
    back = way_back(google, start, "weber-1")
    sign_in(alice_client, bob)
    assert "leads nowhere" in alice_client.get(back).content.decode()
    assert not SocialAccount.objects.exists()
    start = alice_client.post("/settings/sign-in/google")
    del alice_client.cookies[django_settings.ACCESS_COOKIE_NAME]
    assert "leads nowhere" in alice_client.get(way_back(google, start, "weber-1")).content.decode()
    assert not SocialAccount.objects.exists()


def test_a_google_account_opens_one_account_only(google, alice_client, bob):
    linked(bob)
    google.knows("weber-1", email="weber@example.com", **VERIFIED)
    page = come_by_google(alice_client, google, "weber-1", "/settings/sign-in/google")
    assert "linked to another account here" in alice_client.get(page.headers["Location"]).content.decode()
    assert SocialAccount.objects.get().user == bob


def test_linking_ends_other_sessions_and_is_noted(google, alice_client, alice):
    phone = Client()
    sign_in(phone, alice)
    google.knows("weber-1", email="weber@example.com", **VERIFIED)
    come_by_google(alice_client, google, "weber-1", "/settings/sign-in/google")
    assert alice_client.get("/settings").status_code == 200
    assert phone.get("/settings").status_code == 302
    assert SecurityEvent.objects.get(user=alice, kind="method_added").facts == {"method": "google"}
    assert short_session(alice_client) == {}


def test_linking_asks_first_who_one_is(google, alice_client, alice):
    give_password(alice, PASSWORD)
    alice.sessions.update(authenticated_at="2026-01-01T00:00Z")
    answer = alice_client.post("/settings/sign-in/google")
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    answer = alice_client.post(answer.headers["Location"], {"password": PASSWORD, "next": "/settings/sign-in/google"})
    assert answer.headers["Location"].startswith(google.url)


def test_a_waiting_link_is_not_given_to_whoever_else_signs_in(google, client, alice, bob):
    give_password(alice, PASSWORD)
    give_password(bob, PASSWORD)
    google.knows("weber-1", email=alice.email, **VERIFIED)
    assert come_by_google(client, google, "weber-1").headers["Location"] == "/accounts/google/link/"
    client.post("/accounts/login/", {"login": bob.email, "password": PASSWORD})
    assert Session.objects.get().user == bob
    assert not SocialAccount.objects.exists()


def test_a_person_without_any_way_to_confirm_is_told_so_and_nothing_is_done(alice_client, alice):
    alice.sessions.update(authenticated_at="2026-01-01T00:00Z")
    answer = alice_client.post("/settings/sign-in/password/remove", follow=True)
    assert "Confirm that it is you first" in answer.content.decode()


def confirmed(client: Client, google: Google, user: User, **claims: object) -> str:
    """What the person reads after asking for something that needs a fresh sign-in, and confirming it by Google."""
    linked(user)
    user.sessions.update(authenticated_at="2026-01-01T00:00Z")
    google.knows("weber-1", email="weber@example.com", **VERIFIED, **claims)
    back = come_by_google(client, google, "weber-1", "/accounts/google/confirm/", next="/settings")
    return (
        client.get(back.headers["Location"]).headers["Location"] if back.status_code == 302 else back.content.decode()
    )


def minutes_ago(minutes: float) -> int:
    return int(time.time() - minutes * 60)


def test_google_is_asked_when_the_person_signed_in_there_and_believed_if_that_is_just_now(google, alice_client, alice):
    give_password(alice, PASSWORD)
    assert confirmed(alice_client, google, alice, auth_time=minutes_ago(9)) == "/settings"
    (asked,) = google.asked
    assert json.loads(asked["claims"]) == {"id_token": {"auth_time": {"essential": True}}}
    assert is_fresh(alice.sessions.get(), timezone.now())


@pytest.mark.parametrize("minutes", [10, 60 * 24, -5])
def test_a_sign_in_at_google_that_is_not_of_these_minutes_confirms_nothing(google, alice_client, alice, minutes):
    page = confirmed(alice_client, google, alice, auth_time=minutes_ago(minutes))
    assert "You signed in to Google some time ago" in page
    assert not is_fresh(alice.sessions.get(), timezone.now())


@pytest.mark.parametrize("said", ["yesterday", 1e300, [], True])
def test_a_time_that_is_none_confirms_nothing(google, alice_client, alice, said):
    confirmed(alice_client, google, alice, auth_time=said)
    assert not is_fresh(alice.sessions.get(), timezone.now())


def test_without_a_time_google_confirms_only_whoever_has_nothing_else(google, alice_client, alice):
    assert confirmed(alice_client, google, alice, auth_time=None) == "/settings"


def test_without_a_time_whoever_has_a_password_is_asked_for_that(google, alice_client, alice):
    give_password(alice, PASSWORD)
    assert "Confirm in another way instead" in confirmed(alice_client, google, alice, auth_time=None)
    assert not is_fresh(alice.sessions.get(), timezone.now())


def test_an_id_token_that_answers_another_request_lets_nobody_in(google, client):
    google.knows("weber-1", email="alice@example.com", **VERIFIED, nonce="of another request")
    answer = come_by_google(client, google, "weber-1")
    assert "Google did not answer as it should" in answer.content.decode()
    assert not User.objects.exists()


def test_nothing_is_taken_from_the_address_that_begins_the_way(google, client):
    start = client.post("/accounts/google/login/?scope=calendar&auth_params=prompt%3Dnone&next=//evil.example")
    assert "calendar" not in start.headers["Location"]
    assert "prompt=select_account" in start.headers["Location"]
    assert "next" not in short_session(client)["socialaccount_states"].popitem()[1][0]
