"""`manage.py backup`: one file that holds the whole database, beside traffic."""

from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from timeflow.lib.backup import FOLDER_NAME, BackupRefused, make_backup
from timeflow.lib.databases import past_the_pool


class Command(BaseCommand):
    help = "Write the whole database into one file, and the list of erased accounts beside it. Runs beside traffic."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", metavar="FOLDER", type=Path, help=f"where to (var/{FOLDER_NAME})")
        parser.add_argument("--keep", metavar="N", type=int, help="delete all but the newest N backups there")
        words = "put the field keys that it needs into it, under a passphrase (BACKUP_PASSPHRASE, or asked for)"
        parser.add_argument("--with-keys", action="store_true", help=words)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep takes 1 or more: the backup that is made is kept.")
        folder = options["to"] or self._own_folder()
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder. Make it first, so that nothing lands on the wrong disk.")
        passphrase = self._passphrase() if options["with_keys"] else None
        try:
            with past_the_pool():
                made = make_backup(folder=folder, now=timezone.now(), passphrase=passphrase, keep=options["keep"])
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from None
        except PermissionError:
            raise CommandError(f"{folder} cannot be written.") from None
        contents = made.manifest.contents
        size = made.path.stat().st_size
        self.stdout.write(f"{made.path}: {sum(contents.rows.values()):,} rows, {size:,} bytes.")
        if contents.field_keys:
            where = "are in it, under the passphrase" if passphrase else "are not in it; keep them elsewhere"
            self.stdout.write(f"The keys that it needs ({', '.join(contents.field_keys)}) {where}.")
        if made.lost_keys:
            self.stderr.write(f"FIELD_KEYS has no {', '.join(made.lost_keys)}: what it sealed opens nowhere any more.")
        for path in made.dropped:
            self.stdout.write(f"{path.name} was deleted.")

    def _own_folder(self) -> Path:
        folder = settings.VAR_DIR / FOLDER_NAME
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _passphrase(self) -> str:
        if settings.BACKUP_PASSPHRASE:
            return settings.BACKUP_PASSPHRASE
        try:
            first, second = getpass("Passphrase: "), getpass("Once more: ")
        except (EOFError, OSError):
            raise CommandError("Nobody is there to type a passphrase. Set BACKUP_PASSPHRASE instead.") from None
        if first != second:
            raise CommandError("The two passphrases differ. No backup was made.")
        return first
