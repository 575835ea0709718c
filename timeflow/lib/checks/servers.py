"""What the servers say: a schema that this code does not know, clocks that differ, a Redis that forgets."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's name
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from redis import Redis, RedisError

from timeflow.lib.checks import START

# Seconds. A worker that is silent for 45 is taken for dead, so clocks of two machines must be closer than that.
CLOSE_ENOUGH = 20
CLOCK_HINT = "Let all machines keep time by NTP: leases, sessions and codes of a second step depend on it."


@register(START, Tags.database)
def check_schema(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A warning and no error: during an update the release before goes on for a while, and may be restarted."""
    if not databases or not (unknown := unknown_migrations()):
        return []
    words = f"The database is newer than this code, which does not know {', '.join(unknown)}."
    hint = "Start the release that brought this, or play back a backup made before it."
    return [Warning(words, hint=hint, id="start.W001")]


def unknown_migrations() -> list[str]:
    """What was applied to the tables of our apps and is not in the code, as `app.name`."""
    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update(migration.replaces)
    return sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if (app, name) not in known
        if app in loader.migrated_apps
    )


@register(START, Tags.database)
def check_clock_of_database(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """SQLite has no clock of its own."""
    if not databases or connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return _compared("the database", cursor.fetchone()[0])


@register(START, Tags.database)
def check_redis(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Nothing is said of a Redis that does not answer: what needs it goes on trying, and `doctor` tells."""
    if not databases or not settings.REDIS_URL:
        return []
    try:
        with redis() as asked:
            seconds, micros = asked.time()
            policy = asked.info("memory").get("maxmemory_policy", "noeviction")
    except (RedisError, OSError, ValueError):
        return []
    found = _compared("Redis", datetime.fromtimestamp(seconds + micros / 1e6, UTC))
    if policy != "noeviction":
        words = f"Redis forgets what it likes when it is full ({policy}): messages and sign-ins would get lost."
        hint = "Set maxmemory-policy noeviction in redis.conf."
        found.append(Warning(words, hint=hint, id="start.W003"))
    return found


def redis() -> Redis:
    """A connection that gives up soon. Raises `ValueError` for a `REDIS_URL` that cannot be read."""
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)


def _compared(whose: str, theirs: datetime) -> list[CheckMessage]:
    seconds = round((timezone.now() - theirs).total_seconds())
    if abs(seconds) <= CLOSE_ENOUGH:
        return []
    words = f"The clock here is {abs(seconds)} seconds {'ahead of' if seconds > 0 else 'behind'} that of {whose}."
    return [Warning(words, hint=CLOCK_HINT, id="start.W002")]
