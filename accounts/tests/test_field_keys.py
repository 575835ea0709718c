"""Changing the keys that seal: rotation, lost keys, and what `check` says."""

import io
import re
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection as database

from accounts.models import Connection, SecurityEvent
from accounts.tests.factories import UserFactory
from accounts.tests.test_connections import grant
from timeflow.lib.keys import KeySet, with_fresh_key
from timeflow.lib.sealed import checks, places
from timeflow.lib.sealed.checks import check_keys
from timeflow.lib.sealed.rotation import keys_in_use, rotate

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 21, 8, tzinfo=UTC)


def run(command: str, *options: str) -> str:
    out = io.StringIO()
    call_command(command, *options, stdout=out)
    return out.getvalue()


def faults() -> list[str]:
    return [fault.msg for fault in check_keys(databases=["default"])]


@pytest.fixture
def old(settings) -> KeySet:
    """The key set with which `seven` is sealed."""
    settings.FIELD_KEYS = with_fresh_key(KeySet({}))
    return settings.FIELD_KEYS


@pytest.fixture
def seven(old) -> list[Connection]:
    """Connections of seven people, each with two secrets."""
    return [grant(UserFactory(), refresh_token=f"1//refresh-{number}") for number in range(7)]


@pytest.fixture
def new(settings, seven) -> KeySet:
    """A fresh key in front, the old one behind it."""
    settings.FIELD_KEYS = with_fresh_key(settings.FIELD_KEYS)
    return settings.FIELD_KEYS


def without(keys: KeySet, kid: str) -> KeySet:
    return KeySet({each: keys.get(each) for each in keys.ids if each != kid})


def test_rotation_puts_everything_under_the_primary_key_and_then_finds_nothing(new, old, settings):
    first = run("rotate_field_keys", "--batch", "3")
    assert "accounts.Connection: 7 of 7 rows sealed anew" in first
    assert keys_in_use() == {new.primary: 14}
    assert "sealed anew" not in run("rotate_field_keys")
    settings.FIELD_KEYS = without(new, old.primary)
    opened = {each.refresh_token.open() for each in Connection.objects.all()}
    assert opened == {f"1//refresh-{number}" for number in range(7)}


def test_a_dry_run_counts_and_changes_nothing(new, old):
    said = run("rotate_field_keys", "--dry-run")
    assert f"14 values under {old.primary}: to be sealed anew" in said
    assert keys_in_use() == {old.primary: 14}


def test_an_interrupted_rotation_goes_on_where_it_is(new, old, settings):
    class Killed(BaseException):
        pass

    class DyingKeys(KeySet):
        """Gives the primary key eight times: for two batches of two rows with two values each."""

        left = 8

        def get(self, kid):
            if kid == self.primary:
                if not self.left:
                    raise Killed
                self.left -= 1
            return super().get(kid)

    settings.FIELD_KEYS = DyingKeys({kid: new.get(kid) for kid in new.ids})
    with pytest.raises(Killed):
        list(rotate(batch=2))
    assert keys_in_use() == {new.primary: 8, old.primary: 6}
    settings.FIELD_KEYS = new
    assert [(each.found, each.done) for each in rotate(batch=2)] == [(3, 3)]
    assert keys_in_use() == {new.primary: 14}


def test_a_damaged_value_is_left_alone_and_stops_nothing(new, seven):
    blob = bytearray(seven[3].refresh_token.blob())
    blob[-1] ^= 1
    table = Connection._meta.db_table
    with database.cursor() as cursor:
        pk = seven[3].pk.hex if database.vendor == "sqlite" else seven[3].pk
        cursor.execute(f"UPDATE {table} SET refresh_token = %s WHERE id = %s", [bytes(blob), pk])  # noqa: S608
    run("rotate_field_keys")
    assert keys_in_use()[new.primary] == 13
    assert Connection.objects.get(pk=seven[3].pk).refresh_token.blob() == bytes(blob)


def test_a_key_that_rows_still_need_is_found_by_check(new, old, settings):
    assert faults() == []
    settings.FIELD_KEYS = without(new, old.primary)
    assert faults() == [f"14 sealed values need the key {old.primary}, which FIELD_KEYS does not hold."]
    with pytest.raises(SystemCheckError, match=old.primary):
        call_command("check", databases=["default"], tags=["database"])


def test_check_passes_before_the_first_migrate(seven, settings, monkeypatch):
    settings.FIELD_KEYS = with_fresh_key(KeySet({}))
    assert faults()
    monkeypatch.setattr(Connection._meta, "db_table", "not_there_yet")
    assert faults() == []


def test_a_model_of_which_nobody_says_what_becomes_is_found_by_check(monkeypatch):
    assert checks.check_forgetting() == []
    monkeypatch.delitem(places._forgetting, Connection)
    assert [fault.id for fault in checks.check_forgetting()] == ["sealed.E002"]


def test_forgetting_a_lost_key_clears_what_it_sealed_and_asks_for_new_grants(new, old, settings):
    kept = grant(UserFactory())
    settings.FIELD_KEYS = without(new, old.primary)
    assert f"7 rows under {old.primary} were given up." in run("forget_field_key", old.primary, "--batch", "2")
    lost = Connection.objects.exclude(pk=kept.pk)
    assert {(each.state, each.access_token, each.refresh_token) for each in lost} == {("needs_reconnect", None, None)}
    assert SecurityEvent.objects.filter(kind="connection_broken").count() == 7
    assert Connection.objects.get(pk=kept.pk).refresh_token.open() == "1//refresh-token"
    assert faults() == []
    assert "Nothing is sealed under" in run("forget_field_key", old.primary)
    assert SecurityEvent.objects.filter(kind="connection_broken").count() == 7


def test_the_primary_key_is_not_forgotten(new):
    with pytest.raises(CommandError, match="seals what is new"):
        run("forget_field_key", new.primary)


@pytest.mark.parametrize("command", [["rotate_field_keys"], ["forget_field_key", "k1"]])
def test_a_batch_has_rows(command):
    with pytest.raises(CommandError, match="one row or more"):
        run(*command, "--batch", "0")


def test_no_command_prints_a_key_or_a_secret(new, old):
    said = run("rotate_field_keys", "--dry-run") + run("rotate_field_keys") + run("forget_field_key", old.primary)
    assert not re.search(r"1//refresh|ya29|[\w-]{40}", said)
