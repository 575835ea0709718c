"""`manage.py forget_field_key KID`: gives up what only a lost key could open."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from timeflow.lib.sealed.rotation import forget_key


class Command(BaseCommand):
    help = "Give up what is sealed under the key KID: its values are cleared, and people are asked to connect again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kid", metavar="KID")
        parser.add_argument("--batch", type=int, default=200, help="rows in one transaction (200)")

    def handle(self, *args: Any, **options: Any) -> None:
        kid = options["kid"]
        if options["batch"] < 1:
            raise CommandError("A batch has one row or more.")
        if kid == settings.FIELD_KEYS.primary:
            raise CommandError(f"{kid} is the key that seals what is new. Put another in front of it first.")
        total = 0
        for each in forget_key(kid, batch=options["batch"], now=timezone.now()):
            total += each.done
            self.stdout.write(f"{each.place}: {each.done} of {each.found} rows given up")
        self.stdout.write(f"{total} rows under {kid} were given up." if total else f"Nothing is sealed under {kid}.")
