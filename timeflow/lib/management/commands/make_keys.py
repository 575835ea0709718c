"""`manage.py make_keys`: fresh secrets as lines for an environment file; nothing else is printed."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from timeflow.lib.keys import KeySet, fresh_key_set, with_fresh_key
from timeflow.lib.secrets import KEY_SETS, SECRETS, fresh_text


class Command(BaseCommand):
    help = "Print fresh secrets, or a set of keys with a fresh one in front, ready for an environment file."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        wish = parser.add_mutually_exclusive_group()
        wish.add_argument("--only", choices=SECRETS, help="just this one")
        wish.add_argument("--rotate", choices=KEY_SETS, help="the set in use, with a fresh key in front")

    def handle(self, *args: Any, **options: Any) -> None:
        if name := options["rotate"]:
            present = getattr(settings, name)
            if not isinstance(present, KeySet):
                raise CommandError(f"{name} comes from {type(present).__name__}; rotate it there.")
            self._print(name, with_fresh_key(present).written())
            return
        for name in [options["only"]] if options["only"] else SECRETS:
            self._print(name, fresh_key_set() if name in KEY_SETS else fresh_text())

    def _print(self, name: str, value: str) -> None:
        self.stdout.write(f"{name}={value}")
