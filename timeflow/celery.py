"""The Celery application: its settings are the `CELERY_*` ones of timeflow.settings."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeflow.settings")
app = Celery("timeflow")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**_kwargs):
    """Celery would replace the log configuration of settings; this hook's presence keeps it from doing so."""


@worker_ready.connect
def sweep_on_start(**_kwargs):
    """Work left behind by a worker that was killed is taken up at once, not at the next beat."""
    app.send_task("scheduling.tasks.sweep_jobs")
    app.send_task("timeflow.lib.tasks.sweep_errands")
