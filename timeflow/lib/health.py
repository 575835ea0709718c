"""Whether this process can serve. A probe learns one word and nothing else."""

import threading
from dataclasses import dataclass

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

# Seconds for which an answer about migrations stands: a probe is to cost next to nothing.
PATIENCE = 5
_draining = threading.Event()


@dataclass
class Migrations:
    """What the last look at them said."""

    looked_at: float | None = None
    are_applied: bool = False


_migrations = Migrations()


def drain() -> None:
    """From here on this process is not ready any more; it finishes what it has."""
    _draining.set()


def what_is_missing(now: float) -> str:
    """`draining`, `database`, `migrations`, or "" if people can be sent here. `now` in seconds of any clock."""
    if _draining.is_set():
        return "draining"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "" if _is_migrated(now) else "migrations"
    except Error:
        return "database"


def _is_migrated(now: float) -> bool:
    if _migrations.looked_at is None or now >= _migrations.looked_at + PATIENCE:
        executor = MigrationExecutor(connection)
        _migrations.are_applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        _migrations.looked_at = now
    return _migrations.are_applied
