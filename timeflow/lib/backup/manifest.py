"""What a backup says of itself: enough to know, before anything is touched, whether it can be played back here."""

import json
from dataclasses import asdict, dataclass
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from timeflow.lib.backup.errors import BackupRefused, Damaged
from timeflow.lib.sealed.rotation import keys_in_use

FORMAT = 1


@dataclass(frozen=True)
class Contents:
    """What a database holds, as far as a backup must know it."""

    # `<app>.<name>` of every migration that was applied.
    migrations: list[str]
    # Ids of the keys without which something in it does not open; never a key.
    field_keys: list[str]
    # How many rows each table has.
    rows: dict[str, int]


@dataclass(frozen=True)
class Manifest:
    """`manifest.json` of a backup."""

    format: int
    timeflow: str
    made_at: str
    database: str
    contents: Contents
    size: int
    sha256: str

    def written(self) -> str:
        return json.dumps(asdict(self), indent=1)


def read_manifest(text: bytes) -> Manifest:
    """Raises `Damaged`, and `BackupRefused` for one in a form that this code does not know yet."""
    try:
        fields = json.loads(text)
        written_as = fields["format"]
    except (ValueError, KeyError, TypeError):
        raise Damaged("its manifest cannot be read") from None
    if written_as != FORMAT:
        words = f"This backup is of form {written_as}, and this TimeFlow reads form {FORMAT}."
        raise BackupRefused(f"{words} Play it back with the TimeFlow that made it. Nothing was changed.")
    try:
        contents = Contents(**fields.pop("contents"))
        manifest = Manifest(**fields, contents=contents)
    except (TypeError, KeyError, AttributeError):
        raise Damaged("its manifest lacks something") from None
    if not (_is_whole(manifest) and _is_whole(contents)):
        raise Damaged("its manifest says something that cannot be")
    return manifest


def _is_whole(part: Any) -> bool:
    kinds = part.__dataclass_fields__.items()
    return all(isinstance(getattr(part, name), getattr(field.type, "__origin__", field.type)) for name, field in kinds)


def look_into_database() -> Contents:
    """What the database holds to which the default connection leads."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        rows = {table: _count(cursor, table) for table in tables}
    applied = MigrationRecorder(connection).applied_migrations()
    migrations = sorted(f"{app}.{name}" for app, name in applied)
    return Contents(migrations=migrations, field_keys=sorted(kid for kid in keys_in_use() if kid), rows=rows)


def erased_accounts() -> list[str]:
    """Ids of everybody who was erased, as that database knows them."""
    out = StringIO()
    call_command("erased_accounts", stdout=out)
    return out.getvalue().split()


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608  # a name of its own
    return int(cursor.fetchone()[0])
