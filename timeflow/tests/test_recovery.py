"""The drill: everything is backed up, keys are rotated, the backup is played back, and every row is there again."""

import pytest
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError
from django.db import connection
from django.test import Client

from accounts.models import Connection, ErasedAccount, Session, User
from accounts.services.deletion import repeat_deletions
from accounts.tests.signing_in import sign_in
from availability.models import Mirror
from scheduling.models import Task
from timeflow.lib.backup.pointing import pointed_at
from timeflow.lib.ids import new_id
from timeflow.lib.keys import fresh_key_set, parse_key_set, with_fresh_key
from timeflow.lib.models import Lease
from timeflow.lib.starting import held
from timeflow.tests.everything import NOW, full_person
from timeflow.tests.recovering import changed, fresh_place, make, play_back, rows, said

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "four plain words here"


@pytest.fixture
def maya() -> User:
    """Somebody with all that there is, and something in the tables that are nobody's."""
    Group.objects.create(name="Readers").permissions.add(Permission.objects.first())
    Lease.objects.create(name="sweep", held_until=NOW)
    SocialApp.objects.create(provider="google", name="Google", client_id="ours")
    ErasedAccount.objects.create(user_id=new_id(), erased_at=NOW)
    return full_person()


@pytest.fixture
def fresh(tmp_path):
    with fresh_place(tmp_path) as name:
        yield name


def test_every_row_of_every_table_is_there_again_though_keys_were_rotated_since(maya, fresh, tmp_path, settings):
    browser = Client()
    sign_in(browser, maya)
    before = rows()
    assert [table for table, found in before.items() if not found] == []
    archive = make(tmp_path)
    settings.FIELD_KEYS = with_fresh_key(settings.FIELD_KEYS)
    assert "rows sealed anew" in said("rotate_field_keys")
    assert rows() != before

    assert "All rows of its" in play_back(archive, fresh)

    with pointed_at(NAME=fresh):
        after = rows()
        ended = {row[0] for row in before["accounts_session"]}
        differ = {table for table in before if before[table] != after[table]}
        assert differ == {"accounts_session", "availability_mirror"}
        assert before.keys() == after.keys()
        assert {row[0] for row in after["accounts_session"]} == ended
        assert set(Session.objects.values_list("revoked_because", flat=True)) == {Session.Reason.RESTORED}
        assert Mirror.objects.get().token == "", "calendars elsewhere are read anew"
        assert Connection.objects.get().refresh_token.open() == "1//of-maya"
        _signs_in_again_and_goes_on(browser, maya)


def _signs_in_again_and_goes_on(browser: Client, maya: User) -> None:
    told = browser.get("/week")
    assert told.status_code == 302
    assert told["Location"].startswith("/accounts/login/")
    sign_in(browser, maya)
    assert browser.get("/week").status_code == 200
    task = Task.objects.of(maya)[0]
    assert task.title in browser.get(f"/tasks/{task.pk}").content.decode()


def test_who_was_erased_since_does_not_come_back(maya, bob, fresh, tmp_path):
    archive = make(tmp_path)
    repeat_deletions(user_ids=[maya.pk], now=NOW)
    make_list = tmp_path / "erased-accounts.txt"
    make_list.write_text(said("erased_accounts"))
    assert "1 of 2 erased accounts were there again" in play_back(archive, fresh)
    with pointed_at(NAME=fresh):
        assert not User.objects.filter(pk=maya.pk).exists()
        repeat_deletions(user_ids=[bob.pk], now=NOW)
    # The list knows nothing of bob, but the database that is replaced does.
    assert "2 of 3" in play_back(archive, fresh, "--replace")


def test_without_a_list_of_the_erased_nothing_is_played_back(alice, fresh, tmp_path):
    archive = make(tmp_path)
    (tmp_path / "erased-accounts.txt").unlink()
    with pytest.raises(CommandError, match=r"no list of erased accounts beside the backup.*/dev/null"):
        play_back(archive, fresh)
    assert "0 of 0" in play_back(archive, fresh, "--erased", "/dev/null")


def test_a_list_that_holds_something_else_is_refused(alice, fresh, tmp_path):
    archive = make(tmp_path)
    (tmp_path / "erased-accounts.txt").write_text("alice@example.com\n")
    with pytest.raises(CommandError, match=r"no id of an account: alice@example\.com"):
        play_back(archive, fresh)


def test_a_database_that_is_there_is_replaced_only_if_told_so_and_kept(alice, fresh, tmp_path):
    archive = make(tmp_path)
    play_back(archive, fresh)
    with pointed_at(NAME=fresh):
        User.objects.update(name="Renamed")
    with pytest.raises(CommandError, match="Say --replace"):
        play_back(archive, fresh)
    with pointed_at(NAME=fresh):
        assert User.objects.get().name == "Renamed"
    kept = play_back(archive, fresh, "--replace").partition("is kept as ")[2].split(". ")[0]
    with pointed_at(NAME=fresh):
        assert User.objects.get().name == "Alice"
    with pointed_at(NAME=kept):
        assert User.objects.get().name == "Renamed"


def test_nothing_is_replaced_while_somebody_else_is_connected(alice, fresh, tmp_path):
    archive = make(tmp_path)
    play_back(archive, fresh)
    other = connection.copy()
    other.settings_dict = {**connection.settings_dict, "NAME": fresh}
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM accounts_user")
        with pytest.raises(CommandError, match="Stop web, worker"):
            play_back(archive, fresh, "--replace")
    finally:
        other.close()
    assert "Start web" in play_back(archive, fresh, "--replace")


