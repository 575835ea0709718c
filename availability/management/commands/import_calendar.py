"""`manage.py import_calendar FILE|- --email alice@example.com`: an .ics file as a calendar of that person."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import User
from availability.errors import FileRefused
from availability.services.imports import import_calendar
from timeflow.lib.errors import Refusal


class Command(BaseCommand):
    help = "Import the calendar in FILE (- for standard input). Exit code 2 and a list of what is wrong if refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE|-")
        parser.add_argument("--email", required=True, help="whose calendar it becomes")
        parser.add_argument("--name", default="", help="what to call it; without it, as the file says")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            raw = sys.stdin.buffer.read() if options["file"] == "-" else Path(options["file"]).read_bytes()
            user = User.objects.get(email__iexact=options["email"])
            file_name = "" if options["file"] == "-" else Path(options["file"]).name
            report = import_calendar(user=user, raw=raw, name=options["name"], file_name=file_name, now=timezone.now())
        except OSError as error:
            self._refuse([f"{options['file']}: {error.strerror}"])
        except User.DoesNotExist:
            self._refuse([f"Nobody has an account with {options['email']}."])
        except FileRefused as refusal:
            self._refuse([f"line {each['line']}: {each['reason']} {each['uid']}".strip() for each in refusal.problems])
        except Refusal as refusal:
            self._refuse([refusal.detail])
        else:
            self.stdout.write(f"{report.words}.")
            for note in report.notes:
                self.stdout.write(note)

    def _refuse(self, reasons: list[str]) -> None:
        for reason in reasons:
            self.stderr.write(reason)
        sys.exit(2)
