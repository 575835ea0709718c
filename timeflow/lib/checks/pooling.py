"""What breaks behind a pool of database connections, and pools that are not what they are taken for.

`DATABASE_URL` may lead through PgBouncer in transaction mode at any time, so what would break there is refused even
where there is no pool yet.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's name
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from timeflow.lib.checks import START
from timeflow.lib.databases import DIRECT, POOLED, POSTGRES, WAY, in_words, is_lent_by_transaction, is_pooled

IDENTITY = "SELECT pg_postmaster_start_time(), current_database()"


# What is wrong with a way to the database, what to do, and how it is seen in its entry of DATABASES.
FAULTS: tuple[tuple[str, str, Callable[[dict[str, Any]], bool]], ...] = (
    (
        "Server-side cursors outlive a transaction.",
        "Set DISABLE_SERVER_SIDE_CURSORS.",
        lambda way: not way.get("DISABLE_SERVER_SIDE_CURSORS"),
    ),
    (
        "A pool in the process keeps what the pool outside lends.",
        f"Take `pool` out of {POOLED}.",
        lambda way: bool(way["OPTIONS"].get("pool")),
    ),
    (
        "PgBouncer refuses the start-up parameter `options`.",
        f"Take it out of {POOLED}, and say it by ALTER ROLE in PostgreSQL.",
        lambda way: "options" in way["OPTIONS"],
    ),
    (
        "Prepared statements outlive a transaction.",
        f"Take `prepare_threshold` out of {POOLED}.",
        lambda way: way["OPTIONS"].get("prepare_threshold") is not None,
    ),
    (
        "A role that is put on outlives a transaction.",
        f"Take `assume_role` out of {POOLED}, and sign in as that role.",
        lambda way: "assume_role" in way["OPTIONS"],
    ),
    (
        "The pool may have closed a connection that is kept.",
        "Set CONN_HEALTH_CHECKS.",
        lambda way: way.get("CONN_MAX_AGE") != 0 and not way.get("CONN_HEALTH_CHECKS"),
    ),
)


@register(START)
def check_settings(**_: Any) -> list[CheckMessage]:
    way = settings.DATABASES["default"]
    if way["ENGINE"] != POSTGRES:
        return []
    return [
        Error(words, hint=hint, id=f"pooling.E00{number}")
        for number, (words, hint, is_so) in enumerate(FAULTS, 1)
        if is_so(way)
    ]


@register(START, Tags.database)
def check_pool(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The everyday way: a pool has to lend by transaction, and something has to lead past it."""
    if not databases or connection.vendor != "postgresql" or not is_pooled(connection):
        return []
    found: list[CheckMessage] = []
    reached_by: str = connection.settings_dict["REACHED_BY"]
    if settings.DIRECT_DATABASE["REACHED_BY"] == reached_by:
        words = f"{reached_by} leads through a pool, and migrations need a session of their own."
        hint = f"Set {DIRECT} to PostgreSQL's own address."
        found.append(Warning(words, hint=hint, id="pooling.W001"))
    if not connection.in_atomic_block and not is_lent_by_transaction(connection):
        words = "The pool lends its connections by session: each thread keeps one to itself, and they will run out."
        found.append(Warning(words, hint="Set pool_mode = transaction in pgbouncer.ini.", id="pooling.W002"))
    return found


@register(START, Tags.database)
def check_way_past(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The way past the pool, where it is another one: it has to lead to the same database, and through no pool."""
    way = settings.DIRECT_DATABASE
    if not databases or way.get("REACHED_BY") != DIRECT or connection.settings_dict["REACHED_BY"] == DIRECT:
        return []
    direct = connection.copy()
    direct.settings_dict.update({part: way[part] for part in (*WAY, "NAME")})
    try:
        return _compared(direct)
    except OperationalError as error:
        return [Warning(in_words(error, direct.settings_dict), id="pooling.W004")]
    finally:
        direct.close()


def _compared(direct: BaseDatabaseWrapper) -> list[CheckMessage]:
    if is_pooled(direct):
        hint = f"Set {DIRECT} to PostgreSQL's own address."
        return [Warning(f"{DIRECT} leads through a pool too.", hint=hint, id="pooling.W003")]
    if _identity(direct) != _identity(connection):
        words = f"{POOLED} and {DIRECT} lead to two databases, so migrations would change another one than is used."
        return [Error(words, hint="Correct one of them.", id="pooling.E007")]
    return []


def _identity(asked: BaseDatabaseWrapper) -> Any:
    with asked.cursor() as cursor:
        cursor.execute(IDENTITY)
        return cursor.fetchone()
