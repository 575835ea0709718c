"""Copying a PostgreSQL database beside traffic, and putting one in its place; by PostgreSQL's own programs."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient
from django.db.utils import DatabaseError

from timeflow.lib.backup.archive import PIECE, Pieces, Sink
from timeflow.lib.backup.errors import BackupRefused
from timeflow.lib.backup.manifest import Contents, look_into_database

LONGEST_NAME = 63
# How often it is looked, and after how many seconds again, whether others have left: a process that was just stopped
# is there until the server notices.
LOOKS, PAUSE = 40, 0.05
# Roles and comments of the machine that it was made on are of no use on another one.
PLAIN = ("--no-owner", "--no-privileges")


class PostgresStore:
    """The database that the default connection leads to. No pool may stand between."""

    vendor = "postgresql"

    def __init__(self) -> None:
        self._name: str = connection.settings_dict["NAME"]
        self.fresh = _beside(self._name, "restoring")

    def space_for_copy(self) -> int:
        """Bytes that a backup takes at most: a dump is packed, and holds no indexes."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])

    def copy(self, sink: Sink, folder: Path) -> Contents:
        """One state of the database: what is said of it and what is dumped are read in the same snapshot."""
        _refuse_older("pg_dump")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            contents = look_into_database()
            command = ("pg_dump", "--format=custom", "--compress=6", f"--snapshot={snapshot}", *PLAIN)
            with _running(command, self._name, stdout=subprocess.PIPE) as dump:
                sink.take(dump.stdout)
        return contents

    def is_empty(self) -> bool:
        """Without a single table, or not there at all."""
        if not self._exists(self._name):
            return True
        with connection.cursor() as cursor:
            return not connection.introspection.table_names(cursor)

    def refuse_company(self) -> None:
        """Raises `BackupRefused` while others are connected to the database, unless they are just leaving it."""
        connection.close()
        for _ in range(LOOKS):
            others = self._others()
            if not others:
                return
            time.sleep(PAUSE)
        words = f"Others are connected to the database ({', '.join(others)})."
        raise BackupRefused(f"{words} Stop web, worker, beat and any pool, then try again. Nothing was changed.")

    def _others(self) -> list[str]:
        asked = """SELECT coalesce(nullif(application_name, ''), 'without a name'), count(*) FROM pg_stat_activity
            WHERE datname = %s AND backend_type = 'client backend' GROUP BY 1 ORDER BY 1"""
        with connection._nodb_cursor() as cursor:
            cursor.execute(asked, [self._name])
            return [f"{count} {name}" for name, count in cursor.fetchall()]

    def load(self, pieces: Pieces, size: int) -> None:
        """Make and fill the fresh database. Raises `BackupRefused`."""
        self.discard()
        self._make_fresh()
        command = ("pg_restore", "--exit-on-error", "--no-comments", *PLAIN, "--dbname")
        with _running(command, self.fresh, stdin=subprocess.PIPE) as restore:
            try:
                shutil.copyfileobj(pieces, restore.stdin, PIECE)
                restore.stdin.close()
            except BrokenPipeError:
                # It gave up; its exit says why.
                pass

    def discard(self) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {_quoted(self.fresh)}")

    def switch(self, stamp: str) -> str:
        """Let the two change names in one transaction. Returns what is to be said of the former one."""
        former = _beside(self._name, f"before_{stamp.lower()}")
        had_one = self._exists(self._name)
        self.refuse_company()
        with self._nodb_transaction() as cursor:
            if had_one:
                cursor.execute(f"ALTER DATABASE {_quoted(self._name)} RENAME TO {_quoted(former)}")
            cursor.execute(f"ALTER DATABASE {_quoted(self.fresh)} RENAME TO {_quoted(self._name)}")
        return f"The former database is kept as {former}. Drop it when all is well." if had_one else ""

    def _make_fresh(self) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = %s",
                [self._name],
            )
            like = cursor.fetchone()
            words = "ENCODING %s LC_COLLATE %s LC_CTYPE %s" if like else "ENCODING 'UTF8'"
            try:
                cursor.execute(f"CREATE DATABASE {_quoted(self.fresh)} TEMPLATE template0 {words}", like)
            except DatabaseError as error:
                if getattr(error.__cause__, "sqlstate", "") != "42501":
                    raise
                role = connection.settings_dict["USER"]
                words = f"The role {role} may not make databases, and a backup is played back into one of its own."
                how = f"Let it for as long as this takes: ALTER ROLE {role} CREATEDB."
                raise BackupRefused(f"{words} {how} Nothing was changed.") from error

    def _exists(self, name: str) -> bool:
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return cursor.fetchone() is not None

    @contextmanager
    def _nodb_transaction(self) -> Iterator[Any]:
        with connection._nodb_cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
            except DatabaseError:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")


def _refuse_older(program: str) -> None:
    """PostgreSQL's programs work with servers of their own version or before. Raises `BackupRefused`."""
    said = subprocess.run([_found(program), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.search(r"\b(\d+)(\.\d+)?\b", said)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        served = int(cursor.fetchone()[0]) // 10_000
    if version and int(version[1]) < served:
        words = f"The database is PostgreSQL {served}, and {program} here is of {version[1]}, which cannot read it."
        raise BackupRefused(f"{words} Install PostgreSQL's client of version {served}.")


def _found(program: str) -> str:
    """Where it is. Raises `BackupRefused`."""
    path = shutil.which(program)
    if path is None:
        raise BackupRefused(f"{program} is not here. Install PostgreSQL's client of the server's version.")
    return path


@contextmanager
def _running(command: tuple[str, ...], name: str, **pipes: int) -> Iterator[Any]:
    """PostgreSQL's program on the database `name`. The password reaches it by its environment alone.

    Raises `BackupRefused` with its own last words if it fails, or is not there.
    """
    settings = {**connection.settings_dict, "NAME": name}
    words, extra = DatabaseClient.settings_to_cmd_args_env(settings, [*command[1:]])
    program = _found(command[0])
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen([program, *words[1:]], env={**os.environ, **(extra or {})}, stderr=said, **pipes)  # type: ignore[call-overload]  # noqa: S603
        with running:
            try:
                yield running
            except BaseException:
                running.kill()
                raise
        if running.returncode:
            said.seek(0)
            raise BackupRefused(f"{command[0]} failed: {_last_words(said.read().decode(errors='replace'), settings)}")


def _last_words(text: str, settings: dict[str, Any]) -> str:
    words = text.strip().splitlines()[-1] if text.strip() else "it did not say why"
    return words.replace(settings["PASSWORD"], "…") if settings["PASSWORD"] else words


def _beside(name: str, ending: str) -> str:
    return f"{name[: LONGEST_NAME - len(ending) - 1]}_{ending}"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
