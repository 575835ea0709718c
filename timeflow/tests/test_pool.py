"""What holds behind a real PgBouncer (`pytest --pooled`), and what keeps our own SQL fit for one."""

import ast
import re

import pytest
from django.conf import settings
from django.core.checks import Error
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.models.signals import pre_migrate
from django.test import Client

from timeflow.lib.checks.pooling import check_pool, check_way_past
from timeflow.lib.databases import is_lent_by_transaction, is_pooled
from timeflow.tests.test_house_rules import is_test, ours, python_files

# What belongs to a session, and is gone or somebody else's when the next transaction begins.
OF_A_SESSION = re.compile(
    r"pg_(?:try_)?advisory_(?:lock|unlock)"
    r"|(?:^|;)\s*(?:LISTEN|UNLISTEN|PREPARE|DEALLOCATE|DISCARD|LOAD)\s"
    r"|(?:^|;)\s*(?:RE)?SET\s+(?!LOCAL\b|CONSTRAINTS\b|TRANSACTION\b)"
    r"|(?:^|;)\s*CREATE\s+(?:GLOBAL\s+|LOCAL\s+)?TEMP"
    r"|\bWITH\s+HOLD\b|\bset_config\([^)]*false"
)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_lock_shared(1)",
        "LISTEN jobs",
        "SET statement_timeout = 0",
        "BEGIN; SET SESSION search_path = x",
        "RESET ALL",
        "CREATE TEMPORARY TABLE t (a int)",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "SELECT set_config('a.b', 'c', false)",
        "PREPARE p AS SELECT 1",
    ],
)
def test_sql_of_a_session_is_known_when_it_is_seen(sql):
    assert OF_A_SESSION.search(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT pg_advisory_xact_lock(1)",
        "SET LOCAL lock_timeout = '2s'",
        "UPDATE t SET a = 1",
        "SELECT set_config('a.b', 'c', true)",
    ],
)
def test_sql_of_a_transaction_is_fine(sql):
    assert not OF_A_SESSION.search(sql)


# Where SQL of a session is at its place.
PAST_THE_POOL = {"timeflow/lib/migrating.py": "migrations take the direct way"}


def test_no_sql_of_ours_needs_a_session():
    found = [
        f"{ours(path)}:{node.lineno}"
        for path in python_files()
        if not is_test(path) and ours(path) not in PAST_THE_POOL
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and OF_A_SESSION.search(node.value)
    ]
    assert not found, f"behind a pool only SET LOCAL and pg_advisory_xact_lock hold: {found}"


@pytest.fixture
def pooled(request, transactional_db):
    if not request.config.getoption("pooled"):
        pytest.skip("needs a PgBouncer that DATABASE_URL leads through, and --pooled")


@pytest.fixture
def past(settings):
    settings.DIRECT_DATABASE = dict(settings.DIRECT_DATABASE)
    return settings.DIRECT_DATABASE


def test_the_suite_really_goes_through_the_pool_and_finds_nothing_to_say_of_it(pooled):
    assert is_pooled(connection)
    assert is_lent_by_transaction(connection)
    assert check_pool(["default"]) == check_way_past(["default"]) == []


def test_migrations_go_past_the_pool_whoever_asks_for_them(pooled):
    seen = []

    def look(**_kwargs):
        seen.append(is_pooled(connection))

    pre_migrate.connect(look)
    call_command("migrate", verbosity=0)
    pre_migrate.disconnect(look)
    assert seen
    assert not any(seen)
    assert is_pooled(connection)


def test_a_pool_with_nothing_past_it_is_told(pooled, settings):
    settings.DIRECT_DATABASE = dict(connection.settings_dict)
    assert [told.id for told in check_pool(["default"])] == ["pooling.W001"]


def test_a_way_past_that_is_no_way_past_is_told(pooled, past):
    past.update(HOST=connection.settings_dict["HOST"], PORT=connection.settings_dict["PORT"])
    assert [told.id for told in check_way_past(["default"])] == ["pooling.W003"]


def test_a_way_past_to_another_database_is_refused(pooled, past):
    past.update(NAME="postgres")
    (refused,) = check_way_past(["default"])
    assert isinstance(refused, Error)
    assert "lead to two databases" in refused.msg


def test_a_pool_that_lends_by_session_is_told(pooled, monkeypatch):
    """`by_session` is what `script/pool` calls the database postgres where it lends it so."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", "by_session")
    told = [message.id for message in check_pool(["default"])]
    connection.close()
    assert told == ["pooling.W002"]


def test_nothing_that_is_said_for_a_transaction_reaches_the_next_one(pooled):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 12345")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_query_that_fails_in_a_transaction_costs_the_next_ones_nothing(pooled):
    with pytest.raises(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1; SELECT pg_sleep(5)")
    assert Client().get("/readyz").content == b"ok"
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"]
