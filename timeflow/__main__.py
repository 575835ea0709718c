"""`python -m timeflow web|worker|beat|migrate|all`: one process of an installation, or all of a small one in one.

It is what the image runs, and what a service manager should; `script/run` is for one's own machine.
"""

import os
import signal
import sys
from typing import Never

import django
from django.conf import settings
from django.core.management import CommandError, call_command

from timeflow.processes import COMMANDS, answers, become, prepare, run_together, say

ROLES = (*COMMANDS, "migrate", "all")


def main() -> int:
    role, *rest = sys.argv[1:] or ["all"]
    if role not in ROLES or rest:
        say(f"There is no role “{' '.join([role, *rest])}”. Say python -m timeflow and one of: {', '.join(ROLES)}.")
        return 2
    # What is written is nobody else's to read.
    os.umask(0o077)
    # The first process of a container is not stopped by a signal that it does not take.
    signal.signal(signal.SIGTERM, _leave)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeflow.settings")
    try:
        return _run(role)
    except CommandError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def _leave(*_: object) -> Never:
    sys.exit(128 + signal.SIGTERM)


def _run(role: str) -> int:
    if role == "migrate":
        django.setup()
        call_command("migrate")
        return 0
    if role != "all":
        become(role)
    # Nobody else is there to be sent to meanwhile.
    os.environ.setdefault("DRAIN_SECONDS", "0")
    prepare()
    os.chdir(settings.BASE_DIR)
    return run_together(
        COMMANDS,
        is_serving=lambda: answers(settings.PORT),
        on_serving=lambda: say(f"TimeFlow is at {settings.PUBLIC_URL}"),
        patience=settings.STOP_SECONDS,
    )


if __name__ == "__main__":
    sys.exit(main())
