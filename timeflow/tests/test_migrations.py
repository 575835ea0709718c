"""A migration lets the former release go on: it only adds, waits briefly, and can be taken back."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django_migration_linter import MigrationLinter

from timeflow.lib import migrating

OURS = ("lib", "accounts", "availability", "scheduling")
# What a release did although the former one would stumble over it, and why that was right.
AGREED = {"accounts.0006_no_django_sessions": "its table was read by no release: sessions lived in the cache since"}
NEVER = ["RUNPYTHON_REVERSIBLE", "RUNSQL_REVERSIBLE"]


@pytest.fixture
def linter(db) -> MigrationLinter:
    return MigrationLinter(path=str(settings.BASE_DIR), no_cache=True, warnings_as_errors_tests=NEVER)


# Of SQLite's way to change a table, which is to make it anew, nothing can be told.
@pytest.mark.postgres
def test_the_former_release_can_use_what_each_migration_leaves(linter, capsys):
    refused = {}
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app in OURS and not migration.initial:
            linter.reset_counters()
            linter.lint_migration(migration)
            if linter.has_errors:
                refused[f"{app}.{name}"] = capsys.readouterr().out
    assert refused.keys() == AGREED.keys(), f"docs/UPGRADING.md says how to do this in two releases: {refused}"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_table_that_somebody_holds_makes_a_migration_give_up_soon(monkeypatch):
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT", "50ms")
    before = MigrationRecorder(connection).applied_migrations().keys()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            # If nothing gave up, this would let go by itself.
            cursor.execute("SET idle_in_transaction_session_timeout = '3s'; BEGIN; LOCK TABLE scheduling_plan")
        with pytest.raises(OperationalError, match="lock timeout"):
            call_command("migrate", "scheduling", "0002", verbosity=0)
    finally:
        other.close()
        call_command("migrate", verbosity=0)
    assert MigrationRecorder(connection).applied_migrations().keys() == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_after_a_migration_the_session_waits_as_the_server_has_it():
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0", "0")
