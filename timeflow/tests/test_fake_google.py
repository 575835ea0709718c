"""The stand-in as a process of its own, as `script/run --fake-google` starts it."""

import os
import signal
import socket
import subprocess

import pytest
import requests
from urllib3.util import Retry

from timeflow.fakes.google.people import MAYA
from timeflow.runner import STAND_IN


@pytest.fixture
def served():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {"PATH": os.environ["PATH"], "GOOGLE_CLIENT_ID": "ours", "GOOGLE_CLIENT_SECRET": "our secret"}
    with subprocess.Popen([*STAND_IN, str(port)], env=variables, stderr=subprocess.PIPE, text=True) as process:
        yield process, f"http://127.0.0.1:{port}"
        process.kill()


def test_it_serves_its_people_and_ends_when_it_is_told_to(served):
    process, url = served
    with requests.Session() as session:
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=Retry(connect=8, backoff_factor=0.1)))
        page = session.get(url, timeout=10).text
    assert MAYA in page
    assert "This is not Google." in page
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    assert process.stderr.read() == ""
