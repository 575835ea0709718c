"""The processes that TimeFlow consists of: how each is started, and how they run together as children of one.

What they are told besides lies in timeflow.settings and timeflow.gunicorn, so it is the same whoever starts them:
`script/run`, a container, a service manager.
"""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NoReturn

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from timeflow.lib.databases import POSTGRES
from timeflow.lib.starting import StartRefused, alone_in

# What Celery warns of, running anybody's pickles as root, does not apply: messages are JSON.
_QUIETLY = ["-W", "ignore:You're running the worker with superuser"]
_CELERY = [sys.executable, *_QUIETLY, "-m", "celery", "--quiet", "-A", "timeflow"]
COMMANDS = {
    "web": [sys.executable, "-m", "gunicorn", "timeflow.wsgi"],
    # Workers need not know each other.
    "worker": [*_CELERY, "worker", "--without-gossip", "--without-mingle", "--without-heartbeat"],
    # Without a file that would stop the next one after this one was killed.
    "beat": [*_CELERY, "beat", "--pidfile", ""],
}
"""The program and arguments of each, to be started in the folder that holds `gunicorn.conf.py`."""


def become(name: str) -> NoReturn:
    """Be one of `COMMANDS` from here on, so that signals reach it. Raises `StartRefused`."""
    if name == "beat" or not settings.REDIS_URL:
        make_room()
    if name == "worker" and settings.REDIS_URL:
        # Celery's name for: SIGTERM bounds what is finished by CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT. Threads cannot be
        # interrupted, so that without Redis it waits until it is killed; what was cut short is taken up by a sweeper.
        os.environ["REMAP_SIGTERM"] = "SIGQUIT"
    os.chdir(settings.BASE_DIR)
    os.execv(COMMANDS[name][0], COMMANDS[name])  # noqa: S606  # our own


def make_room() -> None:
    """Make the folders that processes write to. Raises `StartRefused` where that is not possible."""
    folder = settings.VAR_DIR
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in ("messages", "control"):
            (folder / "broker" / part).mkdir(parents=True, exist_ok=True)
        trial = folder / f".trial.{os.getpid()}"
        trial.touch()
        trial.unlink()
    except OSError as error:
        owner = f"{os.geteuid()}:{os.getegid()}"
        hint = f"Let it belong to the user who runs TimeFlow (chown -R {owner}), or name another folder in DATA_DIR."
        raise StartRefused(f"{folder} cannot be written: {error.strerror}. {hint}") from error


def prepare() -> None:
    """Make room for what runs on this machine alone, and bring its database up to date. Raises `StartRefused`."""
    make_room()
    # The database may lie elsewhere, and another one's folder for everything else too.
    for folder in {settings.VAR_DIR.resolve(), *_folder_of_database()}:
        alone_in(folder)
    django.setup()
    call_command("migrate", verbosity=0)
    connections.close_all()


def _folder_of_database() -> list[Path]:
    way = settings.DATABASES["default"]
    return [] if way["ENGINE"] == POSTGRES else [Path(way["NAME"]).resolve().parent]


def say(words: str) -> None:
    """For whoever looks on."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def answers(port: int) -> bool:
    """Whether the web process serves by now."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def run_together(
    commands: Mapping[str, list[str]],
    *,
    is_serving: Callable[[], bool],
    on_serving: Callable[[], None],
    patience: float,
) -> int:
    """Run until SIGINT, SIGTERM or SIGHUP (returns 0) or until a child ends (returns 1). No child outlives the call.

    `patience`: seconds that a child has to stop. A task cut short by then is taken up at the next start.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    # Each in a session of its own: the terminal's Ctrl-C reaches this process alone, which then stops them in order.
    children = {
        name: subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        for name, command in commands.items()
    }
    try:
        has_announced = False
        while not stop.wait(0.1):
            _bury({child.pid for child in children.values()})
            for name, child in children.items():
                if child.poll() is not None:
                    say(f"\n{name} ended (code {child.returncode}); stopping the others.")
                    return 1
            if not has_announced and is_serving():
                on_serving()
                has_announced = True
        say("\nStopping.")
        return 0
    finally:
        _stop_all(children.values(), patience)


def _bury(ours: Collection[int]) -> None:
    """The first process of a container inherits what others leave behind. The dead among `ours` are left to `poll`."""
    with contextlib.suppress(ChildProcessError):
        while (dead := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and dead.si_pid not in ours:
            os.waitpid(dead.si_pid, 0)


def _stop_all(children: Collection[subprocess.Popen[bytes]], patience: float) -> None:
    for child in children:
        _signal_group(child, signal.SIGTERM)
    for child in children:
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        finally:
            # Also what a killed child left behind, such as gunicorn's own workers.
            _signal_group(child, signal.SIGKILL)


def _signal_group(leader: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(leader.pid, number)
    except ProcessLookupError:
        return
