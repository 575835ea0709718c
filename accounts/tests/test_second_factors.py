"""Seeds of second factors: sealed for their owner, opened where a row is read, moved along when keys change."""

import time
import uuid
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from allauth.core import context
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.apps import apps

from accounts.models import SecurityEvent
from accounts.services.second_factors import TABLE, open_seed, own_seeds, seal_seed
from timeflow.lib.keys import KeySet, with_fresh_key
from timeflow.lib.sealed import Unreadable
from timeflow.lib.sealed.rotation import forget_key, keys_in_use, rotate
from timeflow.tests.stored import everything_stored

NOW = datetime(2026, 4, 21, 8, tzinfo=UTC)
ALICE, BOB = uuid.uuid4(), uuid.uuid4()
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def read(sealed: str, owner: uuid.UUID) -> str:
    """The seed as allauth finds it in a row of that owner."""
    row = SimpleNamespace(user_id=owner, data={"secret": sealed})
    own_seeds(row)
    return row.data["secret"]


def test_a_seed_opens_in_a_row_of_its_owner():
    sealed = seal_seed(SECRET, owner=ALICE)
    assert SECRET not in sealed
    assert open_seed(read(sealed, ALICE)) == SECRET


@pytest.mark.parametrize(
    "shown",
    [
        read(seal_seed(SECRET, owner=BOB), ALICE),
        read(SECRET, ALICE),
        read("", ALICE),
        read("ünï", ALICE),
        seal_seed(SECRET, owner=ALICE),
    ],
    ids=["of another person", "in clear", "empty", "garbage", "from no row"],
)
def test_any_other_seed_is_refused_with_words_for_the_person(shown):
    with pytest.raises(Unreadable, match="second step can no longer be checked"):
        open_seed(shown)


def test_rows_without_seeds_are_left_alone():
    for values in ({"credential": "public"}, {}, None):
        row = SimpleNamespace(user_id=ALICE, data=values)
        own_seeds(row)
        assert row.data == values
    own_seeds(SimpleNamespace(user_id=ALICE))


@pytest.fixture
def rows(db, alice, bob, settings):
    """Both people with TOTP and recovery codes."""
    settings.FIELD_KEYS = with_fresh_key(KeySet({}))
    rows = apps.get_model(TABLE).objects
    for user in (alice, bob):
        rows.create(user=user, type="totp", data={"secret": seal_seed(SECRET, owner=user.pk)})
        rows.create(user=user, type="recovery_codes", data={"seed": seal_seed("5eed", owner=user.pk), "used_mask": 3})
    return rows


def test_seeds_move_along_when_keys_change(rows, alice, settings):
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = with_fresh_key(old)
    assert [(each.found, each.done) for each in rotate(batch=3)] == [(4, 4)]
    assert keys_in_use() == {settings.FIELD_KEYS.primary: 4}
    assert list(rotate(batch=3)) == []
    settings.FIELD_KEYS = KeySet({settings.FIELD_KEYS.primary: settings.FIELD_KEYS.get(settings.FIELD_KEYS.primary)})
    codes = rows.get(user=alice, type="recovery_codes")
    assert open_seed(codes.data["seed"]) == "5eed"
    assert codes.data["used_mask"] == 3
    assert open_seed(rows.get(user=alice, type="totp").data["secret"]) == SECRET
    assert SECRET.encode() not in everything_stored()


def test_a_seed_moved_to_another_persons_row_does_not_open(rows, alice, bob):
    rows.filter(user=alice, type="totp").update(data=rows.get(user=bob, type="totp").data)
    with pytest.raises(Unreadable):
        open_seed(rows.get(user=alice, type="totp").data["secret"])


def test_factors_under_a_lost_key_are_removed_and_their_owners_told(rows, alice, bob, settings):
    lost = settings.FIELD_KEYS.primary
    settings.FIELD_KEYS = with_fresh_key(KeySet({}))
    passkey = rows.create(user=bob, type="webauthn", data={"credential": {}})
    assert [each.done for each in forget_key(lost, batch=3, now=NOW)] == [4]
    assert list(rows.all()) == [passkey]
    told = SecurityEvent.objects.filter(user=alice, kind="method_removed").values_list("facts", flat=True)
    assert sorted(facts["method"] for facts in told) == ["recovery_codes", "totp"]


def test_allauth_seals_and_checks_through_the_adapter(rows, alice, rf):
    rows.filter(user=alice).delete()
    request = rf.get("/")
    request.user = alice
    with context.request_context(request):
        TOTP.activate(alice, SECRET)
        RecoveryCodes.activate(alice)
    stored = rows.get(user=alice, type="totp")
    assert SECRET not in stored.data["secret"]
    code = format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time())))
    assert stored.wrap().validate_code(code)
    codes = rows.get(user=alice, type="recovery_codes").wrap()
    assert codes.validate_code(codes.get_unused_codes()[0])


def test_a_code_is_good_once_however_long_clocks_take_it(rf, alice, monkeypatch):
    request = rf.get("/")
    request.user = alice
    with context.request_context(request):
        factor = TOTP.activate(alice, SECRET)
        own_seeds(factor.instance)
        at = [1_790_000_010.0]
        monkeypatch.setattr("time.time", lambda: at[0])
        code = format_hotp_value(hotp_value(SECRET, int(at[0]) // 30 + 1))
        assert factor.validate_code(code)
        at[0] += 59
        assert not factor.validate_code(code)


def test_the_code_that_activates_an_app_signs_nobody_in(alice, alice_client, django_capture_on_commit_callbacks):
    page = alice_client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    with django_capture_on_commit_callbacks(execute=True):
        assert alice_client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    (row,) = apps.get_model(TABLE).objects.filter(user=alice, type="totp")
    assert not row.wrap().validate_code(code)
