"""`manage.py rotate_field_keys`: everything sealed under an older key is put under the first key of FIELD_KEYS."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from timeflow.lib.sealed.rotation import keys_in_use, rotate


class Command(BaseCommand):
    help = "Seal everything anew under the first key of FIELD_KEYS. Runs beside traffic, as often as you like."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=200, help="rows in one transaction (200)")
        parser.add_argument("--dry-run", action="store_true", help="only count what lies under which key")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["batch"] < 1:
            raise CommandError("A batch has one row or more.")
        if not options["dry_run"]:
            for each in rotate(batch=options["batch"]):
                self.stdout.write(f"{each.place}: {each.done} of {each.found} rows sealed anew")
        self._report()

    def _report(self) -> None:
        keys = settings.FIELD_KEYS
        in_use = keys_in_use()
        for kid, count in sorted(in_use.items(), key=lambda entry: entry[0] or ""):
            if kid == keys.primary:
                words = "the primary key"
            elif kid is None:
                words = "damaged: no key is named"
            else:
                words = "to be sealed anew" if keys.get(kid) else "this key is gone"
            self.stdout.write(f"{count} values under {kid or '?'}: {words}")
        if not any(kid and kid != keys.primary for kid in in_use):
            self.stdout.write(f"Nothing needs another key than {keys.primary}.")
