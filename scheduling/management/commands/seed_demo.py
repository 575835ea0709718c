"""`manage.py seed_demo`: the demo person, their planned fortnight, and how to sign in as them."""

import time
from argparse import ArgumentParser
from typing import Any

import tzlocal
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scheduling.services import demo
from timeflow.lib.secrets import SecretMissing, fresh_text, local_secret
from timeflow.lib.time import zone_names


class Command(BaseCommand):
    help = "Make the demo person once, in this machine's time zone; then show their plan and how to sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--time-zone", default=_zone_of_this_machine(), help="an IANA name, such as Europe/Berlin")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["time_zone"] not in zone_names():
            raise CommandError(f"{options['time_zone']} is not a time zone.")
        try:
            # Kept in var/, so that every start can say it; a public installation gets no such person.
            password = local_secret(
                settings.VAR_DIR, "DEMO_PASSWORD", allowed=not settings.IS_PUBLIC, make=lambda: fresh_text(9)
            )
        except SecretMissing as error:
            raise CommandError("A public installation gets no demo person.") from error
        demo.seed_demo(password=password, time_zone=options["time_zone"], now=timezone.now(), tick=time.perf_counter)
        call_command("show_plan", email=demo.EMAIL, stdout=self.stdout)
        self.stdout.write(f"\nSign in as {demo.EMAIL} with the password {password}")


def _zone_of_this_machine() -> str:
    name = tzlocal.get_localzone_name()
    return name if name in zone_names() else "UTC"
