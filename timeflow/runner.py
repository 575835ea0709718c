"""The one command that runs TimeFlow on one's own machine: prepare the database, then web, worker and beat together.

`script/run` ends here. The children share this process's fate: Ctrl-C stops all of them, and if one dies the others
are stopped and the exit code says so.
"""

import argparse
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Collection

import django
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.urls import reverse

from timeflow.lib.starting import StartRefused, alone_in

# Seconds that a child has to stop. A task cut short by then is taken up at the next start.
PATIENCE = 8


class CannotStart(Exception):
    """Why, in a sentence for whoever typed the command."""


def main() -> int:
    with_demo = not _wish(sys.argv[1:]).no_demo
    # Everyday events are of no interest to somebody who looks at the terminal for the address.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    try:
        port = _free_port()
        _prepare(with_demo=with_demo)
    except (CannotStart, CommandError, StartRefused) as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        _say("\nStopped.")
        return 130
    address = f"http://127.0.0.1:{port}"
    welcome = f"\nTimeFlow is at {address} (Ctrl-C stops it)."
    if not with_demo:
        welcome += f" Sign up at {address}{reverse('account_signup' if settings.PASSWORD_SIGN_IN else 'account_login')}"
        if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
            welcome += "\nLetters are printed here, the one with the link that confirms your address among them."
    return run_together(_commands(port), is_serving=lambda: _answers(port), on_serving=lambda: _say(welcome))


def _wish(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/run", description="Serve TimeFlow on this machine.")
    parser.add_argument("--no-demo", action="store_true", help="do not make the demo person")
    return parser.parse_args(arguments)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _free_port() -> int:
    """The number in PORT, 8000 without one. Raises `CannotStart` if something listens there."""
    written = os.environ.setdefault("PORT", "8000")
    if not written.isdecimal() or not 0 < int(written) < 65535:
        raise CannotStart(f"PORT is a number from 1 to 65534, not “{written}”.")
    port = int(written)
    with socket.socket() as probe:
        # As a server does, so that connections of the last run that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            hint = f"Stop what uses it, or choose another: PORT={port + 1} script/run"
            raise CannotStart(f"Port {port} cannot be used: {error.strerror}. {hint}") from error
    return port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def _prepare(*, with_demo: bool) -> None:
    """Bring the database up to date; on the first start make the demo person; show their plan and how to sign in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeflow.settings")
    alone_in(settings.VAR_DIR)
    django.setup()
    call_command("migrate", verbosity=0)
    if with_demo:
        call_command("seed_demo")
    connections.close_all()


def _commands(port: int) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    # What it warns of, running anybody's pickles as root, does not apply: messages are JSON.
    quietly = ["-W", "ignore:You're running the worker with superuser"]
    celery = [sys.executable, *quietly, "-m", "celery", "--quiet", "-A", "timeflow"]
    return {
        "web": [
            *(*python, "gunicorn", "timeflow.wsgi"),
            *("--bind", f"127.0.0.1:{port}", "--log-level", "warning"),
            *("--workers", "1", "--graceful-timeout", "5"),
            # No proxy stands before it, so nobody's word is taken for where a request came from.
            *("--forwarded-allow-ips", ""),
        ],
        "worker": [
            *(*celery, "worker", "-P", "threads", "-c", "2", "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""],
    }


def run_together(
    commands: dict[str, list[str]], *, is_serving: Callable[[], bool], on_serving: Callable[[], None]
) -> int:
    """Run until SIGINT, SIGTERM or SIGHUP (returns 0) or until a child ends (returns 1). No child outlives the call."""
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
            for name, child in children.items():
                if child.poll() is not None:
                    _say(f"\n{name} ended (code {child.returncode}); stopping the others.")
                    return 1
            if not has_announced and is_serving():
                on_serving()
                has_announced = True
        _say("\nStopping.")
        return 0
    finally:
        _stop_all(children.values())


def _stop_all(children: Collection[subprocess.Popen[bytes]]) -> None:
    for child in children:
        _signal_group(child, signal.SIGTERM)
    for child in children:
        try:
            child.wait(PATIENCE)
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


if __name__ == "__main__":
    sys.exit(main())
