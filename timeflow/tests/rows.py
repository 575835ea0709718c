"""All that is kept of people, to see whether a request wrote anything, and the way to take back what one wrote."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction

KEPT = ("accounts", "availability", "scheduling", "lib", "account", "socialaccount", "mfa", "admin")


class Undone(Exception):
    """Ends what is to be undone."""


def rows_of_people() -> str:
    """All that is kept of people, as text."""
    models = apps.get_models(include_auto_created=True)
    kept = [model._meta for model in models if model._meta.app_label in KEPT and not model._meta.proxy]
    with connection.cursor() as cursor:
        return "".join(f"{meta.label}{_rows(cursor, meta.db_table, meta.pk.column)}" for meta in kept)


def _rows(cursor: Any, table: str, key: str) -> list[tuple]:
    quoted = connection.ops.quote_name
    cursor.execute(f"SELECT * FROM {quoted(table)} ORDER BY {quoted(key)}")  # noqa: S608  # names of our own models
    return cursor.fetchall()


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is gone afterwards, so that the next request finds the same things."""
    try:
        with transaction.atomic():
            yield
            raise Undone
    except Undone:
        pass