@pytest.mark.postgres
def test_somebody_who_is_just_leaving_is_waited_for(alice, fresh, tmp_path):
    archive = make(tmp_path)
    play_back(archive, fresh)
    other = connection.copy()
    other.settings_dict = {**connection.settings_dict, "NAME": fresh}
    with other.cursor() as cursor:
        cursor.execute("SET idle_session_timeout = '1s'")
    assert "Start web" in play_back(archive, fresh, "--replace")
    other.close()


def test_nothing_is_replaced_while_timeflow_runs_on_the_same_data(alice, fresh, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("a server's connections tell who runs, whatever the folder")
    archive = make(tmp_path)
    play_back(archive, fresh)
    with held(tmp_path), pytest.raises(CommandError, match=r"TimeFlow is running already.*Nothing was changed"):
        play_back(archive, fresh, "--replace")


def test_an_older_backup_is_migrated(alice, fresh, tmp_path):
    archive = make(tmp_path)
    play_back(archive, fresh)
    with pointed_at(NAME=fresh):
        said("migrate", "scheduling", "0002", verbosity=0)
        # Elsewhere: it may be the same second.
        (tmp_path / "older").mkdir()
        older = make(tmp_path / "older")
    said_of_it = play_back(older, fresh, "--replace")
    assert "older than this TimeFlow and is migrated: scheduling.0003_order_applied_plans." in said_of_it


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"contents__migrations": ["accounts.0999_later"]}, "later TimeFlow.*accounts.0999_later"),
        ({"contents__migrations": ["later.0001_initial"]}, "later TimeFlow.*later.0001_initial"),
        ({"database": "other"}, "backup of other"),
        ({"format": 2}, "form 2"),
        ({"sha256": "0" * 64}, "not what was written"),
        ({"size": 7}, "not what was written"),
        ({"contents__rows": {"accounts_user": 7}}, "other rows came back"),
        ({"contents__field_keys": ["gone"]}, "FIELD_KEYS has no gone"),
        ({"contents": 7}, "damaged"),
        ({"made_at": 7}, "damaged"),
    ],
)
def test_a_backup_that_does_not_fit_leaves_the_database_as_it_was(alice, fresh, tmp_path, fields, words):
    archive = make(tmp_path)
    play_back(archive, fresh)
    with pointed_at(NAME=fresh):
        before = rows()
    with pytest.raises(CommandError, match=words):
        play_back(changed(archive, **fields), fresh, "--replace")
    with pointed_at(NAME=fresh):
        assert rows() == before


def test_a_backup_whose_keys_are_gone_is_refused_and_says_how_to_go_on(maya, fresh, tmp_path, settings):
    archive = make(tmp_path)
    kid = settings.FIELD_KEYS.primary
    settings.FIELD_KEYS = parse_key_set("FIELD_KEYS", fresh_key_set())
    with pytest.raises(CommandError, match=f"FIELD_KEYS has no {kid}.*--without-keys.*forget_field_key"):
        play_back(archive, fresh)
    assert "Start web" in play_back(archive, fresh, "--without-keys")
    with pointed_at(NAME=fresh):
        assert "rows under" in said("forget_field_key", kid)
        assert Connection.objects.get().state == Connection.State.NEEDS_RECONNECT


def test_keys_travel_in_the_backup_only_under_a_passphrase(maya, fresh, tmp_path, settings):
    settings.BACKUP_PASSPHRASE = "a passphrase of some length"
    archive = make(tmp_path, "--with-keys")
    ours = settings.FIELD_KEYS
    assert ours.written().partition("=")[2].encode() not in archive.read_bytes()
    settings.FIELD_KEYS = parse_key_set("FIELD_KEYS", fresh_key_set())
    with pytest.raises(CommandError, match="--show-keys"):
        play_back(archive, fresh)
    line = said("restore", archive, "--show-keys").strip()
    settings.FIELD_KEYS = parse_key_set("FIELD_KEYS", line.removeprefix("FIELD_KEYS="))
    assert settings.FIELD_KEYS.get(ours.primary) == ours.get(ours.primary)
    play_back(archive, fresh)
    with pointed_at(NAME=fresh):
        assert Mirror.objects.get().token == "", "calendars elsewhere are read anew"
        assert Connection.objects.get().refresh_token.open() == "1//of-maya"
    settings.BACKUP_PASSPHRASE = "another passphrase of length"
    with pytest.raises(CommandError, match="does not open the keys"):
        said("restore", archive, "--show-keys")


@pytest.mark.postgres
def test_the_password_is_on_no_command_line_and_in_no_words(alice, tmp_path, monkeypatch):
    """PostgreSQL's program is one that tells what it was given, and fails."""
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/words\necho "no: $PGPASSWORD" >&2\nexit 1\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "s3cret-w0rd")
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "s3cret-w0rd")
    with pytest.raises(CommandError, match="pg_dump failed: no: …"):
        make(tmp_path)
    assert "s3cret-w0rd" not in (tmp_path / "words").read_text()
    assert "--format=custom" in (tmp_path / "words").read_text()
    assert not list(tmp_path.glob("*timeflow-*"))


@pytest.mark.postgres
def test_a_server_that_is_newer_than_the_programs_is_named(alice, tmp_path, monkeypatch):
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24 (Debian 9.6.24-1)'\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    served = connection.pg_version // 10_000
    words = rf"The database is PostgreSQL {served}, and pg_dump here is of 9, .* client of version {served}\."
    with pytest.raises(CommandError, match=words):
        make(tmp_path)
    assert not list(tmp_path.glob("*timeflow-*"))


@pytest.mark.postgres
def test_without_the_programs_of_postgresql_it_says_what_to_install(alice, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match=r"pg_dump is not here\. Install PostgreSQL's client"):
        make(tmp_path)
