"""The two kinds of database, as backups see them."""

from pathlib import Path
from typing import Protocol

from django.db import connection

from timeflow.lib.backup.archive import Pieces, Sink
from timeflow.lib.backup.manifest import Contents
from timeflow.lib.backup.postgresql import PostgresStore
from timeflow.lib.backup.sqlite import SqliteStore


class Store(Protocol):
    """The database that the default connection leads to, and a fresh one beside it."""

    vendor: str

    @property
    def fresh(self) -> str:
        """What to give the default connection as its `NAME` to work on the fresh one."""

    def space_for_copy(self) -> int: ...

    def copy(self, sink: Sink, folder: Path) -> Contents:
        """Write one consistent state into `sink`, with drafts in `folder`, and say what it holds."""

    def is_empty(self) -> bool: ...

    def refuse_company(self) -> None: ...

    def load(self, pieces: Pieces, size: int) -> None:
        """Fill the fresh database; `size` is that of all `pieces`."""

    def discard(self) -> None:
        """Remove the fresh database, if there is one."""

    def switch(self, stamp: str) -> str:
        """Put the fresh one in the place of the former one, which is kept under a name with `stamp` in it."""


def present_store() -> Store:
    return PostgresStore() if connection.vendor == "postgresql" else SqliteStore()
