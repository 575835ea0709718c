"""`manage.py erased_accounts`: which accounts are gone, to be kept beside the backups."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import ErasedAccount


class Command(BaseCommand):
    help = "Prints the id of every erased account, one a line, for `manage.py after_restore --erased FILE`."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for user_id in ErasedAccount.objects.order_by("erased_at").values_list("user_id", flat=True):
            self.stdout.write(str(user_id))
