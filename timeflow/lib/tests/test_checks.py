"""What an installation is not started with, and what it is warned of."""

import shutil
import subprocess
from datetime import timedelta

import pytest
import time_machine
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection

from timeflow.lib.checks import START, before_start
from timeflow.lib.checks.before_start import look_around, sentence
from timeflow.lib.checks.pooling import check_settings
from timeflow.lib.checks.servers import check_redis
from timeflow.lib.databases import database_settings
from timeflow.lib.starting import StartRefused, alone_in


def found(*, databases: bool = False) -> dict[str, str]:
    """Name of each finding -> its sentence."""
    asked = ["default"] if databases else []
    return {message.id: sentence(message) for message in run_checks(tags=[START], databases=asked)}


def test_an_installation_as_it_is_made_has_nothing_to_hear(db):
    assert found(databases=True) == {}


@pytest.mark.parametrize("hosts", [["tf.example"], ["127.0.0.1", "192.168.1.4"], ["*"], [".example.com"]])
def test_debugging_is_refused_where_others_can_see_it(settings, hosts):
    settings.DEBUG, settings.ALLOWED_HOSTS = True, hosts
    assert "Unset DEBUG." in found()["start.E001"]


def test_debugging_on_ones_own_machine_is_nobodys_business(settings):
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["localhost", "127.0.0.1", "[::1]"]
    assert "start.E001" not in found()


def test_a_folder_that_cannot_be_written_is_refused(settings, tmp_path):
    settings.REDIS_URL = ""
    settings.VAR_DIR = tmp_path / "file" / "var"
    (tmp_path / "file").write_text("in the way")
    assert found()["start.E002"].startswith(f"{settings.VAR_DIR} cannot be written: Not a directory.")


def way(query: str = "", **changes: object) -> dict[str, object]:
    everyday, _ = database_settings(pooled=f"postgres://tf@pool.example/tf{query}", direct="", var=None)
    return everyday | changes


@pytest.mark.parametrize(
    ("default", "words"),
    [
        (way(DISABLE_SERVER_SIDE_CURSORS=False), "Server-side cursors"),
        (way("?pool=1"), "Take `pool` out of DATABASE_URL."),
        (way("?options=-c%20statement_timeout=5"), "Take it out of DATABASE_URL"),
        (way("?prepare_threshold=5"), "Take `prepare_threshold` out"),
        (way("?assume_role=tf"), "Take `assume_role` out"),
        (way(CONN_HEALTH_CHECKS=False), "Set CONN_HEALTH_CHECKS."),
    ],
)
def test_what_breaks_behind_a_pool_is_refused(settings, monkeypatch, default, words):
    monkeypatch.setitem(settings.DATABASES, "default", default)
    (refused,) = check_settings()
    assert refused.is_serious()
    assert words in sentence(refused)


def test_a_plain_url_is_fit_for_a_pool(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, "default", way("?sslmode=require"))
    assert check_settings() == []


def test_a_database_that_is_newer_than_the_code_is_told_by_name(db):
    MigrationRecorder(connection).record_applied("accounts", "9999_from_tomorrow")
    MigrationRecorder(connection).record_applied("an_app_that_was_removed", "0001_initial")
    words = found(databases=True)["start.W001"]
    assert "accounts.9999_from_tomorrow. Start the release" in words
    assert "removed" not in words


@pytest.mark.postgres
@pytest.mark.parametrize(("minutes", "words"), [(5, "ahead of"), (-5, "behind")])
def test_a_clock_that_is_five_minutes_from_the_databases_is_told(db, settings, minutes, words):
    settings.REDIS_URL = ""
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        said = found(databases=True)["start.W002"]
    assert words in said
    assert "that of the database" in said


@pytest.fixture
def own_redis(tmp_path, settings):
    """A Redis of the test's own, on a socket in its folder."""
    if not (program := shutil.which("redis-server")):
        pytest.skip("needs redis-server")
    socket = tmp_path / "redis"
    server = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", socket, "--dir", tmp_path, "--save", ""], stdout=subprocess.DEVNULL
    )
    settings.REDIS_URL = f"unix://{socket}"
    try:
        with Redis.from_url(settings.REDIS_URL, retry_on_error=[NoConnection]) as redis:
            while not _answers(redis):
                assert server.poll() is None
            yield redis
    finally:
        server.terminate()
        server.wait()


def _answers(redis: Redis) -> bool:
    try:
        return redis.ping()
    except NoConnection:
        return False


def test_a_redis_that_forgets_is_told_and_one_that_does_not_is_fine(db, own_redis):
    assert found(databases=True) == {}
    own_redis.config_set("maxmemory-policy", "allkeys-lru")
    assert "(allkeys-lru)" in found(databases=True)["start.W003"]


def test_a_clock_that_is_five_minutes_from_that_of_redis_is_told(own_redis):
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        (told,) = check_redis(["default"])
    assert "300 seconds ahead of that of Redis. Let all machines keep time by NTP" in sentence(told)


def test_a_redis_that_is_away_stops_nobody(db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert found(databases=True) == {}


def test_the_data_of_one_installation_have_one_process_that_serves_them(tmp_path):
    alone_in(tmp_path)
    with pytest.raises(StartRefused, match=f"running already with the data in {tmp_path}. Stop that one first."):
        alone_in(tmp_path)
    alone_in(tmp_path / "elsewhere")


@pytest.fixture
def connections_stay(monkeypatch):
    """A test's connection holds its transaction."""
    monkeypatch.setattr(before_start.connections, "close_all", lambda: None)


def test_before_the_start_an_error_refuses_and_a_warning_is_logged(db, settings, connections_stay, caplog):
    MigrationRecorder(connection).record_applied("accounts", "9999_from_tomorrow")
    look_around()
    assert "The database is newer than this code" in caplog.text
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["tf.example"]
    with pytest.raises(StartRefused, match="DEBUG is on") as refused:
        look_around()
    assert "\n" not in str(refused.value)
