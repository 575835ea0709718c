"""Making an account by e-mail: nobody learns who has one, and nobody reserves an address that is not theirs."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import get_hasher, get_hashers
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import Session, User
from accounts.services.people import release_address
from accounts.tests.factories import UserFactory, give_password
from accounts.tests.letters import link_in

PASSWORD = "four plain words here"
OTHER = "another four words here"


@pytest.fixture(autouse=True)
def _nobody_tried_before():
    cache.clear()


def sign_up(client: Client, email: str = "charlie@example.com", password: str = PASSWORD):
    return client.post("/accounts/signup/", {"email": email, "password1": password})


def sign_in(client: Client, email: str, password: str):
    return client.post("/accounts/login/", {"login": email, "password": password})


def seen(answer) -> tuple:
    """What a visitor sees of an answer, but for what differs between any two."""
    cookies = {name for name in answer.cookies if name != settings.TOAST_COOKIE_NAME}
    return answer.status_code, answer.headers.get("Location"), cookies, re.sub(r"[\w-]{32,}", "*", str(answer.content))


def test_a_taken_address_gets_the_same_answer_and_another_letter(db):
    give_password(UserFactory(email="alice@example.com"), PASSWORD)
    free, taken = Client(), Client()
    assert seen(sign_up(free)) == seen(sign_up(taken, "Alice@Example.com", OTHER))
    pages = [client.get("/accounts/confirm-email/", follow=True) for client in (free, taken)]
    assert pages[0].status_code == pages[1].status_code == 200
    assert [letter.subject for letter in mail.outbox] == ["Confirm your address", "You have an account already"]
    assert User.objects.filter(email__iexact="alice@example.com").count() == 1
    assert User.objects.get(email="alice@example.com").check_password(PASSWORD)


def test_a_forgotten_password_gets_the_same_answer_and_another_letter(db):
    give_password(UserFactory(email="alice@example.com"), PASSWORD)
    answers = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in ("alice@example.com", "no@example.com")
    ]
    assert seen(answers[0]) == seen(answers[1])
    assert [letter.subject for letter in mail.outbox] == ["Choose a new password", "No account with this address"]


def test_nobody_comes_in_before_their_address_is_confirmed(charlie_client):
    sign_up(charlie_client)
    charlie_client.cookies.clear()
    assert sign_in(charlie_client, "charlie@example.com", PASSWORD).headers["Location"] == "/accounts/confirm-email/"
    assert not Session.objects.exists()


def test_a_link_opened_in_another_browser_confirms_and_asks_to_sign_in(charlie_client):
    sign_up(charlie_client)
    elsewhere = Client()
    answer = elsewhere.post(link_in(mail.outbox[0]), follow=True)
    assert "Welcome back" in answer.content.decode()
    assert EmailAddress.objects.get().verified
    assert not Session.objects.exists()
    assert sign_in(elsewhere, "charlie@example.com", PASSWORD).headers["Location"] == "/today"


def test_a_used_link_says_so_and_lets_nobody_in(charlie_client):
    sign_up(charlie_client)
    link = link_in(mail.outbox[0])
    charlie_client.post(link)
    answer = Client().post(link)
    assert answer.status_code == 404
    assert "This link does not work any more" in Client().get(link).content.decode()


def test_an_account_that_was_never_confirmed_gives_way(db):
    squatter, owner = Client(), Client()
    sign_up(squatter, "alice@example.com", OTHER)
    old = User.objects.get()
    sign_up(owner, "alice@example.com", PASSWORD)
    new = User.objects.get()
    assert new.pk != old.pk
    assert new.check_password(PASSWORD)
    assert Client().post(link_in(mail.outbox[0])).status_code == 404
    assert owner.post(link_in(mail.outbox[1])).headers["Location"] == "/welcome"
    assert sign_in(squatter, "alice@example.com", OTHER).status_code == 200


@pytest.mark.parametrize(
    "kept",
    [
        {"last_login": "2026-01-01T00:00Z"},
        {"data_version": 1},
        {"welcomed_at": "2026-01-01T00:00Z"},
        {"is_staff": True},
    ],
)
def test_an_account_with_a_life_of_its_own_never_gives_way(alice, kept):
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=False)
    User.objects.filter(pk=alice.pk).update(**kept)
    release_address(email=alice.email)
    assert User.objects.filter(pk=alice.pk).exists()


def test_an_account_that_somebody_made_for_a_person_does_not_give_way(alice):
    release_address(email=alice.email)
    assert User.objects.filter(pk=alice.pk).exists()


def test_a_further_address_that_was_never_confirmed_reserves_nothing(alice):
    give_password(alice, PASSWORD)
    EmailAddress.objects.create(user=alice, email="charlie@example.com", primary=False, verified=False)
    sign_up(Client())
    assert EmailAddress.objects.get(email="charlie@example.com").user.email == "charlie@example.com"
    assert User.objects.filter(pk=alice.pk).exists()


def test_five_wrong_passwords_slow_the_address_down_whoever_asks(db):
    give_password(UserFactory(email="alice@example.com"), PASSWORD)
    for number in range(5):
        assert "do not belong together" in sign_in(Client(), "alice@example.com", f"wrong {number}").content.decode()
    right = sign_in(Client(REMOTE_ADDR="203.0.113.9"), "ALICE@example.com", PASSWORD)
    assert "Too many tries. Try again in 5 minutes." in right.content.decode()
    assert not Session.objects.exists()
    assert "alice" not in str(cache._cache)


def test_where_passwords_are_off_there_is_no_page_that_takes_one(db, settings):
    settings.PASSWORD_SIGN_IN, settings.GOOGLE_CLIENT_ID = False, "ours"
    give_password(UserFactory(email="alice@example.com"), PASSWORD)
    client = Client()
    for path in ("signup/", "password/reset/", "password/reset/done/", "password/reset/key/1-x/", "password/change/"):
        assert client.get(f"/accounts/{path}").status_code == 404, path
    assert sign_up(client).status_code == 404
    assert sign_in(client, "alice@example.com", PASSWORD).status_code == 404
    assert not Session.objects.exists()
    page = client.get("/accounts/login/").content.decode() + client.get("/").content.decode()
    assert "Go on with Google" in page
    assert "password" not in page.lower()
    assert "/accounts/signup/" not in page


def test_without_google_there_is_no_way_to_it(client, db):
    assert "Google" not in client.get("/accounts/login/").content.decode()
    assert client.post("/accounts/google/login/").status_code == 404
    assert client.get("/accounts/google/login/callback/?code=x&state=y").status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\tevil",
        "javascript:alert(1)",
        "/a\r\nX: y",
        "\\\\x",
    ],
)
def test_nobody_is_led_astray_after_signing_in(db, url):
    give_password(UserFactory(email="alice@example.com"), PASSWORD)
    form = {"login": "alice@example.com", "password": PASSWORD, "next": url}
    assert Client().post("/accounts/login/", form).headers["Location"] == "/today"


def test_djangos_own_mark_in_the_short_session_is_no_identity(alice, client):
    session = client.session
    session["_auth_user_id"] = str(alice.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = alice.get_session_auth_hash()
    session.save()
    assert client.get("/today").headers["Location"].startswith("/accounts/login/")
    assert client.get("/api/auth/me").status_code == 401


def test_a_taken_address_costs_as_many_hashes_as_a_free_one(db, monkeypatch):
    """Or the time that an answer takes would tell who has an account."""
    UserFactory(email="alice@example.com")
    hashed = []
    for hasher in {get_hasher(), *get_hashers()}:
        monkeypatch.setattr(type(hasher), "encode", _counted(type(hasher).encode, hashed))
    sign_up(Client(), "new@example.com")
    free = len(hashed)
    sign_up(Client(), "alice@example.com")
    assert len(hashed) == 2 * free > 0


def test_a_wrong_password_is_hashed_once(db, monkeypatch):
    give_password(UserFactory(email="alice@example.com"), PASSWORD)
    hashed = []
    monkeypatch.setattr(type(get_hasher()), "encode", _counted(type(get_hasher()).encode, hashed))
    sign_in(Client(), "alice@example.com", OTHER)
    assert len(hashed) == 1


def _counted(encode, calls):
    def counting(*args, **options):
        calls.append(1)
        return encode(*args, **options)

    return counting


def test_links_in_letters_lead_home_whatever_port_was_asked(db, settings):
    settings.IS_PUBLIC, settings.PUBLIC_URL = True, "https://timeflow.example"
    settings.ALLOWED_HOSTS = ["timeflow.example"]
    give_password(UserFactory(email="alice@example.com"), PASSWORD)
    for email in ("alice@example.com", "no@example.com"):
        Client().post("/accounts/password/reset/", {"email": email}, headers={"host": "timeflow.example:8443"})
    links = [re.search(r"https?://\S+", letter.body)[0] for letter in mail.outbox]
    assert len(links) == 2
    assert all(link.startswith("https://timeflow.example/") for link in links)
