"""Where the database is: by way of a pool for everyday work, and past it for what needs a session of its own.

A pool in transaction mode (PgBouncer) lends a connection for the length of a transaction, so nothing that outlives one
can be relied on. Migrations and the making of test databases go past it.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import environ
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from timeflow.lib.starting import StartRefused

POOLED, DIRECT = "DATABASE_URL", "DATABASE_DIRECT_URL"
POSTGRES = "django.db.backends.postgresql"
FORM = (
    "postgres://user:password@host:5432/name, and in a password %40 for @, %2F for /, %3A for :, %23 for #, %3F for ?"
)
# Seconds after which a server that cannot be reached is given up, so that no page waits for it.
CONNECT_TIMEOUT = 5
TRIES = 20
# What says how to reach a database. Its name is not among it: tests have one of their own.
WAY = ("HOST", "PORT", "USER", "PASSWORD", "OPTIONS", "REACHED_BY")
# What libpq, PostgreSQL and PgBouncer say, and what it means. What is not here is shown as they said it.
MEANINGS = {
    r"authentication failed|no password supplied|no such user|auth failed|role .* does not exist": (
        "its user or password is refused. Correct them in the URL"
    ),
    r"translate host name|resolve host|Name or service not known|No address associated": (
        "its host is not known here. Correct the URL, or start the server of that name"
    ),
    r"Connection refused|timeout expired|No route to host|unreachable|login has been failing|No such file": (
        "nothing answers there. Start the server, or correct host and port in the URL"
    ),
    r"database .* does not exist|no such database": "there is no database of its name. Create it, or correct the URL",
    r"too many clients|connection slots|no more connections allowed|query_wait_timeout": (
        "all connections are taken. docs/DEPLOYMENT.md, “Connections”, says how many are needed"
    ),
    r"unable to open database file": "its folder is not there or cannot be written. Correct the URL, or the folder",
    r"unsupported startup parameter": "PgBouncer refuses a parameter of it. Take `options` out of the URL",
}


def database_settings(*, pooled: str, direct: str, var: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two entries for Django's `DATABASES`. No `direct` is the same as `pooled`; without either it is SQLite in `var`.

    Raises `StartRefused` for a URL that cannot be read.
    """
    if direct and not pooled:
        raise StartRefused(f"{DIRECT} leads past a pool: set {POOLED} too, which leads through it.")
    everyday = _read(POOLED, pooled or f"sqlite:///{var / 'timeflow.sqlite3'}", var)
    past = _read(DIRECT, direct, var) if direct else everyday
    if past["ENGINE"] != everyday["ENGINE"]:
        raise StartRefused(f"{DIRECT} and {POOLED} lead to databases of two kinds: correct one of them.")
    return everyday, past


def _read(name: str, url: str, var: Path) -> dict[str, Any]:
    kind, _, rest = url.strip().partition("://")
    parsed: dict[str, Any] = {}
    # What reads URLs warns of unknown kinds by showing all it was given.
    if kind in ("sqlite", "postgres", "postgresql"):
        # Not chained below: its words quote the URL.
        with suppress(ValueError, TypeError, IndexError):
            parsed = environ.Env.db_url_config(url.strip())
    place = parsed.get("NAME", "")
    if kind == "sqlite" and place:
        return parsed | _on_sqlite(var)
    # A password that is not encoded ends early, and its rest would be taken for a name.
    if not place or re.search("[@/]", place) or "#" in rest:
        raise StartRefused(f"{name} cannot be read. Write {FORM}.")
    return parsed | _on_postgres(name, parsed.get("OPTIONS", {}))


def _on_sqlite(var: Path) -> dict[str, Any]:
    return {
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        # A named file for tests too: threads must meet in one database, which an in-memory one does not allow.
        "TEST": {"NAME": var / "test.sqlite3"},
    }


def _on_postgres(name: str, wishes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "REACHED_BY": name,
        # A thread keeps its connection for a minute, and looks whether it lives before each request.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # They outlive a transaction. Prepared statements do too: they are off in Django unless asked for.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {"connect_timeout": CONNECT_TIMEOUT, **wishes},
    }


@contextmanager
def past_the_pool() -> Iterator[None]:
    """Within, the default connection goes by `DATABASE_DIRECT_URL`, and so does all that is called there."""
    before = {part: connections[DEFAULT_DB_ALIAS].settings_dict.get(part) for part in WAY}
    go_by(settings.DIRECT_DATABASE)
    try:
        yield
    finally:
        go_by(before)


def go_by(way: Mapping[str, Any]) -> None:
    """From here on reach the default database in this way."""
    connection = connections[DEFAULT_DB_ALIAS]
    wanted = {part: way[part] for part in WAY if part in way}
    if wanted.items() <= connection.settings_dict.items():
        return
    connection.close()
    connection.settings_dict.update(wanted)


@contextmanager
def reaching_it() -> Iterator[None]:
    """Within, a database that cannot be reached ends the process with a sentence (`StartRefused`), not with a trace."""
    try:
        yield
    except OperationalError as error:
        if connections[DEFAULT_DB_ALIAS].connection is not None:
            raise
        raise StartRefused(in_words(error)) from None


def is_pooled(connection: BaseDatabaseWrapper) -> bool:
    """Whether a pool stands between: the server's process is another one than was named when the connection began."""
    connection.ensure_connection()
    return _server_process(connection) != connection.connection.info.backend_pid


def is_lent_by_transaction(connection: BaseDatabaseWrapper) -> bool:
    """Whether two connections through a pool meet at one process of the server. Not to be asked in a transaction."""
    other = connection.copy()
    mine, others = set(), set()
    try:
        # Under load a first try may meet others; in session mode each goes on with its own process for ever.
        for _ in range(TRIES):
            mine.add(_server_process(connection))
            others.add(_server_process(other))
            if mine & others or len(mine) > 1:
                return True
    finally:
        other.close()
    return False


def _server_process(connection: BaseDatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def is_disk_full(error: BaseException | None) -> bool:
    """Whether the database says that it has no room: PostgreSQL by a number of its own, SQLite in words."""
    told = getattr(error, "__cause__", None)
    is_told = getattr(told, "sqlstate", "") == "53100" or "database or disk is full" in str(error)
    return isinstance(error, OperationalError) and is_told


def in_words(error: Error, way: Mapping[str, Any] | None = None) -> str:
    """Why the database cannot be used, and what to do: one sentence for whoever runs the installation, no password."""
    way = way or connections[DEFAULT_DB_ALIAS].settings_dict
    lines = str(error).strip().splitlines() or [type(error).__name__]
    said = lines[0].replace(way.get("PASSWORD") or "\0", "…")
    found = (meaning for pattern, meaning in MEANINGS.items() if re.search(pattern, str(error), re.IGNORECASE))
    where = str(way["NAME"])
    if way["ENGINE"] == POSTGRES:
        host = way.get("HOST") or "the local socket"
        where = f"{way['REACHED_BY']}: host {host}, port {way.get('PORT') or 5432}, name {where}"
    return f"The database cannot be used ({where}): {next(found, said)}."
