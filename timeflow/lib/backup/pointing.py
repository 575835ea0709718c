"""Leading the default connection elsewhere for a while, so that everything of Django works on that database."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

WAY = ("HOST", "PORT", "USER", "PASSWORD", "OPTIONS")


@contextmanager
def pointed_at(**place: Any) -> Iterator[None]:
    """`NAME` alone, or how to reach it too. Not inside a transaction: the connection is opened anew."""
    present = connection.settings_dict
    former = {key: present[key] for key in place}
    connection.close()
    present.update(place)
    try:
        yield
    finally:
        connection.close()
        present.update(former)


def past_any_pool() -> AbstractContextManager[None]:
    """By `DATABASE_DIRECT_URL`, where there is one: dumps and whole databases need sessions of their own."""
    direct = getattr(settings, "DIRECT_DATABASE", settings.DATABASES["default"])
    return pointed_at(**{part: direct[part] for part in WAY if part in direct})
