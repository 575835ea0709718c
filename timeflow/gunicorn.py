"""What gunicorn is told; `gunicorn.conf.py` hands it over. The command line may say otherwise."""

import os
import signal
import sys
import threading
from types import FrameType
from typing import Any

from gunicorn.arbiter import Arbiter

from timeflow.lib.health import drain
from timeflow.lib.metrics.together import count_together
from timeflow.lib.starting import StartRefused
from timeflow.settings import (
    DRAIN_SECONDS,
    LISTEN_ON,
    LOGGING,
    METRICS_DIR,
    PORT,
    REDIS_URL,
    STOP_SECONDS,
    TRUSTED_PROXIES,
    WEB_CONCURRENCY,
)

bind = f"[{LISTEN_ON}]:{PORT}" if ":" in LISTEN_ON else f"{LISTEN_ON}:{PORT}"
workers = WEB_CONCURRENCY
graceful_timeout = STOP_SECONDS
# Whose word is taken for how a request came.
forwarded_allow_ips = ",".join(map(str, TRUSTED_PROXIES))
# Memory, so that a slow disk is not taken for a worker that hangs.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # gunicorn makes it safely
logconfig_dict = LOGGING
loglevel = LOGGING["root"]["level"].lower()
worker_class = "timeflow.lib.web_worker.WebWorker"
threads = 8
# Seconds for which a connection waits for its next request: longer than a proxy keeps its own (Caddy 120, nginx 60), or
# it would be closed at the moment at which the proxy sends one.
keepalive = 150
control_socket_disable = True
# A worker makes room for a fresh one after so many requests, as `icalendar` keeps for ever each time zone that a file
# brings. Without Redis it goes on: what it counts and who is signing in would be forgotten with it.
max_requests, max_requests_jitter = (5_000, 1_000) if REDIS_URL else (0, 0)


def on_starting(server: Any) -> None:
    """One process counts rate limits in its own memory; several would each count for themselves."""
    if server.cfg.workers > 1 and not REDIS_URL:
        sys.exit(
            "More than one web process needs REDIS_URL, or rate limits would not hold. Use --workers 1 --threads 8."
        )


# Nobody says by a header under which path this runs (SCRIPT_NAME), or how it was reached but by X-Forwarded-Proto.
forwarder_headers = ""
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}


def post_fork(_server: Any, _worker: Any) -> None:
    """Before the worker reads the application, which then counts where all of them do."""
    count_together(METRICS_DIR)


def post_worker_init(worker: Any) -> None:
    """Look around before the first request; and see that a worker that is to stop says so while it goes on serving."""
    # Not before: it knows Django, which gunicorn's master does not, so that new code is there after a reload.
    from timeflow.lib.checks.before_start import look_around  # noqa: PLC0415

    try:
        look_around()
    except StartRefused as refusal:
        worker.log.critical(str(refusal))
        # Else gunicorn would try again for ever.
        sys.exit(Arbiter.APP_LOAD_ERROR)

    def leave(number: int, frame: FrameType | None) -> None:
        drain()
        stop = threading.Timer(DRAIN_SECONDS, worker.handle_exit, (number, frame))
        stop.daemon = True
        stop.start()

    signal.signal(signal.SIGTERM, leave)
    signal.siginterrupt(signal.SIGTERM, False)
