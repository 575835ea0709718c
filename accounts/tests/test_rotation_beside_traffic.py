"""Keys change while people use and renew their connections: nothing is lost, nothing waits for long."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection as database
from django.db import transaction

from accounts.models import Connection
from accounts.services.connections import use_secret
from accounts.tests.factories import UserFactory
from accounts.tests.test_connections import grant
from timeflow.lib.keys import KeySet, with_fresh_key
from timeflow.lib.sealed.places import FieldsPlace
from timeflow.lib.sealed.rotation import keys_in_use, rotate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
NOW = datetime(2026, 4, 21, 8, tzinfo=UTC)
PEOPLE, DEEDS, THREADS = 20, 200, 24


def in_own_connection(deed: Callable[[], object]) -> object:
    try:
        return deed()
    finally:
        database.close()


@pytest.fixture
def old(settings) -> KeySet:
    settings.FIELD_KEYS = with_fresh_key(KeySet({}))
    return settings.FIELD_KEYS


def test_rotation_beside_two_hundred_reads_and_writes_loses_nothing(old, settings):
    people = [UserFactory() for _ in range(PEOPLE)]
    rows = [grant(user, refresh_token=f"{user.pk} 0") for user in people]
    settings.FIELD_KEYS = new = with_fresh_key(old)

    def read(number: int) -> None:
        row = Connection.objects.get(pk=rows[number % PEOPLE].pk)
        assert use_secret(connection=row, name="refresh_token", now=NOW).startswith(str(row.user_id))

    def renew(number: int) -> None:
        user = people[number % PEOPLE]
        # Every other time only the access token, so that the sealed refresh token is saved as it was read.
        refresh = f"{user.pk} {number}" if number % 4 == 1 else None
        grant(user, NOW + timedelta(seconds=number), access_token=f"access {number}", refresh_token=refresh)

    deeds = [partial(renew if number % 2 else read, number) for number in range(DEEDS)]
    random.Random(1).shuffle(deeds)
    # Two rotations, which begin when the traffic is under way.
    deeds[40:40] = [partial(list, rotate(batch=size)) for size in (1, 3)]
    with ThreadPoolExecutor(THREADS) as threads:
        for done in [threads.submit(in_own_connection, deed) for deed in deeds]:
            done.result()

    assert list(rotate(batch=50)) == []
    assert keys_in_use() == {new.primary: 2 * PEOPLE}
    settings.FIELD_KEYS = KeySet({new.primary: new.get(new.primary)})
    for user, row in zip(people, rows, strict=True):
        now = Connection.objects.get(pk=row.pk)
        assert now.state == Connection.State.ACTIVE
        assert now.refresh_token.open().startswith(str(user.pk))
        assert now.access_token.open()


def test_a_row_that_somebody_holds_is_left_for_the_next_pass_and_then_waited_for(old, settings):
    rows = [grant(UserFactory()) for _ in range(3)]
    settings.FIELD_KEYS = new = with_fresh_key(old)
    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        held = Connection.objects.select_for_update().get(pk=rows[1].pk)
        passes = rotate(batch=1)
        first = threads.submit(in_own_connection, partial(next, passes)).result(timeout=20)
        assert (first.found, first.done) == (3, 2)
        held.access_token = "renewed meanwhile"
        held.save(update_fields=["access_token"])
    list(passes)
    assert keys_in_use() == {new.primary: 6}
    assert Connection.objects.get(pk=rows[1].pk).access_token.open() == "renewed meanwhile"


def test_a_grant_that_is_renewed_while_its_row_is_sealed_anew_does_not_bring_the_old_key_back(old, settings):
    user = UserFactory()
    row = grant(user, refresh_token="kept")
    settings.FIELD_KEYS = new = with_fresh_key(old)
    renewal = partial(grant, user, NOW + timedelta(hours=1), access_token="renewed", refresh_token=None)
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            assert FieldsPlace(Connection).reseal(Connection.objects.select_for_update().get(pk=row.pk))
            renewed = threads.submit(in_own_connection, renewal)
            while not somebody_waits_for_a_row():
                assert not renewed.done()
        renewed.result()
    assert keys_in_use() == {new.primary: 2}
    assert Connection.objects.get().refresh_token.open() == "kept"


def somebody_waits_for_a_row() -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0
