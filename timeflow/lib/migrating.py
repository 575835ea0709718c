"""How long a migration may hold everybody else up, on PostgreSQL.

A change of a table waits for whoever uses it, and all who come later wait behind it. So it gives up soon and is run
again, rather than being what brings the installation down. docs/UPGRADING.md says how.
"""

from typing import Any

from django.db import connections

LOCK_TIMEOUT = "5s"
# A single statement, such as one that builds an index.
STATEMENT_TIMEOUT = "15min"


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
