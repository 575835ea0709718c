"""`manage.py settings_page > docs/SETTINGS.md`: every environment variable, as its table in code declares it."""

from typing import Any

from django.core.management.base import BaseCommand

from timeflow.lib.variables import page


class Command(BaseCommand):
    help = "Print docs/SETTINGS.md: every environment variable, what holds without it, and what it means."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")
