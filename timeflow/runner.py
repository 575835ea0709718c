"""The one command that runs TimeFlow on one's own machine: prepare the database, then web, worker and beat together.

`script/run` ends here. The children share this process's fate: Ctrl-C stops all of them, and if one dies the others
are stopped and the exit code says so.
"""

import argparse
import os
import secrets
import socket
import sys

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.urls import reverse

from timeflow.lib.starting import StartRefused
from timeflow.processes import COMMANDS, answers, prepare, run_together, say

STAND_IN = [sys.executable, "-m", "timeflow.fakes.google"]


def main() -> int:
    wish = _wish(sys.argv[1:])
    with_demo = not wish.no_demo
    # Everyday events are of no interest to somebody who looks at the terminal for the address.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    # Nor does anybody at a terminal like to wait.
    os.environ.setdefault("STOP_SECONDS", "5")
    os.environ["LISTEN_ON"] = "127.0.0.1"
    try:
        port = _free_port()
        google = _stand_in(port, wish.fake_google)
        _fill(with_demo=with_demo)
    except (CommandError, StartRefused) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    address = f"http://127.0.0.1:{port}"
    welcome = f"\nTimeFlow is at {address} (Ctrl-C stops it)."
    if not with_demo:
        welcome += f" Sign up at {address}{reverse('account_signup' if settings.PASSWORD_SIGN_IN else 'account_login')}"
        if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
            welcome += "\nLetters are printed here, the one with the link that confirms your address among them."
    if google:
        welcome += f"\nIts stand-in for Google is at http://127.0.0.1:{google}: connect a calendar and change it there."
    return run_together(
        {**COMMANDS, **({"google": [*STAND_IN, str(google)]} if google else {})},
        is_serving=lambda: answers(port) and (not google or answers(google)),
        on_serving=lambda: say(welcome),
        patience=settings.STOP_SECONDS + 3,
    )


def _wish(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/run", description="Serve TimeFlow on this machine.")
    parser.add_argument("--no-demo", action="store_true", help="do not make the demo person")
    parser.add_argument(
        "--fake-google",
        nargs="?",
        const="",
        metavar="PORT",
        help="run a stand-in for Google, too, and connect to it (at PORT + 1 if not said)",
    )
    return parser.parse_args(arguments)


def _stand_in(port: int, wish: str | None) -> int:
    """The port of a stand-in for Google, which the settings are told of; 0 without one. Raises `StartRefused`."""
    if wish is None:
        return 0
    google = _checked_port(wish or str(port + 1), "--fake-google", "script/run --fake-google {}")
    if google == port:
        raise StartRefused(f"--fake-google wants another port than TimeFlow's, {port}.")
    os.environ["GOOGLE_URL"] = f"http://127.0.0.1:{google}"
    os.environ["GOOGLE_CLIENT_ID"], os.environ["GOOGLE_CLIENT_SECRET"] = "timeflow", secrets.token_urlsafe()
    os.environ.setdefault("PASSWORD_SIGN_IN", "on")
    return google


def _free_port() -> int:
    """The number in PORT, 8000 without one. Raises `StartRefused` if something listens there."""
    return _checked_port(os.environ.setdefault("PORT", "8000"), "PORT", "PORT={} script/run")


def _checked_port(written: str, name: str, instead: str) -> int:
    if not written.isdecimal() or not 0 < int(written) < 65535:
        raise StartRefused(f"{name} is a number from 1 to 65534, not “{written}”.")
    port = int(written)
    with socket.socket() as probe:
        # As a server does, so that connections of the last run that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            hint = f"Stop what uses it, or choose another: {instead.format(port + 1)}"
            raise StartRefused(f"Port {port} cannot be used: {error.strerror}. {hint}") from error
    return port


def _fill(*, with_demo: bool) -> None:
    """Bring the database up to date; on the first start make the demo person; show their plan and how to sign in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeflow.settings")
    prepare()
    if with_demo:
        call_command("seed_demo")
        connections.close_all()


if __name__ == "__main__":
    sys.exit(main())
