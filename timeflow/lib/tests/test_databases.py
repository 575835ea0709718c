"""Two ways to the database, and one sentence where there is none."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection

from timeflow.lib.databases import database_settings, go_by, in_words, past_the_pool
from timeflow.lib.starting import StartRefused

VAR = Path("/somewhere")
POOLED = "postgres://tf:hush%40@pool.example:6432/tf"
DIRECT = "postgres://tf:hush%40@db.example/tf"
HUSH = "hushhush"


def read(pooled: str = "", direct: str = ""):
    return database_settings(pooled=pooled, direct=direct, var=VAR)


def test_what_is_said_of_no_database_is_sqlite_both_ways():
    everyday, direct = read()
    assert everyday["NAME"] == "/somewhere/timeflow.sqlite3"
    assert direct is everyday


def test_one_url_serves_both_ways():
    everyday, direct = read(POOLED)
    assert direct is everyday


def test_a_direct_url_leads_past_the_pool_and_the_other_is_fit_for_one():
    everyday, direct = read(POOLED, DIRECT)
    assert (everyday["HOST"], everyday["PORT"], everyday["PASSWORD"]) == ("pool.example", 6432, "hush@")
    assert direct["HOST"] == "db.example"
    kept = {name: everyday[name] for name in ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "DISABLE_SERVER_SIDE_CURSORS")}
    assert kept == {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": True}
    assert everyday["OPTIONS"] == {"connect_timeout": 5}


def test_what_a_url_asks_of_the_connection_is_kept():
    everyday, _ = read(f"{POOLED}?sslmode=verify-full&connect_timeout=9")
    assert everyday["OPTIONS"] == {"connect_timeout": 9, "sslmode": "verify-full"}


@pytest.mark.parametrize(
    "url",
    [
        f"postgres://tf:{HUSH}@db.example:port/tf",
        f"postgres://tf:a#{HUSH}@db.example/tf",
        f"postgres://tf:a/{HUSH}@db.example/tf",
        f"postgres://tf:12/{HUSH}@db.example/tf",
        f"postgres://tf:1?{HUSH}@db.example/tf",
        f"postgres://tf:{HUSH}@db.example",
        f"postgres://tf:{HUSH}@db.example/",
        f"postgres:/tf:{HUSH}@db.example/tf",
        f"mysql://tf:{HUSH}@db.example/tf",
        f"tf:{HUSH}@db.example/tf",
        HUSH,
    ],
)
@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_DIRECT_URL"])
def test_a_url_that_cannot_be_read_is_refused_by_its_name_and_never_shown(url, name, recwarn):
    urls = (url, "") if name == "DATABASE_URL" else (POOLED, url)
    with pytest.raises(StartRefused) as refused:
        read(*urls)
    assert str(refused.value).startswith(f"{name} cannot be read. Write postgres://")
    assert HUSH not in str(refused.value)
    assert not recwarn.list


def test_a_way_past_nothing_and_ways_to_two_kinds_are_refused():
    with pytest.raises(StartRefused, match="set DATABASE_URL too"):
        read("", DIRECT)
    with pytest.raises(StartRefused, match="two kinds"):
        read(POOLED, "sqlite:////x/y")


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    environment = {**os.environ, "DATABASE_DIRECT_URL": "", **variables}
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"DATABASE_URL": f"postgres://tf:{HUSH}@127.0.0.1:1/tf"}, "(DATABASE_URL: host 127.0.0.1, port 1, name tf): "),
        (
            {"DATABASE_URL": POOLED, "DATABASE_DIRECT_URL": f"postgres://tf:{HUSH}@127.0.0.1:1/tf"},
            "(DATABASE_DIRECT_URL: host 127.0.0.1, port 1, name tf): nothing answers there.",
        ),
        ({"DATABASE_URL": "sqlite:////nowhere/at/all"}, "(/nowhere/at/all): its folder is not there"),
    ],
)
def test_a_command_that_needs_a_database_that_is_not_there_ends_in_one_sentence(variables, words):
    ended = manage("migrate", **variables)
    assert ended.returncode == 1
    assert words in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert HUSH not in ended.stderr + ended.stdout


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('FATAL:  password authentication failed for user "tf"', "user or password"),
        ('FATAL:  no such database: "tf"', "no database of its name"),
        ("failed to resolve host 'db': [Errno -2] Name or service not known", "host is not known"),
        ("FATAL:  sorry, too many clients already", "all connections are taken"),
        ("FATAL:  query_wait_timeout", "all connections are taken"),
        ("FATAL:  unsupported startup parameter: options", "Take `options` out"),
        (f"something new about {HUSH}", "something new about …."),
    ],
)
def test_what_a_server_says_is_said_in_our_words_without_the_password(said, words):
    way, _ = read(f"postgres://tf:{HUSH}@db.example/tf")
    assert words in in_words(OperationalError(said), way)
    assert HUSH not in in_words(OperationalError(said), way)


@pytest.mark.postgres
def test_what_postgresql_itself_says_of_a_wrong_name_is_understood():
    way = {**connection.settings_dict, "NAME": "nonesuch"}
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(dbname="nonesuch", host=way["HOST"], port=way["PORT"] or 5432, user=way["USER"])
    assert "no database of its name" in in_words(OperationalError(str(refused.value)), way)


@pytest.fixture
def two_ways(settings):
    """An everyday way that leads nowhere, and the real one past it."""
    before = dict(connection.settings_dict)
    settings.DIRECT_DATABASE = {"HOST": "past.example", "REACHED_BY": "DATABASE_DIRECT_URL"}
    connection.settings_dict.update(HOST="pool.example", REACHED_BY="DATABASE_URL")
    yield connection.settings_dict
    connection.settings_dict.clear()
    connection.settings_dict.update(before)


def test_whatever_is_done_past_the_pool_goes_by_the_direct_way_and_comes_back_even_if_it_fails(two_ways):
    def fail() -> None:
        with past_the_pool():
            assert (two_ways["HOST"], two_ways["REACHED_BY"]) == ("past.example", "DATABASE_DIRECT_URL")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (two_ways["HOST"], two_ways["REACHED_BY"]) == ("pool.example", "DATABASE_URL")


def test_the_name_of_a_test_database_stays_whatever_the_way(two_ways):
    name = two_ways["NAME"]
    go_by({"HOST": "past.example", "NAME": "other"})
    assert two_ways["NAME"] == name
