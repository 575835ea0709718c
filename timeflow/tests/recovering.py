"""What tests of backups share: a database beside the test's own, its rows, and archives that somebody changed."""

import json
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from timeflow.lib.backup.archive import MANIFEST
from timeflow.lib.backup.pointing import pointed_at

Rows = dict[str, list[tuple[Any, ...]]]


def rows() -> Rows:
    """Every row of every table of the database that the connection leads to, whether or not a model knows the table."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found[table] = sorted((tuple(map(_plain, row)) for row in cursor.fetchall()), key=repr)
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


@contextmanager
def fresh_place(folder: Path) -> Iterator[str]:
    """The name of a database that is not there yet. Whatever came to be under it, or beside it, goes in the end."""
    if connection.vendor == "sqlite":
        yield str(folder / "fresh.sqlite3")
        return
    name = f"tf_fresh_{uuid.uuid4().hex[:12]}"
    try:
        yield name
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name}%"])
            for (each,) in cursor.fetchall():
                cursor.execute(f"DROP DATABASE {connection.ops.quote_name(each)} WITH (FORCE)")


def said(command: str, *arguments: object, **options: Any) -> str:
    """What a command writes. Raises `CommandError` as it does."""
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=out, **options)
    return out.getvalue()


def make(folder: Path, *options: str) -> Path:
    said("backup", "--to", folder, *options)
    return max(folder.glob("timeflow-*.zip"))


def play_back(archive: Path, to: str, *options: str) -> str:
    with pointed_at(NAME=to):
        return said("restore", archive, *options)


def changed(archive: Path, **fields: Any) -> Path:
    """A copy with other words in its manifest; those of `contents` are given as `contents__rows`."""
    copy = archive.with_name("changed.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == MANIFEST:
                manifest = json.loads(text)
                for field, value in fields.items():
                    where, _, inner = field.partition("__")
                    if inner:
                        manifest[where][inner] = value
                    else:
                        manifest[where] = value
                text = json.dumps(manifest).encode()
            new.writestr(name, text)
    return copy
