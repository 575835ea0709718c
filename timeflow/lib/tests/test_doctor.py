"""What the doctor says of an installation, and what it says when something is amiss."""

import io
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError
from django.utils import timezone

from timeflow.lib import doctor
from timeflow.lib.doctor import examine
from timeflow.lib.models import Errand, Lease
from timeflow.lib.tasks import SWEEP, SWEEP_LEASE


class Site(BaseHTTPRequestHandler):
    says = b"ok"

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.says)

    def log_message(self, *_args):
        pass


@pytest.fixture
def site(monkeypatch, settings):
    """What answers at PUBLIC_URL."""
    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    settings.PUBLIC_URL = f"http://127.0.0.1:{server.server_port}"
    yield lambda words: monkeypatch.setattr(Site, "says", words)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def healthy(db, site, settings, tmp_path, monkeypatch):
    """An installation that runs: its beat has just ticked, its files are collected, it keeps its own secrets."""
    settings.VAR_DIR = tmp_path
    settings.IS_PUBLIC = False
    settings.STATIC_ROOT = tmp_path / "static"
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "SECRET_KEY").touch(mode=0o600)
    Lease.objects.create(name=SWEEP, held_until=timezone.now() + SWEEP_LEASE)
    monkeypatch.setattr(doctor, "get_finders", lambda: [])


def seen() -> dict[str, str]:
    """Subject -> words of all that is not ok."""
    return {found.subject: found.words for found in examine(timezone.now()) if found.state != "ok"}


def test_an_installation_that_runs_is_clean_and_the_command_ends_well(healthy):
    out = io.StringIO()
    call_command("doctor", stdout=out)
    lines = out.getvalue().split("\n")
    assert len(lines) > 9
    assert all(line.startswith("ok ") for line in lines if line)


def test_what_is_wrong_is_counted_and_the_command_fails(healthy):
    Lease.objects.all().delete()
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=out)
    assert ended.value.code == 1
    assert "1 thing is wrong." in out.getvalue()


def test_work_that_stopped_hours_ago_is_told_with_what_to_start(healthy):
    Lease.objects.update(held_until=timezone.now() - timedelta(hours=3))
    assert seen() == {
        "worker, beat": "Regular work was last done 3 hours ago. No worker answers: start one, and beat "
        "(docs/DEPLOYMENT.md)."
    }


def test_errands_that_nobody_runs_are_told(healthy):
    Errand.objects.create(task="x", args=[], created_at=timezone.now() - timedelta(minutes=10))
    assert "1 wait for longer than 3 minutes" in seen()["errands"]


def test_a_migration_that_is_missing_is_told(healthy):
    last = MigrationRecorder(connection).migration_qs.filter(app="accounts").last()
    MigrationRecorder(connection).record_unapplied("accounts", last.name)
    assert seen()["migrations"] == "1 are not applied. Run `python manage.py migrate`."


def test_what_the_checks_say_is_among_it(healthy, settings):
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["tf.example"]
    assert "Unset DEBUG." in seen()["checks"]


def test_without_the_database_everything_else_is_still_looked_at(healthy, monkeypatch):
    away = OperationalError('connection failed: FATAL: database "tf" does not exist')
    monkeypatch.setattr(connections["default"], "ensure_connection", mock.Mock(side_effect=away))
    monkeypatch.setattr(connections["default"], "connection", None)
    found = {finding.subject: finding.state for finding in examine(timezone.now())}
    monkeypatch.undo()
    assert found["database"] == "wrong"
    assert found["address"] == found["disk"] == "ok"
    assert "migrations" not in found


@pytest.mark.parametrize(
    ("url", "words"), [("redis://127.0.0.1:1/0", "Redis does not answer"), ("rubbish", "REDIS_URL cannot be read")]
)
def test_a_redis_that_cannot_be_used_is_told(healthy, settings, url, words):
    settings.REDIS_URL = url
    assert words in seen()["queue, cache"]


def test_letters_that_nobody_gets_are_told_in_public_alone(healthy, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "letters" not in seen()
    settings.IS_PUBLIC = True
    assert "Set EMAIL_URL." in seen()["letters"]


def test_a_mail_server_that_is_away_is_told_without_its_password(healthy, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_PASSWORD = "127.0.0.1", 1, "hushhush"
    told = seen()["letters"]
    assert "127.0.0.1:1 does not take them (ConnectionRefusedError)" in told
    assert "hush" not in told


@pytest.mark.parametrize(
    ("answer", "words"),
    [(b"<h1>Welcome to nginx</h1>", "Something else answers"), (b"migrations", "is not ready: migrations")],
)
def test_a_public_address_where_no_timeflow_is_ready_is_told(healthy, site, answer, words):
    site(answer)
    assert words in seen()["address"]


def test_a_public_address_where_nothing_answers_is_told(healthy, settings):
    settings.PUBLIC_URL = "http://127.0.0.1:1"
    assert "Nothing answers at http://127.0.0.1:1" in seen()["address"]


def test_a_disk_without_room_is_told(healthy, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: mock.Mock(free=10 * 2**20, total=2**40))
    assert "Make room" in seen()["disk"]


def test_secrets_that_others_can_read_are_told_by_name(healthy, settings):
    (settings.VAR_DIR / "secrets" / "SECRET_KEY").chmod(0o644)
    assert "Others can read SECRET_KEY. Run `chmod 600`" in seen()["secrets"]


def test_files_that_were_not_collected_are_told(healthy, monkeypatch):
    finder = mock.Mock(list=lambda _: [("new.css", None)])
    monkeypatch.setattr(doctor, "get_finders", lambda: [finder])
    assert seen()["static files"].startswith("1 are not collected, new.css among them. Run `python manage.py collect")


def test_a_span_is_told_in_a_unit_of_which_there_are_two():
    spans = [doctor._span(timedelta(seconds=size)) for size in (0, 119, 120, 7199, 7200, 172_800)]
    assert spans == ["0 seconds", "119 seconds", "2 minutes", "119 minutes", "2 hours", "2 days"]
