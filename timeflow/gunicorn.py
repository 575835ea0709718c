"""What gunicorn is told: `gunicorn --config python:timeflow.gunicorn`."""

import signal
import threading
from types import FrameType
from typing import Any

from timeflow.lib.health import drain
from timeflow.settings import DRAIN_SECONDS, LOGGING

logconfig_dict = LOGGING
# Nobody says by a header under which path this runs (SCRIPT_NAME), or how it was reached but by X-Forwarded-Proto.
forwarder_headers = ""
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}


def post_worker_init(worker: Any) -> None:
    """Asked to stop, a worker says that it is not ready while it goes on serving, so that nobody is sent to it."""

    def leave(number: int, frame: FrameType | None) -> None:
        drain()
        stop = threading.Timer(DRAIN_SECONDS, worker.handle_exit, (number, frame))
        stop.daemon = True
        stop.start()

    signal.signal(signal.SIGTERM, leave)
    signal.siginterrupt(signal.SIGTERM, False)
