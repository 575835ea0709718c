"""Every page that allauth brings looks and speaks like the rest."""

import re

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.tests.factories import give_password
from accounts.tests.letters import link_in
from accounts.tests.signing_in import sign_in

PASSWORD = "four plain words here"


@pytest.fixture
def keeper(alice) -> User:
    """alice with a password and a confirmed address."""
    give_password(alice, PASSWORD)
    return alice


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("login/", "Sign in"),
        ("signup/", "Get started"),
        ("inactive/", "Account switched off"),
        ("confirm-email/", "Look into your mail"),
        ("confirm-email/nonsense/", "Confirm your address"),
        ("password/reset/", "Forgotten password"),
        ("password/reset/done/", "Look into your mail"),
        ("password/reset/key/1-nonsense/", "New password"),
        ("password/reset/key/done/", "Password changed"),
    ],
)
def test_pages_for_whoever_is_not_signed_in(charlie_client, path, title):
    answer = charlie_client.get(f"/accounts/{path}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"<title>{title} · TimeFlow</title>" in page
    assert "css/bare.css" in page


@pytest.mark.parametrize(
    ("path", "title", "frame"),
    [
        ("logout/", "Sign out", "css/bare.css"),
        ("email/", "E-mail", "css/settings.css"),
        ("password/change/", "Password", "css/settings.css"),
        ("reauthenticate/", "Is it you?", "css/bare.css"),
    ],
)
def test_pages_for_whoever_is(keeper, client, path, title, frame):
    sign_in(client, keeper)
    page = client.get(f"/accounts/{path}").content.decode()
    assert f"<title>{title} · TimeFlow</title>" in page
    assert frame in page


def test_a_person_without_a_password_is_led_to_set_one(alice_client, alice):
    alice.set_unusable_password()
    alice.save()
    sign_in(alice_client, alice)
    answer = alice_client.get("/accounts/password/change/", follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/password/set/"
    assert "css/settings.css" in answer.content.decode()


def test_signing_up_takes_the_browsers_zone_and_leads_to_the_guide(charlie_client):
    form = {"email": "charlie@example.com", "password1": PASSWORD, "time_zone": "Pacific/Auckland"}
    answer = charlie_client.post("/accounts/signup/", form)
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert charlie_client.get("/settings").status_code == 302
    assert User.objects.get(email="charlie@example.com").time_zone == "Pacific/Auckland"
    assert "Please confirm that this address is yours" in mail.outbox[0].body
    assert mail.outbox[0].subject == "Confirm your address"
    answer = charlie_client.post(link_in(mail.outbox[0]))
    assert answer.headers["Location"] == "/welcome"
    assert charlie_client.get("/settings").status_code == 200


def test_a_sign_up_that_is_refused_keeps_the_address_and_says_why(charlie_client):
    page = charlie_client.post("/accounts/signup/", {"email": "charlie@example.com", "password1": "short"})
    text = page.content.decode()
    assert 'value="charlie@example.com"' in text
    assert "at least 10 characters" in text
    assert not User.objects.exists()


def test_a_wrong_password_is_said_above_the_form(keeper, charlie_client):
    form = {"login": keeper.email, "password": "wrong wrong wrong"}
    page = charlie_client.post("/accounts/login/", form).content.decode()
    assert 'role="alert"' in page
    assert "form-errors" in page


def test_the_link_in_the_mail_confirms_the_address(alice, client):
    address = EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=False)
    key = EmailConfirmationHMAC(address).key
    assert "Is this your address?" in client.get(f"/accounts/confirm-email/{key}/").content.decode()
    client.post(f"/accounts/confirm-email/{key}/")
    address.refresh_from_db()
    assert address.verified


def test_a_forgotten_password_is_changed_through_the_link_in_the_mail(keeper, client):
    client.post("/accounts/password/reset/", {"email": keeper.email})
    link = re.search(r"http://\S+", mail.outbox[0].body).group()
    page = client.get(link.split("testserver")[1], follow=True)
    assert "Choose a new password" in page.content.decode()
    answer = client.post(
        page.request["PATH_INFO"], {"password1": "other plain words", "password2": "other plain words"}
    )
    assert answer.status_code == 302
    keeper.refresh_from_db()
    assert keeper.check_password("other plain words")


def test_an_address_without_an_account_is_told_so_by_mail_only(charlie_client, db):
    page = charlie_client.post("/accounts/password/reset/", {"email": "nobody@example.com"}, follow=True)
    assert "If there is an account with that address" in page.content.decode()
    assert "there is no account with it" in mail.outbox[0].body


def test_signing_out_needs_a_post_and_leads_to_the_start(keeper, client):
    sign_in(client, keeper)
    client.get("/accounts/logout/")
    assert client.get("/settings").status_code == 200
    assert client.post("/accounts/logout/").headers["Location"] == "/"
    assert client.get("/settings").status_code == 302


def test_a_second_address_can_be_added_and_removed(keeper, client):
    sign_in(client, keeper)
    client.post("/accounts/login/", {"login": keeper.email, "password": PASSWORD})
    page = client.post("/accounts/email/", {"action_add": "", "email": "second@example.com"}, follow=True)
    assert "Not confirmed" in page.content.decode()
    page = client.post("/accounts/email/", {"action_remove": "", "email": "second@example.com"}, follow=True)
    assert "second@example.com is removed." in page.content.decode()
    assert list(keeper.emailaddress_set.values_list("email", flat=True)) == [keeper.email]


def test_another_first_address_is_told_to_the_former_one_and_signs_other_devices_out(
    keeper, client, django_capture_on_commit_callbacks
):
    sign_in(client, keeper)
    phone = Client()
    sign_in(phone, keeper)
    EmailAddress.objects.create(user=keeper, email="second@example.com", verified=True)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/email/", {"action_primary": "", "email": "second@example.com"})
    keeper.refresh_from_db()
    assert keeper.email == "second@example.com"
    assert {address for letter in mail.outbox for address in letter.to} == {"alice@example.com", "second@example.com"}
    assert phone.get("/api/auth/me").status_code == 401
    assert client.get("/api/auth/me").status_code == 200
