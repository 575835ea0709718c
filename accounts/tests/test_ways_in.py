"""One list of every way into an account; each can be added and removed, and one always stays."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.domain.callers import Caller
from accounts.errors import LastWayIn
from accounts.models import SecurityEvent, User
from accounts.selectors.ways_in import ways_in
from accounts.services.ways_in import remove_google, remove_passkey, remove_password
from accounts.tests.factories import give_password
from accounts.tests.letters import link_in
from accounts.tests.signing_in import LONG_AGO, is_in, sign_in
from timeflow.lib.errors import NotFound
from timeflow.tests.browser import serious_barriers

PASSWORD = "four plain words here"
ASKED = {"keep": None, "caller": Caller(), "now": LONG_AGO}


@pytest.fixture(autouse=True)
def _nobody_tried_before():
    cache.clear()


@pytest.fixture
def keeper(alice) -> User:
    give_password(alice, PASSWORD)
    return alice


@pytest.fixture
def phone(keeper) -> Client:
    client = Client()
    sign_in(client, keeper)
    return client


def passkey(user: User, *, opens_alone: bool = True) -> Authenticator:
    content = {"name": "Laptop", "credential": {"clientExtensionResults": {"credProps": {"rk": opens_alone}}}}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=content)


def link_google_to(user: User, subject: str = "1") -> SocialAccount:
    return SocialAccount.objects.create(
        user=user, provider="google", uid=subject, extra_data={"email": "w@example.com"}
    )


def kinds(user: User) -> list[tuple]:
    return list(SecurityEvent.objects.filter(user=user).order_by("pk").values_list("kind", "facts"))


def test_each_way_is_listed_with_what_can_be_done_to_it(keeper, alice_client, settings):
    settings.GOOGLE_CLIENT_ID = "ours"
    link_google_to(keeper)
    passkey(keeper)
    Authenticator.objects.create(user=keeper, type="recovery_codes", data={"seed": "sealed", "used_mask": 5})
    page = alice_client.get("/settings/sign-in").content.decode()
    for words in ("Change the password", "Remove Google w@example.com", "Remove Laptop", "8 left", keeper.email):
        assert words in page
    assert "Turn the authenticator app on" in page


def test_the_list_costs_a_fixed_number_of_queries(keeper, alice_client, django_assert_max_num_queries):
    for number in range(5):
        link_google_to(keeper, str(number))
        passkey(keeper)
    with django_assert_max_num_queries(8):
        alice_client.get("/settings/sign-in")


@pytest.mark.parametrize("others", [0, 1])
def test_the_last_way_stays(alice, settings, others):
    settings.GOOGLE_CLIENT_ID = "ours"
    only = link_google_to(alice)
    if others:
        passkey(alice)
        remove_google(user=alice, account_id=only.pk, **ASKED)
        assert ways_in(alice).count == 1
    else:
        with pytest.raises(LastWayIn):
            remove_google(user=alice, account_id=only.pk, **ASKED)
        assert SocialAccount.objects.exists()


def test_what_this_installation_does_not_take_is_no_way_in(keeper, settings):
    link_google_to(keeper)
    with pytest.raises(LastWayIn):
        remove_password(user=keeper, **ASKED)
    settings.GOOGLE_CLIENT_ID = "ours"
    remove_password(user=keeper, **ASKED)
    keeper.refresh_from_db()
    assert not keeper.has_usable_password()
    settings.PASSWORD_SIGN_IN = False
    with pytest.raises(LastWayIn):
        remove_google(user=keeper, account_id=SocialAccount.objects.get().pk, **ASKED)


def test_a_key_that_is_only_a_second_step_is_no_way_in_and_may_go(alice):
    key = passkey(alice, opens_alone=False)
    assert ways_in(alice).count == 0
    remove_passkey(user=alice, key_id=key.pk, **ASKED)
    assert not Authenticator.objects.exists()


def test_recovery_codes_go_with_the_last_second_step(keeper):
    key = passkey(keeper)
    Authenticator.objects.create(user=keeper, type="recovery_codes", data={"seed": "sealed", "used_mask": 0})
    remove_passkey(user=keeper, key_id=key.pk, **ASKED)
    assert not Authenticator.objects.exists()


def test_nobody_removes_anothers_way_in(alice, bob, settings):
    settings.GOOGLE_CLIENT_ID = "ours"
    account, key = link_google_to(alice), passkey(alice)
    with pytest.raises(NotFound):
        remove_google(user=bob, account_id=account.pk, **ASKED)
    with pytest.raises(NotFound):
        remove_passkey(user=bob, key_id=key.pk, **ASKED)
    assert ways_in(alice).count == 2


def test_removing_one_ends_other_sessions_and_is_noted(keeper, alice_client, phone):
    key = passkey(keeper)
    alice_client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
    assert is_in(alice_client)
    assert not is_in(phone)
    assert kinds(keeper) == [("method_removed", {"method": "webauthn"})]


def test_the_refusal_to_remove_the_last_way_is_said_on_the_page(keeper, alice_client):
    page = alice_client.post("/settings/sign-in/password/remove", follow=True).content.decode()
    assert "This is the only way into your account. Add another one first." in page


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/accounts/email/", {"action_add": "", "email": "new@example.com"}),
        ("/accounts/2fa/recovery-codes/generate/", {}),
        ("/settings/sign-in/password/remove", {}),
        ("/accounts/2fa/webauthn/keys/1/remove/", {}),
        ("/accounts/2fa/webauthn/add/", {"credential": "{}"}),
        ("/accounts/2fa/totp/activate/", {"code": "1"}),
        ("/accounts/2fa/totp/deactivate/", {}),
    ],
)
def test_what_changes_a_way_in_asks_first_who_one_is(keeper, alice_client, path, form):
    keeper.sessions.update(authenticated_at=LONG_AGO)
    answer = alice_client.post(path, form)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=")


def test_recovery_codes_are_not_even_shown_without_it(keeper, alice_client):
    keeper.sessions.update(authenticated_at=LONG_AGO)
    for path in ("", "download/"):
        answer = alice_client.get(f"/accounts/2fa/recovery-codes/{path}")
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=")


def test_no_other_method_than_post_gets_round_being_asked(keeper, alice_client):
    app = Authenticator.objects.create(user=keeper, type=Authenticator.Type.TOTP, data={"secret": ""})
    keeper.sessions.update(authenticated_at=LONG_AGO)
    for path in ("totp/deactivate", "recovery-codes/generate"):
        answer = alice_client.put(f"/accounts/2fa/{path}/")
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next="), path
    assert list(Authenticator.objects.all()) == [app]


def test_another_first_address_ends_other_sessions_and_is_noted(keeper, alice_client, phone):
    EmailAddress.objects.create(user=keeper, email="new@example.com", primary=False, verified=True)
    alice_client.post("/accounts/email/", {"action_primary": "", "email": "new@example.com"})
    keeper.refresh_from_db()
    assert keeper.email == "new@example.com"
    assert is_in(alice_client)
    assert not is_in(phone)
    assert kinds(keeper) == [("email_changed", {"was": "alice@example.com"})]


def test_a_passkey_does_not_stand_in_the_way_of_a_further_address(keeper, alice_client):
    passkey(keeper)
    alice_client.post("/accounts/email/", {"action_add": "", "email": "new@example.com"})
    assert EmailAddress.objects.filter(user=keeper, email="new@example.com").exists()
    assert alice_client.get("/accounts/2fa/totp/activate/").status_code == 200


def test_a_further_address_counts_once_it_is_confirmed(keeper, alice_client, phone):
    alice_client.post("/accounts/email/", {"action_add": "", "email": "new@example.com"})
    assert is_in(phone)
    assert not kinds(keeper)
    alice_client.post(link_in(mail.outbox[0]))
    assert is_in(alice_client)
    assert not is_in(phone)
    assert kinds(keeper) == [("email_changed", {})]


def test_an_address_of_somebody_else_stays_theirs_and_nobody_is_told_of_them(keeper, alice_client, bob):
    give_password(bob, PASSWORD)
    page = alice_client.post("/accounts/email/", {"action_add": "", "email": bob.email}, follow=True).content.decode()
    assert "is on its way" in page
    assert EmailAddress.objects.get(email=bob.email, verified=True).user == bob
    Client().post(link_in(mail.outbox[0]))
    assert EmailAddress.objects.get(email=bob.email, verified=True).user == bob


def test_lists_of_allauth_lead_to_ours(alice_client):
    for path in ("", "webauthn/"):
        assert alice_client.get(f"/accounts/2fa/{path}").headers["Location"] == "/settings/sign-in"


def test_a_second_step_ends_other_sessions_and_is_noted_with_its_codes(
    keeper, alice_client, phone, django_capture_on_commit_callbacks
):
    page = alice_client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page).group(1)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    with django_capture_on_commit_callbacks(execute=True):
        assert alice_client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    assert is_in(alice_client)
    assert not is_in(phone)
    assert sorted(facts["method"] for _, facts in kinds(keeper)) == ["recovery_codes", "totp"]
    answer = alice_client.get("/accounts/2fa/recovery-codes/download/")
    assert len(re.findall(r"^\d{8}$", answer.content.decode(), re.MULTILINE)) == 10


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_about_signing_in_have_no_serious_barriers(keeper, alice_page, live_server, google, scheme):
    link_google_to(keeper)
    alice_page.emulate_media(color_scheme=scheme)
    alice_page.set_viewport_size({"width": 390, "height": 844})
    paths = ["settings/sign-in", "accounts/2fa/totp/activate/", "accounts/2fa/webauthn/add/", "settings/calendars"]
    for path in [*paths, "accounts/email/", "accounts/reauthenticate/", "accounts/google/confirm/"]:
        alice_page.goto(f"{live_server.url}/{path}")
        assert serious_barriers(alice_page) == [], path
        assert alice_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    alice_page.context.clear_cookies()
    for path in ("accounts/login/", "accounts/signup/", "accounts/google/login/callback/"):
        alice_page.goto(f"{live_server.url}/{path}")
        assert serious_barriers(alice_page) == [], path
