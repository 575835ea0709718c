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
        words = "the ids of accounts erased since the backup, one a line, - for standard input; the log names them"
        parser.add_argument("--erased", metavar="FILE|-", type=FileType(), help=words)

    def handle(self, *args: Any, **options: Any) -> None:
        written = options["erased"].read().split() if options["erased"] else []
        erased = {text: as_id(text) for text in written}
        if unknown := [text for text, found in erased.items() if found is None]:
            raise CommandError(f"Not an id of an account: {', '.join(unknown)}. Nothing was done.")
        restored = Restored(now=timezone.now(), erased=frozenset(found for found in erased.values() if found))
        for words in put_right(restored):
            self.stdout.write(words)
