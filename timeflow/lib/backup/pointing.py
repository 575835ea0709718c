"""Leading the default connection elsewhere for a while, so that everything of Django works on that database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def pointed_at(**place: Any) -> Iterator[None]:
    """By its `NAME`. Not inside a transaction: the connection is opened anew."""
    present = connection.settings_dict
    former = {key: present[key] for key in place}
    connection.close()
    present.update(place)
    try:
        yield
    finally:
        connection.close()
        present.update(former)
