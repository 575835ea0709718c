"""Grants to providers: kept, used, given up when they do not open, and ended."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from accounts.domain.callers import Caller
from accounts.errors import NeedsReconnect
from accounts.models import Connection, SecurityEvent
from accounts.selectors.connections import connections
from accounts.services.connections import break_connection, keep_grant, remove_connection, use_secret
from timeflow.lib.errors import NotFound
from timeflow.lib.keys import KeySet, parse_key_set, with_fresh_key
from timeflow.tests.stored import everything_stored

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 21, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
FIREFOX = Caller("Firefox on Linux", "203.0.113.0/24")
ACCESS, REFRESH, RENEWED = "ya29.access-token", "1//refresh-token", "1//renewed-token"


def grant(user, now=NOW, **given) -> Connection:
    usual = {"access_token": ACCESS, "refresh_token": REFRESH, "expires_at": now + timedelta(hours=1)}
    return keep_grant(
        user=user,
        provider=Connection.Provider.GOOGLE,
        subject="1077",
        account="a@example.com",
        scopes=["calendar.readonly"],
        caller=FIREFOX,
        now=now,
        **{**usual, **given},
    )


def log(user) -> list[tuple[str, str]]:
    return list(SecurityEvent.objects.filter(user=user).order_by("at", "pk").values_list("kind", "device"))


@pytest.fixture
def connection(alice) -> Connection:
    return grant(alice)


@pytest.fixture
def other_keys(settings):
    settings.FIELD_KEYS = with_fresh_key(KeySet({}))


def test_a_grant_is_kept_and_its_tokens_stand_nowhere_in_clear(alice, connection):
    assert use_secret(connection=connection, name="refresh_token", now=NOW) == REFRESH
    assert use_secret(connection=connection, name="access_token", now=NOW) == ACCESS
    dump = everything_stored()
    assert not [secret for secret in (ACCESS, REFRESH) if secret.encode() in dump]
    assert log(alice) == [("connection_added", "Firefox on Linux")]


def test_no_key_stands_in_the_database(connection, settings):
    dump = everything_stored()
    for keys in (settings.FIELD_KEYS, settings.JWT_KEYS):
        for kid in keys.ids:
            assert keys.get(kid) not in dump
        assert keys.written().split("=")[1].encode() not in dump


def test_connecting_again_renews_the_same_connection_and_keeps_what_is_not_given_anew(alice, connection):
    again = grant(alice, LATER, access_token="ya29.second", refresh_token=None)
    assert again.pk == connection.pk
    assert (again.connected_at, again.changed_at) == (NOW, LATER)
    assert use_secret(connection=again, name="refresh_token", now=LATER) == REFRESH
    assert use_secret(connection=again, name="access_token", now=LATER) == "ya29.second"


def test_the_same_account_of_two_people_is_two_connections(alice, bob):
    assert grant(alice).pk != grant(bob).pk
    assert [each.user for each in connections(bob)] == [bob]


def test_the_list_says_how_each_connection_is_and_holds_no_secret(
    alice, connection, other_keys, django_assert_num_queries
):
    with pytest.raises(NeedsReconnect):
        use_secret(connection=connection, name="refresh_token", now=LATER)
    with django_assert_num_queries(1):
        (listed,) = connections(alice)
        assert listed.get_state_display() == "Must be connected again"
        assert listed.account == "a@example.com"
    assert "refresh_token" in listed.get_deferred_fields()


def test_a_secret_that_does_not_open_asks_the_person_to_connect_again(alice, connection, other_keys, caplog):
    for _ in range(2):
        with pytest.raises(NeedsReconnect, match="Connect it again in Settings"):
            use_secret(connection=Connection.objects.get(), name="refresh_token", now=LATER)
    assert Connection.objects.get().state == Connection.State.NEEDS_RECONNECT
    assert [kind for kind, _ in log(alice)] == ["connection_added", "connection_broken"]
    assert str(connection.pk) in caplog.text
    assert "TF1" not in caplog.text
    assert REFRESH not in caplog.text


def test_a_key_service_that_does_not_answer_breaks_no_connection(connection, settings):
    class Unreachable:
        primary = "k1"

        def get(self, kid):
            raise OSError("no answer")

    settings.FIELD_KEYS = Unreachable()
    with pytest.raises(OSError, match="no answer"):
        use_secret(connection=connection, name="refresh_token", now=NOW)
    assert Connection.objects.get().state == Connection.State.ACTIVE


def test_a_secret_that_was_never_given_asks_for_it(alice):
    connection = grant(alice, refresh_token=None)
    with pytest.raises(NeedsReconnect):
        use_secret(connection=connection, name="refresh_token", now=NOW)


def test_connecting_again_makes_a_broken_connection_work(alice, connection, other_keys):
    with pytest.raises(NeedsReconnect):
        use_secret(connection=connection, name="refresh_token", now=NOW)
    again = grant(alice, LATER, refresh_token=RENEWED)
    assert again.pk == connection.pk
    assert again.state == Connection.State.ACTIVE
    assert use_secret(connection=again, name="refresh_token", now=LATER) == RENEWED


def test_a_late_failure_does_not_break_what_was_connected_again_meanwhile(alice, connection):
    grant(alice, LATER)
    break_connection(connection=connection, now=LATER)
    assert Connection.objects.get().state == Connection.State.ACTIVE


def test_a_provider_that_refuses_the_grant_breaks_the_connection_once(alice, connection):
    for _ in range(2):
        break_connection(connection=connection, now=LATER)
    assert [kind for kind, _ in log(alice)] == ["connection_added", "connection_broken"]


def test_disconnecting_ends_the_grant_at_the_provider_and_removes_the_row(alice, connection):
    revoked = []
    said = remove_connection(
        user=alice,
        connection_id=connection.pk,
        revoke=lambda token: revoked.append(token) or True,
        caller=FIREFOX,
        now=LATER,
    )
    assert said is True
    assert revoked == [REFRESH]
    assert not Connection.objects.exists()
    assert [kind for kind, _ in log(alice)] == ["connection_added", "connection_removed"]


def test_disconnecting_works_when_the_provider_does_not_answer_or_nothing_opens(alice, connection, settings):
    gone = {"user": alice, "caller": FIREFOX, "now": LATER}
    assert remove_connection(connection_id=connection.pk, revoke=lambda _: False, **gone) is False
    unreadable = grant(alice)
    settings.FIELD_KEYS = with_fresh_key(KeySet({}))
    assert remove_connection(connection_id=unreadable.pk, revoke=lambda _: pytest.fail("no token"), **gone) is False
    assert not Connection.objects.exists()


@pytest.mark.parametrize("whose", ["alices", "nobodys"])
def test_bob_cannot_disconnect_what_is_not_his(bob, connection, whose):
    pk = connection.pk if whose == "alices" else uuid.uuid4()
    with pytest.raises(NotFound):
        remove_connection(user=bob, connection_id=pk, revoke=lambda _: pytest.fail("revoked"), caller=FIREFOX, now=NOW)
    assert Connection.objects.get().pk == connection.pk


def test_rotating_keys_by_hand_keeps_old_secrets_readable(connection, settings):
    settings.FIELD_KEYS = parse_key_set("FIELD_KEYS", with_fresh_key(settings.FIELD_KEYS).written())
    assert use_secret(connection=Connection.objects.get(), name="refresh_token", now=NOW) == REFRESH
