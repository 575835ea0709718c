"""Make a personal API token for somebody, for operators."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.domain.callers import Caller
from accounts.models import ApiToken, User
from accounts.services.api_tokens import create_api_token
from timeflow.lib import bounds
from timeflow.lib.errors import Refusal


class Command(BaseCommand):
    help = "Make a personal API token and print its secret, which is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="whose it is")
        parser.add_argument("--scope", required=True, choices=ApiToken.Scope.values)
        parser.add_argument("--days", required=True, type=int, help=f"how long it lives, 1 to {bounds.TOKEN_DAYS.most}")
        parser.add_argument("--name", default="Made by an operator", help="what its person sees in Settings")

    def handle(self, *args: Any, email: str, scope: str, days: int, name: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {email}.")
        caller, now = Caller(device="the command line"), timezone.now()
        try:
            _, secret = create_api_token(user=user, name=name[:60], scope=scope, days=days, caller=caller, now=now)
        except Refusal as refusal:
            raise CommandError(refusal.words) from refusal
        self.stdout.write(secret)
