"""The Celery application: its settings are the `CELERY_*` ones of timeflow.settings."""

import contextlib
import os
from logging.config import dictConfig
from pathlib import Path

from celery import Celery
from celery.signals import (
    beat_init,
    celeryd_init,
    setup_logging,
    task_failure,
    task_postrun,
    task_prerun,
    worker_init,
    worker_ready,
)
from django.apps import apps
from django.conf import settings

from timeflow.lib import signals
from timeflow.lib.metrics.together import count_together

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeflow.settings")
app = Celery("timeflow")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_elsewhere(**_kwargs):
    """In place of Celery's own configuration. Beat begins to log before Django is there, which does this elsewhere."""
    if not apps.ready:
        dictConfig(settings.LOGGING)


@worker_init.connect
@beat_init.connect
def look_around_first(**_kwargs):
    # Not before the apps are there.
    from timeflow.lib.checks.before_start import look_around  # noqa: PLC0415

    look_around()


@worker_init.connect
def let_pages_go_first(**_kwargs):
    """Where a worker shares its processors with web processes, a search takes what these leave.

    Linux compares sessions first (sched(7), autogroups): a worker with a session of its own makes that one nice too.
    """
    os.nice(10)
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text("10")


@celeryd_init.connect
@beat_init.connect
def count_as_elsewhere(**_kwargs):
    """What workers and beat count is told by whoever on this machine is asked."""
    count_together(settings.METRICS_DIR)


task_prerun.connect(signals.begin_task)
task_failure.connect(signals.tell_failure)
task_postrun.connect(signals.tell_task)


@worker_ready.connect
def sweep_on_start(**_kwargs):
    """Work left behind by a worker that was killed is taken up at once, not at the next beat."""
    app.send_task("scheduling.tasks.sweep_jobs")
    app.send_task("timeflow.lib.tasks.sweep_errands")
