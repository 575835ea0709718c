"""Signing out here, elsewhere and everywhere, for programs in a browser and on the Devices page."""

import uuid

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import SecurityEvent, Session
from accounts.tests.factories import UserFactory, give_password
from accounts.tests.signing_in import is_in, sign_in

Kind = SecurityEvent.Kind
PASSWORD = "four plain words here"


@pytest.fixture
def phone(alice) -> Client:
    client = Client()
    sign_in(client, alice)
    return client


def test_signing_out_ends_this_device_and_leaves_the_other_in(alice_api, phone, alice):
    answer = alice_api.post("/api/auth/logout", content_type="application/json")
    assert answer.status_code == 204
    assert answer.cookies[settings.ACCESS_COOKIE_NAME]["max-age"] == 0
    assert not is_in(alice_api)
    assert is_in(phone)
    assert alice.security_events.get().kind == Kind.SIGNED_OUT


def test_a_token_kept_from_before_signing_out_is_worth_nothing(alice_api):
    kept = alice_api.cookies[settings.ACCESS_COOKIE_NAME].value
    alice_api.post("/api/auth/logout", content_type="application/json")
    thief = Client()
    thief.cookies[settings.ACCESS_COOKIE_NAME] = kept
    assert not is_in(thief)


def test_signing_out_everywhere_ends_every_device_of_one_person(alice_api, phone, bob_api):
    assert alice_api.post("/api/auth/logout-all", content_type="application/json").status_code == 204
    assert not is_in(alice_api)
    assert not is_in(phone)
    assert is_in(bob_api)


def test_devices_are_listed_and_this_one_is_marked(alice_api, phone):
    rows = alice_api.get("/api/auth/sessions").json()["results"]
    assert sorted(row["is_this"] for row in rows) == [False, True]
    assert set(rows[0]) == {"id", "device", "place", "opened_at", "last_seen_at", "expires_at", "is_this"}


def test_one_device_is_signed_out_from_another(alice_api, phone, alice):
    other = next(row for row in alice_api.get("/api/auth/sessions").json()["results"] if not row["is_this"])
    assert alice_api.delete(f"/api/auth/sessions/{other['id']}").status_code == 204
    assert not is_in(phone)
    assert is_in(alice_api)
    assert alice_api.delete(f"/api/auth/sessions/{other['id']}").status_code == 404
    assert alice.security_events.get().kind == Kind.SESSION_ENDED


def test_ending_ones_own_session_by_its_id_takes_the_cookies_back(alice_api):
    own = alice_api.get("/api/auth/sessions").json()["results"][0]["id"]
    answer = alice_api.delete(f"/api/auth/sessions/{own}")
    assert answer.cookies[settings.ACCESS_COOKIE_NAME]["max-age"] == 0
    assert not is_in(alice_api)


def test_bob_can_neither_see_nor_end_alices_session(alice_api, bob_api):
    theirs = alice_api.get("/api/auth/sessions").json()["results"][0]["id"]
    assert theirs not in str(bob_api.get("/api/auth/sessions").json())
    assert bob_api.delete(f"/api/auth/sessions/{theirs}").status_code == 404
    assert bob_api.delete(f"/api/auth/sessions/{uuid.uuid4()}").status_code == 404
    assert is_in(alice_api)


@pytest.mark.parametrize("path", ["logout", "logout-all", "refresh", "tokens"])
def test_what_changes_something_by_cookie_brings_its_csrf_token(alice, path):
    client = APIClient(enforce_csrf_checks=True)
    sign_in(client, alice)
    assert client.post(f"/api/auth/{path}", content_type="application/json").status_code == 403
    assert is_in(client)


def test_the_devices_page_shows_where_and_signs_out(alice_client, alice, phone):
    session = alice.sessions.latest("id")
    Session.objects.filter(pk=session.pk).update(
        device="Safari on iPhone", place="203.0.113.0/24", last_seen_at=timezone.now()
    )
    page = alice_client.get("/settings/devices").content.decode()
    assert "Safari on iPhone" in page
    assert "203.0.113.0/24" in page
    assert page.count("This one") == 1
    answer = alice_client.post(f"/settings/devices/{session.pk}/end", follow=True)
    assert "That device is signed out." in answer.content.decode()
    assert not is_in(phone)


def test_every_other_device_goes_with_one_button(alice_client, phone, bob_client):
    answer = alice_client.post("/settings/devices/end-others", follow=True)
    assert "Every other device is signed out." in answer.content.decode()
    assert not is_in(phone)
    assert is_in(alice_client)
    assert is_in(bob_client)


def test_signing_in_and_out_by_the_pages_leaves_no_session_of_djangos(db, client):
    give_password(UserFactory(email="dora@example.com"), PASSWORD)
    answer = client.post("/accounts/login/", {"login": "dora@example.com", "password": PASSWORD})
    assert answer.status_code == 302
    for name in (settings.ACCESS_COOKIE_NAME, settings.REFRESH_COOKIE_NAME):
        assert answer.cookies[name].value
    session = Session.objects.get()
    assert session.user.security_events.get().kind == Kind.SIGNED_IN
    assert settings.SESSION_COOKIE_NAME not in answer.cookies or not answer.cookies[settings.SESSION_COOKIE_NAME].value
    assert is_in(client)
    answer = client.post("/accounts/logout/")
    assert answer.cookies[settings.REFRESH_COOKIE_NAME]["max-age"] == 0
    session.refresh_from_db()
    assert session.revoked_because == Session.Reason.SIGNED_OUT


def test_signing_in_again_replaces_the_browsers_session(db, client):
    give_password(UserFactory(email="dora@example.com"), PASSWORD)
    form = {"login": "dora@example.com", "password": PASSWORD}
    client.post("/accounts/login/", form)
    first = Session.objects.get()
    # What a page of before holds is of the same person, so the browser goes on as one device.
    client.cookies[settings.SESSION_COOKIE_NAME] = ""
    client.get("/accounts/login/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    first.refresh_from_db()
    assert first.revoked_at is None
    assert Session.objects.count() == 1


def test_a_new_password_signs_every_other_device_out(db, client):
    dora = UserFactory(email="dora@example.com")
    give_password(dora, PASSWORD)
    phone = Client()
    sign_in(phone, dora)
    client.post("/accounts/login/", {"login": dora.email, "password": PASSWORD})
    form = {"oldpassword": PASSWORD, "password1": "other plain words", "password2": "other plain words"}
    assert client.post("/accounts/password/change/", form).status_code == 302
    assert is_in(client)
    assert not is_in(phone)
    assert Kind.PASSWORD_CHANGED in dora.security_events.values_list("kind", flat=True)
