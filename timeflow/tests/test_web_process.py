"""A real web process: its log from the first line to the last, and how it stops."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings


def said(port: int, path: str, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": "10.1.2.3", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def until(condition, seconds: float = 20):
    """The first true answer of `condition`; refused connections are as good as none."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := condition():
                return found
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("it never came")


@pytest.fixture
def web(tmp_path):
    """A process that serves an empty database, with the port where it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    empty = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    environment = {**os.environ, "DATABASE_URL": empty, "LOG_FORMAT": "json", "LOG_LEVEL": "INFO", "DRAIN_SECONDS": "2"}
    command = [sys.executable, "-m", "gunicorn", "timeflow.wsgi"]
    command += ["--bind", f"127.0.0.1:{port}", "--threads", "2"]
    with open(tmp_path / "log", "w") as log:
        process = subprocess.Popen(
            command, env=environment, cwd=settings.BASE_DIR, stdout=log, stderr=log, start_new_session=True
        )
        try:
            until(lambda: said(port, "/healthz"))
            yield process, port, tmp_path / "log"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_it_says_that_it_is_about_to_stop_while_it_serves_and_every_line_of_its_log_can_be_read(web):
    process, port, log = web
    assert said(port, "/readyz") == (503, "migrations")
    assert said(port, "/api/nothing?secret=Dentist", Host="127.0.0.1")[0] == 404
    process.send_signal(signal.SIGTERM)
    assert until(lambda: said(port, "/readyz") == (503, "draining"), 2)
    assert said(port, "/healthz") == (200, "ok")
    assert process.wait(timeout=20) == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert all({"time", "level", "logger", "event"} <= set(line) for line in lines)
    assert [line["path"] for line in lines if line["event"] == "request"] == ["/api/nothing"]
    assert "Dentist" not in log.read_text()


@pytest.mark.parametrize(("redis", "asked"), [("redis://127.0.0.1:6379/0", (5_000, 1_000)), ("", (0, 0))])
def test_a_worker_is_replaced_in_time_but_not_where_it_alone_remembers(redis, asked):
    """What gunicorn itself reads, in a process of its own, since settings are read once."""
    say = "import timeflow.gunicorn as told; print(told.max_requests, told.max_requests_jitter)"
    environment = {**os.environ, "REDIS_URL": redis}
    told = subprocess.run(
        [sys.executable, "-c", say], env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert tuple(map(int, told.stdout.split())) == asked


def test_nobody_moves_it_below_another_path_by_a_header(web):
    """Rate limits go by the path, and so does what is answered without asking who it is."""
    _, port, _ = web
    assert said(port, "/api/x/healthz", Host="127.0.0.1", SCRIPT_NAME="/api/x")[0] == 404
    assert said(port, "/api/nothing", Host="127.0.0.1", PATH_INFO="/healthz")[0] == 404
