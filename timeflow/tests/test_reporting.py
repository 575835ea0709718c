"""What is told to Sentry and to a collector of traces: what went wrong, how long it took, never what was sent.

A stand-in keeps what it is sent; TimeFlow runs in a process of its own, as settings are read once.
"""

import gzip
import importlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings

# Signing in to a database without tables goes wrong. Nobody has collected static files for this process.
BREAK = """
import django; django.setup()
from django.conf import settings
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
from django.test import Client
from celery import current_app
client = Client(raise_request_exception=False, headers={"User-Agent": "Zahnarzt/1", "Authorization": "Basic Zahnarzt"})
client.cookies["tf_at"] = "Zahnarzt"
sent = {"login": "zahnarzt@mail.example", "password": "Zahnarzt"}
assert client.post("/accounts/login/?next=/Zahnarzt", sent).status_code == 503
current_app.conf.task_always_eager = True
current_app.loader.import_default_modules()
current_app.tasks["scheduling.tasks.repair"].apply(args=["Zahnarzt"])
"""
# Sentry packs by what it finds among the packages.
UNPACKED = {None: bytes, "gzip": gzip.decompress, "br": lambda body: importlib.import_module("brotli").decompress(body)}
FLUSH = {"SENTRY_DSN": "import sentry_sdk; sentry_sdk.flush()", "OTEL_EXPORTER_OTLP_ENDPOINT": ""}


class StandIn(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Keeper)
        self.told: list[bytes] = []
        self.headers: list[str] = []

    @property
    def text(self) -> str:
        return b"\n".join(self.told).decode(errors="replace")


class Keeper(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(UNPACKED[self.headers.get("Content-Encoding")](body))
        self.server.headers.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    server = StandIn()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(tmp_path, script: str, **variables: str) -> subprocess.CompletedProcess:
    nothing = {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}", "DJANGO_SETTINGS_MODULE": "timeflow.settings"}
    environment = {**os.environ, "REDIS_URL": "", "ALLOWED_HOSTS": "testserver", **nothing, **variables}
    command = [sys.executable, "-c", script]
    return subprocess.run(
        command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60, check=False
    )


def test_sentry_hears_of_an_error_the_way_to_it_and_nothing_that_was_sent(stand_in, tmp_path):
    done = run(tmp_path, BREAK + FLUSH["SENTRY_DSN"], SENTRY_DSN=f"http://public@127.0.0.1:{stand_in.server_port}/1")
    assert done.returncode == 0, done.stderr[-2000:]
    assert '"type":"OperationalError"' in stand_in.text
    assert '"function":' in stand_in.text
    assert '"request_id":' in stand_in.text
    assert "timeflow@0.1.0" in stand_in.text
    for told in ("zahnarzt", "Cookie", "User-Agent", "vars", "context_line", "server_name"):
        assert told.lower() not in stand_in.text.lower(), told


def test_a_collector_hears_of_routes_and_tasks_and_nothing_that_was_sent(stand_in, tmp_path):
    done = run(tmp_path, BREAK, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{stand_in.server_port}")
    assert done.returncode == 0, done.stderr[-2000:]
    assert {*stand_in.headers} == {"/v1/traces"}
    assert "http.route" in stand_in.text
    assert "scheduling.tasks.repair" in stand_in.text
    for told in ("zahnarzt", "user_agent", "http.url", "http.target", "net.peer", "no such table", "127.0.0.1"):
        assert told.lower() not in stand_in.text.lower(), told


@pytest.mark.parametrize("variable", ["SENTRY_DSN", "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_what_is_no_address_is_refused_without_repeating_it(tmp_path, variable):
    done = run(tmp_path, "import django; django.setup()", **{variable: "wrong-and-secret"})
    assert f"ImproperlyConfigured: {variable} is not an address" in done.stderr
    assert done.stderr.strip().splitlines()[-1].count("wrong-and-secret") == 0


@pytest.mark.parametrize(
    ("variable", "package"), [("SENTRY_DSN", "sentry_sdk"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry")]
)
def test_a_variable_without_its_packages_stops_the_start_with_what_to_do(tmp_path, variable, package):
    script = f"import sys; sys.modules['{package}'] = None; import django; django.setup()"
    done = run(tmp_path, script, **{variable: "http://public@127.0.0.1:1/1"})
    assert done.returncode != 0
    assert f"{variable} is set, but its packages are not here." in done.stderr
    assert "requirements-extras.txt" in done.stderr


def test_neither_is_even_read_by_an_installation_that_names_no_such_server(tmp_path):
    say = (
        "import django, sys; django.setup(); print([m for m in sys.modules if m.startswith('timeflow.lib.reporting.')])"
    )
    assert run(tmp_path, say, SENTRY_DSN="", OTEL_EXPORTER_OTLP_ENDPOINT="").stdout == "[]\n"
