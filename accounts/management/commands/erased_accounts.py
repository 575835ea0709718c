"""`manage.py erased_accounts`: which accounts are gone, to be kept beside the backups."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import ErasedAccount


class Command(BaseCommand):
    help = "Prints the id of every erased account, one a line, for `manage.py after_restore --erased FILE`."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for erased in ErasedAccount.objects.order_by("erased_at"):
            self.stdout.write(f"{erased.user_id} {erased.erased_at:%Y-%m-%dT%H:%M:%SZ}")
