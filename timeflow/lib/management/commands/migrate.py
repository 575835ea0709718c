"""`manage.py migrate`, past the pool of connections: it needs a session of its own."""

from typing import Any

from django.core.management.commands import migrate

from timeflow.lib.databases import past_the_pool, reaching_it
from timeflow.lib.migrating import stopped_in_words


class Command(migrate.Command):
    # In place of Django's command, so that `call_command("migrate")` goes that way too, whoever says it. A second entry
    # in DATABASES would not do: migrations and what runs after them know the default one alone.
    def execute(self, *args: Any, **options: Any) -> str | None:
        with past_the_pool(), stopped_in_words(), reaching_it():
            return super().execute(*args, **options)
