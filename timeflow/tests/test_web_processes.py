"""Rate limits across the web server's processes."""

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

GUNICORN = [sys.executable, "-m", "gunicorn"]
OURS = {"PATH": os.environ["PATH"], "TRUSTED_PROXIES": "127.0.0.0/8", "REDIS_URL": settings.REDIS_URL}


@pytest.fixture
def port():
    """Of two gunicorn workers that share one Redis. Whoever connects before they are up waits in the queue."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        bind = ["--bind", f"fd://{listening.fileno()}", "--workers", "2", "--threads", "4"]
        web = subprocess.Popen(
            [*GUNICORN, *bind, "timeflow.tests.limited_wsgi"],
            cwd=settings.BASE_DIR,
            env=OURS,
            pass_fds=[listening.fileno()],
            stderr=subprocess.DEVNULL,
        )
        try:
            yield listening.getsockname()[1]
        finally:
            web.send_signal(signal.SIGTERM)
            web.wait(timeout=30)


def ask(port: int, came_from: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/api/auth/csrf", headers={"X-Forwarded-For": came_from})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.skipif(not settings.REDIS_URL, reason="several web processes need Redis: set REDIS_URL")
def test_two_workers_count_together_so_that_of_a_hundred_at_once_exactly_ten_get_through(port):
    stranger = f"2001:db8:{secrets.randbits(16):x}:{secrets.randbits(16):x}::1"
    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda _: ask(port, stranger), range(100)))
    assert (got.count(200), got.count(429)) == (10, 90)


@pytest.mark.parametrize(("more", "variables"), [(["--workers", "2"], {}), ([], {"WEB_CONCURRENCY": "2"})])
def test_more_than_one_web_process_without_redis_is_refused_at_start_up(more, variables):
    started = subprocess.run(
        [*GUNICORN, *more, "--bind", "127.0.0.1:0", "timeflow.wsgi"],
        cwd=settings.BASE_DIR,
        env=OURS | {"REDIS_URL": ""} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode != 0
    assert "needs REDIS_URL" in started.stderr
