"""What a thief of the database would hold."""

import json

from django.db import connection


def everything_stored() -> bytes:
    """All values of all tables as bytes, a line each, in the spelling in which they were put in."""
    lines: list[bytes] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            lines += [_plain(value) for row in cursor.fetchall() for value in row if value is not None]
    return b"\n".join(lines)


def _plain(value: object) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text.encode()
