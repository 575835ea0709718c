"""`manage.py import_tasks FILE|- --email alice@example.com`: a CSV file as tasks of that person."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import User
from availability.errors import FileRefused
from scheduling.services.task_import import import_tasks
from timeflow.lib.errors import Refusal


class Command(BaseCommand):
    help = "Import the tasks in FILE (- for standard input). Exit code 2 and a list of what is wrong if it is refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE|-")
        parser.add_argument("--email", required=True, help="whose tasks they become")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            raw = sys.stdin.buffer.read() if options["file"] == "-" else Path(options["file"]).read_bytes()
            user = User.objects.get(email__iexact=options["email"])
            found = import_tasks(user=user, raw=raw, now=timezone.now())
        except OSError as error:
            self._refuse([f"{options['file']}: {error.strerror}"])
        except User.DoesNotExist:
            self._refuse([f"Nobody has an account with {options['email']}."])
        except FileRefused as refusal:
            self._refuse([_line(problem) for problem in refusal.problems])
        except Refusal as refusal:
            self._refuse([refusal.detail])
        else:
            self.stdout.write(f"{found.edit.words}.")

    def _refuse(self, reasons: list[str]) -> None:
        for reason in reasons:
            self.stderr.write(reason)
        sys.exit(2)


def _line(problem: dict[str, object]) -> str:
    column = f", {problem['column']}" if problem["column"] else ""
    return f"line {problem['line']}{column}: {problem['reason']}"
