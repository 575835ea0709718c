"""`manage.py solve FILE|-`: one planning problem in JSON in, its plan in JSON out."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from scheduling.domain.planner import InvalidProblem, solve


class Command(BaseCommand):
    help = "Plan the problem in FILE (- for standard input) and print the plan. Exit code 2 and a list if it is wrong."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE|-")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = sys.stdin.buffer.read() if options["file"] == "-" else Path(options["file"]).read_bytes()
        except OSError as error:
            self.stderr.write(f"{options['file']}: {error.strerror}")
            sys.exit(2)
        try:
            result = solve(text, tick=time.perf_counter)
        except InvalidProblem as refusal:
            for fault in refusal.errors:
                self.stderr.write(f"{fault.field}: {fault.reason}" if fault.field else fault.reason)
            sys.exit(2)
        self.stdout.write(json.dumps(result, indent=2, ensure_ascii=False))
