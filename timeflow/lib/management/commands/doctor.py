"""`manage.py doctor`: what is wrong with this installation, and what to do."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from timeflow.lib.doctor import examine


class Command(BaseCommand):
    help = "Say in words what is wrong with this installation and what to do; exit code 1 if anything is."
    # It says them itself, one line each.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for finding in examine(timezone.now()):
            self.stdout.write(f"{finding.state:8} {finding.subject:13} {finding.words}")
            faults += finding.state == "wrong"
        self.stdout.write("" if not faults else f"\n{faults} {'thing is' if faults == 1 else 'things are'} wrong.")
        if faults:
            sys.exit(1)
