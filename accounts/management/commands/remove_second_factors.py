"""Let somebody in again who lost their second step and its recovery codes, for operators."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.domain.callers import Caller
from accounts.selectors.ways_in import holder_of
from accounts.services.ways_in import remove_second_factors
from timeflow.lib.errors import Refusal


class Command(BaseCommand):
    help = "Remove the passkeys, the app and the recovery codes of a person, who then signs in with what is left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="whose they are; docs/DEPLOYMENT.md says how to be sure")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = holder_of(email)
        if user is None:
            raise CommandError(f"Nobody here has the address {email}.")
        try:
            removed = remove_second_factors(user=user, caller=Caller(device="the command line"), now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.words) from refusal
        self.stdout.write(f"Removed: {', '.join(removed)}." if removed else "There was nothing to remove.")
