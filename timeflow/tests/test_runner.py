"""The children of `script/run`, with small programs in their place."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Runs two children that say their process ids and wait to be stopped.
PROGRAM = r"""
import sys
from timeflow.processes import run_together
wait = "import os, time; os.write(1, b'%d\\n' % os.getpid()); time.sleep(600)"
commands = {name: [sys.executable, "-c", wait] for name in ("web", "worker")}
sys.exit(run_together(commands, is_serving=lambda: False, on_serving=lambda: None, patience=8))
"""


@pytest.fixture
def together():
    """The running parent, and the process ids of its two children."""
    command = [sys.executable, "-c", PROGRAM]
    parent = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    children: list[int] = []
    try:
        children += [int(parent.stdout.readline()) for _ in range(2)]
        yield parent, children
    finally:
        for pid in (parent.pid, *children):
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        parent.wait()
        parent.stdout.close()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_stops_its_children_and_ends_well(together, number):
    parent, children = together
    parent.send_signal(number)
    assert parent.wait(timeout=30) == 0
    assert not any(map(is_alive, children))


@pytest.mark.parametrize("victim", [0, 1])
def test_if_one_child_dies_the_other_stops_and_the_code_says_so(together, victim):
    parent, children = together
    os.kill(children[victim], signal.SIGKILL)
    assert parent.wait(timeout=30) == 1
    assert not any(map(is_alive, children))
    assert "ended (code -9); stopping the others." in parent.stdout.read()


def start_with(port: str, *words: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PORT": port}
    command = [sys.executable, "-m", "timeflow.runner", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_port_that_is_in_use_is_refused_before_anything_is_done(taken_port):
    ended = start_with(str(taken_port))
    assert ended.returncode == 1
    assert f"Port {taken_port} cannot be used: Address already in use." in ended.stdout
    assert ended.stderr == ""


@pytest.fixture
def taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
def unused_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.mark.parametrize("written", ["0", "65535", "-1", "eighty", ""])
def test_a_port_that_is_no_port_is_refused_with_the_reason(written):
    ended = start_with(written)
    assert ended.returncode == 1
    assert f"PORT is a number from 1 to 65534, not “{written}”." in ended.stdout


def test_a_second_one_on_the_same_data_is_refused_before_it_touches_them():
    program = "from django.conf import settings; from timeflow.lib.starting import alone_in; "
    program += "alone_in(settings.VAR_DIR); print('held', flush=True); input()"
    first = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "timeflow.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        # Nothing, if somebody serves these data already: they are held then, too.
        first.stdout.readline()
        second = start_with("8009")
    finally:
        first.communicate("\n")
    assert second.returncode == 1
    assert "TimeFlow is running already with the data in" in second.stdout


def test_a_stand_in_for_google_wants_a_free_port_of_its_own(taken_port, unused_port):
    ended = start_with(str(unused_port), "--fake-google", str(taken_port))
    assert ended.returncode == 1
    assert f"Port {taken_port} cannot be used" in ended.stdout
    assert f"script/run --fake-google {taken_port + 1}" in ended.stdout
    assert "--fake-google is a number" in start_with(str(unused_port), "--fake-google", "here").stdout
    assert "another port than TimeFlow's" in start_with(str(unused_port), "--fake-google", str(unused_port)).stdout
