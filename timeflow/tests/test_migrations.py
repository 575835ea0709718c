"""A migration lets the former release go on: it only adds, waits briefly, and can be taken back."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django_migration_linter import MigrationLinter

from timeflow.lib import migrating

OURS = ("lib", "accounts", "availability", "scheduling")
# What a release did although the former one would stumble over it, and why that was right.
AGREED = {"accounts.0006_no_django_sessions": "its table was read by no release: sessions lived in the cache since"}
MIGRATE = """
import sys, django
django.setup()
from django.conf import settings
from django.core.management import CommandError, call_command
if len(sys.argv) > 1:
    settings.DATABASES["default"]["OPTIONS"]["init_command"] += f"PRAGMA max_page_count={sys.argv[1]};"
try:
    call_command("migrate", verbosity=0)
except CommandError as error:
    sys.exit(str(error))
"""
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
def test_a_table_that_somebody_holds_makes_a_migration_give_up_soon_and_say_so(monkeypatch):
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT", "50ms")
    before = MigrationRecorder(connection).applied_migrations().keys()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            # If nothing gave up, this would let go by itself.
            cursor.execute("SET idle_in_transaction_session_timeout = '3s'; BEGIN; LOCK TABLE scheduling_plan")
        with pytest.raises(CommandError, match=r"^Somebody else is busy with a table .* at a quieter time: [^\n]*$"):
            call_command("migrate", "scheduling", "0002", verbosity=0)
    finally:
        other.close()
        call_command("migrate", verbosity=0)
    assert MigrationRecorder(connection).applied_migrations().keys() == before


def test_a_disk_that_is_full_stops_a_migration_with_one_sentence(tmp_path):
    """SQLite may have no page more than it has."""
    database = tmp_path / "full.sqlite3"
    ran = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", MIGRATE, *wishes],
            env={**os.environ, "DATABASE_URL": f"sqlite:///{database}", "DJANGO_SETTINGS_MODULE": "timeflow.settings"},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        for wishes in (["40"], [])
    ]
    assert ran[0].stderr.count("\n") == 1
    assert ran[0].stderr.startswith("There is no room left on the database's disk. What it had done is taken back.")
    assert ran[1].returncode == 0, ran[1].stderr


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_after_a_migration_the_session_waits_as_the_server_has_it():
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0", "0")
