"""Copying an SQLite database beside traffic, and putting one in its place."""

import os
import shutil
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

from django.db import connection

from timeflow.lib.backup.archive import PIECE, Pieces, Sink, keep_names_of
from timeflow.lib.backup.errors import BackupRefused, Damaged
from timeflow.lib.backup.manifest import Contents, look_into_database
from timeflow.lib.backup.pointing import pointed_at
from timeflow.lib.starting import StartRefused, held

# The database itself, and what SQLite keeps beside it while it is open. One without the others is damaged.
PARTS = ("", "-wal", "-shm")


class SqliteStore:
    """The database that the default connection leads to."""

    vendor = "sqlite"

    def __init__(self) -> None:
        self._path = Path(connection.settings_dict["NAME"])
        self._fresh = self._path.with_name(f"{self._path.name}.restoring")

    @property
    def fresh(self) -> str:
        """The name under which the default connection finds what is played back, before it takes its place."""
        return str(self._fresh)

    def space_for_copy(self) -> int:
        """Bytes that a backup takes at most while it is made: a copy, and what is packed of it."""
        return 2 * sum(part.stat().st_size for part in self._parts(self._path))

    def copy(self, sink: Sink, folder: Path) -> Contents:
        """One state of the database, however many write meanwhile, without what was deleted from it."""
        draft = folder / f".copy.{uuid.uuid4().hex}"
        try:
            os.close(os.open(draft, os.O_CREAT | os.O_EXCL, 0o600))
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(draft)])
            with pointed_at(NAME=str(draft)):
                contents = look_into_database()
            with draft.open("rb") as pieces:
                sink.take(pieces)
        finally:
            for part in self._parts(draft):
                part.unlink()
        return contents

    def is_empty(self) -> bool:
        """Without a single table; something that is no database is not empty."""
        if not self._path.exists():
            return True
        try:
            with closing(sqlite3.connect(self._path)) as database:
                return database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        except sqlite3.DatabaseError:
            return False

    def refuse_company(self) -> None:
        """Raises `BackupRefused` while another process has the database open.

        TimeFlow that runs here holds the folder. Only whoever is alone may leave the write-ahead log, which also brings
        all of the database into one file.
        """
        if not self._path.exists():
            return
        try:
            held(self._path.parent).close()
        except StartRefused as refusal:
            raise BackupRefused(f"{refusal} Nothing was changed.") from None
        with closing(sqlite3.connect(self._path, timeout=1)) as database:
            try:
                database.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise
                words = "Another process has the database open. Stop web, worker and beat, then try again."
                raise BackupRefused(f"{words} Nothing was changed.") from None
            except sqlite3.DatabaseError:
                # Damaged, which may be why it is replaced.
                return

    def load(self, pieces: Pieces, size: int) -> None:
        """Write the fresh database. Raises `Damaged`, `BackupRefused`."""
        self.discard()
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(self._path.parent).free < size:
            raise BackupRefused(f"{self._path.parent} has no room for {size:,} bytes. Nothing was changed.")
        with open(os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            while piece := pieces.read(PIECE):
                file.write(piece)
        try:
            with closing(sqlite3.connect(self._fresh)) as database:
                faults = database.execute("PRAGMA integrity_check").fetchall()
                faults += database.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.DatabaseError as error:
            raise Damaged(f"SQLite cannot read its database ({error})") from None
        if faults[0] != ("ok",) or faults[1:]:
            raise Damaged(f"SQLite finds faults in its database ({faults[-1]})")

    def discard(self) -> None:
        for part in self._parts(self._fresh):
            part.unlink()

    def switch(self, stamp: str) -> str:
        """Put the fresh database in the place of the former one, which is kept. Returns what is to be said of that."""
        self.refuse_company()
        former = self._path.with_name(f"{self._path.name}.before-{stamp}")
        had_one = self._path.exists()
        self._rename(self._path, former)
        try:
            self._rename(self._fresh, self._path)
        except OSError:
            self._rename(former, self._path)
            raise
        keep_names_of(self._path.parent)
        return f"The former database is kept as {former}. Delete it when all is well." if had_one else ""

    @staticmethod
    def _parts(path: Path) -> list[Path]:
        return [part for suffix in PARTS if (part := path.with_name(path.name + suffix)).exists()]

    def _rename(self, path: Path, to: Path) -> None:
        for part in self._parts(path):
            part.replace(to.with_name(to.name + part.name.removeprefix(path.name)))
