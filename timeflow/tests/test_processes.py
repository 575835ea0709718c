"""`python -m timeflow`: what it says when it cannot start, and that what it starts is told to stop."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from timeflow.lib.keys import fresh_key_set
from timeflow.lib.secrets import KEY_SETS, SECRETS, SecretRefused, Vault
from timeflow.lib.starting import held
from timeflow.processes import COMMANDS
from timeflow.tests.test_web_process import said, until

PUBLIC = {"PUBLIC_URL": "https://tf.example"}


COMMAND = [sys.executable, "-m", "timeflow"]
TOLD = {"cwd": settings.BASE_DIR, "text": True}


def started(role: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, role], env=only(**variables), **TOLD, capture_output=True, timeout=60, check=False)


def only(**variables: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], **variables}


def test_an_unknown_role_is_refused_with_the_names_of_those_there_are():
    ended = started("webb")
    assert ended.returncode == 2
    assert "no role “webb”" in ended.stdout
    assert "web, worker, beat, migrate, all" in ended.stdout


@pytest.mark.parametrize("role", [*COMMANDS, "migrate", "all"])
def test_a_public_installation_without_secrets_ends_with_one_sentence_whatever_its_role(role):
    ended = started(role, **PUBLIC)
    assert ended.returncode == 1
    assert "SECRET_KEY is not set." in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


@pytest.fixture
def closed_folder(tmp_path):
    """One in which nothing can be made, even by root: it is a file's."""
    (tmp_path / "file").touch()
    return tmp_path / "file" / "var"


@pytest.mark.parametrize("role", [*COMMANDS, "all"])
def test_a_folder_for_data_that_cannot_be_written_is_named_with_the_reason_and_the_way_out(role, closed_folder):
    ours = {name: fresh_key_set() if name in KEY_SETS else f"{name}-" * 9 for name in SECRETS}
    ended = started(role, DATA_DIR=str(closed_folder), **ours)
    assert ended.returncode == 1
    assert f"{closed_folder} cannot be written: Not a directory." in ended.stdout + ended.stderr
    assert "DATA_DIR" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_secret_that_cannot_be_kept_is_named_with_its_folder(closed_folder):
    with pytest.raises(SecretRefused, match=rf"{closed_folder}/secrets cannot be used: .* set SECRET_KEY"):
        Vault({}, closed_folder, is_public=False).text("SECRET_KEY")


def test_what_lives_in_one_place_may_make_its_own_secrets_though_it_is_public(tmp_path):
    first, again = (
        Vault({}, tmp_path, is_public=True, makes_own=True).text("SECRET_KEY") for _ in ("a start", "the next")
    )
    assert first == again


@pytest.mark.parametrize(("redis", "code"), [("", 0), ("redis://127.0.0.1:1/0", 1)])
def test_what_is_public_makes_its_own_secrets_only_where_all_its_processes_share_them(tmp_path, redis, code):
    variables = {"DATA_DIR": str(tmp_path), "SELF_CONTAINED": "on", "REDIS_URL": redis, **PUBLIC}
    read = [sys.executable, "-c", "import timeflow.settings"]
    assert subprocess.run(read, env=only(**variables), **TOLD, capture_output=True, check=False).returncode == code
    assert (tmp_path / "secrets").exists() is (code == 0)


@pytest.fixture
def all_in_one(tmp_path, unused_port):
    variables = {"DATA_DIR": str(tmp_path / "data"), "PORT": str(unused_port), "SELF_CONTAINED": "on", **PUBLIC}
    with open(tmp_path / "log", "w") as log:
        running = subprocess.Popen(
            COMMAND, env=only(**variables), **TOLD, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield running, unused_port, tmp_path
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()


@pytest.fixture
def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_all_in_one_needs_no_variable_but_its_address_and_keeps_what_it_writes_to_itself(all_in_one):
    running, port, folder = all_in_one
    until(lambda: said(port, "/readyz") == (200, "ok"), 60)
    until(lambda: f"TimeFlow is at {PUBLIC['PUBLIC_URL']}" in (folder / "log").read_text())
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=40) == 0
    made = list((folder / "data").rglob("*"))
    assert {path.name for path in made} >= {"SECRET_KEY", "timeflow.sqlite3", "messages"}
    assert not [path for path in made if path.stat().st_mode & 0o077]


# Becomes, as the first process of a container is, whoever inherits the processes that others leave behind.
HEIR = r"""
import ctypes, sys
ctypes.CDLL(None, use_errno=True).prctl(36, 1)
from timeflow.processes import run_together
leave = "import os, subprocess; p = subprocess.Popen(['sleep', '0.2']); os.write(1, b'%d\\n' % p.pid)"
child = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {leave!r}]); time.sleep(600)"
commands = {"web": [sys.executable, "-c", child]}
sys.exit(run_together(commands, is_serving=lambda: False, on_serving=lambda: None, patience=8))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process inherit others")
def test_what_others_leave_behind_does_not_stay_among_the_dead():
    parent = subprocess.Popen([sys.executable, "-c", HEIR], **TOLD, stdout=subprocess.PIPE, start_new_session=True)
    try:
        orphan = int(parent.stdout.readline())
        until(lambda: not Path(f"/proc/{orphan}").exists())
        assert parent.poll() is None
    finally:
        parent.send_signal(signal.SIGTERM)
        assert parent.wait(timeout=30) == 0
        parent.stdout.close()


def test_a_second_one_on_the_same_database_is_refused_although_its_folder_is_another_one(tmp_path):
    database = tmp_path / "first" / "timeflow.sqlite3"
    with held(database.parent):
        second = started("all", DATA_DIR=str(tmp_path / "second"), DATABASE_URL=f"sqlite:///{database}")
    assert second.returncode == 1
    told = second.stdout + second.stderr
    assert f"TimeFlow is running already with the data in {database.parent}. Stop that one first." in told
    assert not database.exists()
