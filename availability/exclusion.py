"""No two rows of `Event` with `is_exclusive` overlap for one person: the database's own guard.

PostgreSQL has an exclusion constraint; SQLite has triggers. Django rebuilds a SQLite table when a column changes and
drops its triggers silently, so they are put back after every migrate and a system check looks for them.
"""

from django.core.checks import Error, Tags, register
from django.db import connection

CONSTRAINT = "event_exclusive_no_overlap"
POSTGRES = f"""
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE availability_event DROP CONSTRAINT IF EXISTS {CONSTRAINT};
ALTER TABLE availability_event ADD CONSTRAINT {CONSTRAINT}
  EXCLUDE USING gist (user_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&) WHERE (is_exclusive);
"""
SQLITE = """
CREATE TRIGGER IF NOT EXISTS {name}_{when} BEFORE {event} ON availability_event WHEN NEW.is_exclusive
BEGIN SELECT RAISE(ABORT, '{name}') WHERE EXISTS (
  SELECT 1 FROM availability_event other WHERE other.is_exclusive AND other.user_id = NEW.user_id
  AND other.id != NEW.id AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at); END
"""
TRIGGERS = {"insert": "INSERT", "update": "UPDATE OF starts_at, ends_at, is_exclusive, user_id"}


def install(*_args, **_kwargs):
    """Put the guard in place, whatever was there before."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES)
            return
        for when, event in TRIGGERS.items():
            cursor.execute(SQLITE.format(name=CONSTRAINT, when=when, event=event))


def reinstall_triggers(**_kwargs):
    """After a migrate on SQLite; does nothing before the table exists."""
    if connection.vendor == "sqlite" and "availability_event" in connection.introspection.table_names():
        install()


def remove(*_args, **_kwargs):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE availability_event DROP CONSTRAINT IF EXISTS {CONSTRAINT}")
            return
        for when in TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {CONSTRAINT}_{when}")


@register(Tags.database)
def check_guard(databases=None, **_kwargs):
    """Fails when the table is there but its guard is not."""
    if not databases or "availability_event" not in connection.introspection.table_names():
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT count(*) FROM pg_constraint WHERE conname = %s", [CONSTRAINT])
            wanted = 1
        else:
            cursor.execute(
                "SELECT count(*) FROM sqlite_master WHERE type='trigger' AND name LIKE %s", [f"{CONSTRAINT}%"]
            )
            wanted = len(TRIGGERS)
        found = cursor.fetchone()[0]
    if found < wanted:
        return [
            Error(
                "The guard against overlapping blocks is missing.",
                hint="Run migrate.",
                id="availability.E001",
            )
        ]
    return []
