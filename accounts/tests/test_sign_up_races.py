"""The same address by several doors at once: one account, and an answer in words for everybody."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.selectors.ways_in import ways_in
from accounts.tests.factories import give_password
from accounts.tests.google import VERIFIED, way_back
from accounts.tests.signing_in import sign_in
from accounts.tests.test_refresh_races import at_once
from accounts.tests.test_ways_in import passkey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
DOORS = 6


@pytest.fixture(autouse=True)
def _nobody_tried_before():
    cache.clear()


def test_many_sign_ups_with_one_address_at_once_make_one_account():
    form = {"email": "charlie@example.com", "password1": "four plain words here"}
    answers = at_once([lambda: Client().post("/accounts/signup/", form) for _ in range(DOORS)])
    assert {answer.headers.get("Location") for answer in answers} == {"/accounts/confirm-email/"}
    assert User.objects.count() == 1
    assert User.objects.get().emailaddress_set.count() == 1


def test_many_first_sign_ins_of_one_google_account_at_once_make_one_account(google):
    google.knows("weber-1", email="charlie@example.com", **VERIFIED)
    visitors = [Client() for _ in range(DOORS)]
    backs = [way_back(google, visitor.post("/accounts/google/login/"), "weber-1") for visitor in visitors]
    pairs = list(zip(visitors, backs, strict=True))
    answers = at_once([lambda visitor=visitor, back=back: visitor.get(back) for visitor, back in pairs])
    assert {answer.status_code for answer in answers} <= {302, 403}
    assert User.objects.count() == SocialAccount.objects.count() == 1


def test_the_last_two_ways_in_removed_at_once_leave_one(alice):
    give_password(alice, "four plain words here")
    key = passkey(alice)
    tabs = [Client(), Client()]
    for tab in tabs:
        sign_in(tab, alice)
    at_once(
        [
            lambda: tabs[0].post("/settings/sign-in/password/remove"),
            lambda: tabs[1].post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/"),
        ]
    )
    alice.refresh_from_db()
    assert ways_in(alice).count == 1
