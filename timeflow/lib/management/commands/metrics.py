"""`manage.py metrics`: what `/metrics` says, for a machine without a web process, or to look at."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from timeflow.lib.condition import find_condition
from timeflow.lib.metrics.gauges import gauges
from timeflow.lib.metrics.together import as_text, counted


class Command(BaseCommand):
    help = "Print what this machine's processes counted and how things stand, in the form that Prometheus reads."

    def handle(self, *_args: Any, **_options: Any) -> None:
        condition = find_condition(timezone.now(), time.perf_counter)
        self.stdout.write(as_text(counted(settings.METRICS_DIR), gauges(condition)), ending="")
