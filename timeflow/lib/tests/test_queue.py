"""A broker that fails delays nobody: what it does not take is left to the sweeper."""

import os
import socket
import subprocess
import sys

from django.conf import settings

ENQUEUE_TWICE = """
import django
django.setup()
from timeflow.lib.queue import enqueue
enqueue("timeflow.lib.tasks.sweep_errands")
enqueue("timeflow.lib.tasks.sweep_errands")
"""


def connections_made_to(listening: socket.socket) -> int:
    listening.setblocking(False)
    made = 0
    try:
        while True:
            listening.accept()[0].close()
            made += 1
    except BlockingIOError:
        return made


def test_a_broker_that_takes_connections_and_never_answers_is_given_up_and_left_alone_for_a_while(tmp_path):
    ours = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "timeflow.settings", "VAR_DIR": str(tmp_path)}
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        redis = f"redis://127.0.0.1:{frozen.getsockname()[1]}/0"
        sent = subprocess.run(
            [sys.executable, "-c", ENQUEUE_TWICE],
            cwd=settings.BASE_DIR,
            env=ours | {"REDIS_URL": redis},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        made = connections_made_to(frozen)
    assert sent.returncode == 0, sent.stderr
    assert sent.stderr.count("The broker did not take") == 1
    assert made == 1
