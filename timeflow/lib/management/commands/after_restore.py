"""`manage.py after_restore`: run once after a backup was played back, before people come in again."""

from argparse import ArgumentParser, FileType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from timeflow.lib.ids import as_id
from timeflow.lib.restore import Restored, put_right


class Command(BaseCommand):
    help = "End all sessions, drop what is out of date, and erase again who was erased since the backup was made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = "accounts erased since the backup, a line each that begins with the id; - is standard input"
        parser.add_argument("--erased", metavar="FILE|-", type=FileType(), help=words)

    def handle(self, *args: Any, **options: Any) -> None:
        lines = options["erased"].read().splitlines() if options["erased"] else []
        written = [line.split()[0] for line in lines if line.strip()]
        erased = {text: as_id(text) for text in written}
        if unknown := [text for text, found in erased.items() if found is None]:
            raise CommandError(f"Not an id of an account: {', '.join(unknown)}. Nothing was done.")
        restored = Restored(now=timezone.now(), erased=frozenset(found for found in erased.values() if found))
        for words in put_right(restored):
            self.stdout.write(words)
