"""`manage.py restore FILE`: a backup takes the place of the database, while nothing else runs."""

from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from timeflow.lib.backup import BackupRefused, Wish, keys_in_backup, play_back
from timeflow.lib.databases import past_the_pool


class Command(BaseCommand):
    help = "Play a backup back. Stop web, worker and beat first. Whatever fails leaves the database as it was."
    # They may ask a database that is not there yet.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--replace", action="store_true", help="put it in the place of the database that is there")
        words = "accounts that were erased (erased-accounts.txt beside the backup)"
        parser.add_argument("--erased", metavar="LIST", type=Path, help=words)
        parser.add_argument("--without-keys", action="store_true", help="go on although keys that it needs are lost")
        parser.add_argument(
            "--show-keys", action="store_true", help="only print FIELD_KEYS with the keys that lie in it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        try:
            if options["show_keys"]:
                self.stdout.write(f"FIELD_KEYS={keys_in_backup(path, self._passphrase)}")
                return
            wish = Wish(path, options["erased"], options["replace"], options["without_keys"])
            with past_the_pool():
                for words in play_back(wish, now=timezone.now()):
                    self.stdout.write(words)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from None
        except (DatabaseError, OSError) as error:
            raise CommandError(f"It failed, and the former database is as it was: {error}") from error
        self.stdout.write("Start web, worker and beat again.")

    def _passphrase(self) -> str:
        try:
            return settings.BACKUP_PASSPHRASE or getpass("Passphrase: ")
        except (EOFError, OSError):
            raise CommandError("Nobody is there to type a passphrase. Set BACKUP_PASSPHRASE instead.") from None
