"""How long a migration may hold everybody else up, on PostgreSQL.

A change of a table waits for whoever uses it, and all who come later wait behind it. So it gives up soon and is run
again, rather than being what brings the installation down. docs/UPGRADING.md says how.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import CommandError
from django.db import OperationalError, connections

LOCK_TIMEOUT = "5s"
# A single statement, such as one that builds an index.
STATEMENT_TIMEOUT = "15min"

TAKEN_BACK = "What it had done is taken back. Run `migrate` again"
# What a database says when it stops a migration, and what it means. At anything else a trace is of more use.
MEANINGS = {
    r"lock timeout": (
        f"Somebody else is busy with a table that the migration changes, so it gave up after {LOCK_TIMEOUT}."
        f" {TAKEN_BACK} at a quieter time: docs/UPGRADING.md says how to see who it is."
    ),
    r"statement timeout": f"A statement of the migration took longer than {STATEMENT_TIMEOUT}. {TAKEN_BACK}"
    " when there is less work, or take the index or the rows in smaller steps: docs/UPGRADING.md says how.",
    r"database is locked": f"Another process keeps the database locked. {TAKEN_BACK} when that one has ended.",
    r"is full|No space left": f"There is no room left on the database's disk. {TAKEN_BACK} when there is.",
}


@contextmanager
def stopped_in_words() -> Iterator[None]:
    """Within, a migration that the database stops ends with a sentence: `CommandError`."""
    try:
        yield
    except OperationalError as error:
        for pattern, meaning in MEANINGS.items():
            if re.search(pattern, str(error)):
                raise CommandError(meaning) from None
        raise


def bound_waits(*, using: str, **_: Any) -> None:
    """From here on statements of this session give up after a while. Told by `pre_migrate`."""
    _say(using, f"SET lock_timeout = '{LOCK_TIMEOUT}'; SET statement_timeout = '{STATEMENT_TIMEOUT}'")


def unbound_waits(*, using: str, **_: Any) -> None:
    """As the server has it. Told by `post_migrate`; where a migration fails, the session ends with its process."""
    _say(using, "RESET lock_timeout; RESET statement_timeout")


def _say(using: str, words: str) -> None:
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(words)
