"""What probes are told: one word, whoever they are."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings

from timeflow.lib import health

PROBES = ("/healthz", "/readyz")


@pytest.fixture(autouse=True)
def _nothing_seen_yet(monkeypatch):
    monkeypatch.setattr(health, "_migrations", health.Migrations())
    yield
    health._draining.clear()


@pytest.mark.parametrize("address", PROBES)
@override_settings(SECURE_SSL_REDIRECT=True, ALLOWED_HOSTS=["tf.example"])
def test_a_probe_needs_neither_a_host_name_nor_https_nor_a_session(db, address):
    client = Client()
    client.cookies[settings.ACCESS_COOKIE_NAME] = "rubbish"
    answer = client.get(address, headers={"host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert not answer.cookies
    assert answer.headers == {
        "Cache-Control": "no-store",
        "Content-Type": "text/plain; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
    }


@pytest.mark.parametrize("address", PROBES)
def test_a_probe_may_ask_by_head_and_nothing_can_be_sent(db, address):
    assert Client().head(address).status_code == 200
    assert Client(enforce_csrf_checks=True).post(address).status_code == 405


def test_health_asks_nothing_of_the_database(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        Client().get("/healthz")


def test_a_probe_in_a_row_costs_one_small_query(db, django_assert_num_queries):
    Client().get("/readyz")
    with django_assert_num_queries(1):
        Client().get("/readyz")


def test_migrations_are_looked_at_every_five_seconds(db):
    assert health.what_is_missing(now=10.0) == ""
    last = MigrationRecorder(connection).migration_qs.filter(app="accounts").last()
    MigrationRecorder(connection).record_unapplied("accounts", last.name)
    assert health.what_is_missing(now=14.9) == ""
    assert health.what_is_missing(now=15.0) == "migrations"


def test_a_database_without_a_migration_is_not_ready(db):
    last = MigrationRecorder(connection).migration_qs.filter(app="accounts").last()
    MigrationRecorder(connection).record_unapplied("accounts", last.name)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations")
    assert answer["Cache-Control"] == "no-store"


def test_a_database_that_is_not_there_is_said_in_one_word():
    says = "import django; django.setup(); from timeflow.lib.health import what_is_missing as m; print(m(0.0))"
    nowhere = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "DJANGO_SETTINGS_MODULE": "timeflow.settings"}
    command = [sys.executable, "-c", says]
    environment = {**os.environ, **nowhere}
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert done.stdout == "database\n"


def test_a_process_that_is_to_stop_is_not_ready_but_there(db):
    health.drain()
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"draining")
    assert Client().get("/healthz").status_code == 200
