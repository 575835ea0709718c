"""How the installation is: what answers and how fast, what waits, what last ran. For metrics and for staff.

An app says in `ready()` what of its own is worth watching: rows of work to be done, and how far ahead it prepares
things. Nothing of it names a person.
"""

import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import django
from celery import current_app
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min, QuerySet
from kombu.exceptions import OperationalError
from redis import Redis, RedisError

from timeflow.lib.models import Lease
from timeflow.lib.queue import leases
from timeflow.lib.version import VERSION

Stopwatch = Callable[[], float]
# Beat may be restarted, and a worker may be busy, without anybody having to look.
GRACE = timedelta(minutes=2)
OFTEN = timedelta(minutes=10)


@dataclass(frozen=True)
class Work:
    """Rows that somebody will work on. `rows` are the undone ones, `since` the column from which they wait."""

    kind: str
    rows: Callable[[], QuerySet[Any]]
    since: str


@dataclass(frozen=True)
class Part:
    name: str
    is_up: bool
    seconds: float


@dataclass(frozen=True)
class Undone:
    """`age` of the oldest row, zero without any or while none is due."""

    kind: str
    rows: int
    age: timedelta


@dataclass(frozen=True)
class Tick:
    """A periodic task: how often it should run and how long ago it last did, None if never."""

    name: str
    every: timedelta
    age: timedelta | None

    @property
    def is_late(self) -> bool:
        """What runs each hour or day has not run yet in the first one, and nobody has to look."""
        return self.every <= OFTEN if self.age is None else self.age > self.every + GRACE


@dataclass
class Condition:
    """Without what could not be read: while the database is down, nothing of it is here."""

    versions: dict[str, str]
    disk_free: int
    disk_size: int
    parts: list[Part] = field(default_factory=list)
    unapplied: list[str] = field(default_factory=list)
    queues: dict[str, int] = field(default_factory=dict)
    undone: list[Undone] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    reaches: dict[str, timedelta] = field(default_factory=dict)


_works: list[Work] = []
_reaches: dict[str, Callable[[], datetime | None]] = {}


def watch_work(kind: str, rows: Callable[[], QuerySet[Any]], *, since: str) -> None:
    _works.append(Work(kind, rows, since))


def watch_reach(what: str, until: Callable[[], datetime | None]) -> None:
    """`until` tells up to when something is prepared, None if nothing has to be."""
    _reaches[what] = until


def find_condition(now: datetime, tick: Stopwatch) -> Condition:
    """Costs a handful of small queries. Raises nothing: what does not answer is told as such."""
    disk = shutil.disk_usage(settings.VAR_DIR)
    found = Condition(_versions(), disk.free, disk.total)
    found.parts.append(database := _asked("database", _ask_database, tick))
    if settings.REDIS_URL:
        found.parts.append(_asked("redis", _ask_redis, tick))
    if found.parts[-1].is_up or not settings.REDIS_URL:
        found.queues = _queue_sizes()
    if database.is_up:
        found.unapplied = _unapplied()
        found.undone = [_undone(work, now) for work in _works]
        found.ticks = _ticks(now)
        ends = {what: until() for what, until in _reaches.items()}
        found.reaches = {what: end - now for what, end in ends.items() if end}
    return found


def _versions() -> dict[str, str]:
    engine = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    return {
        "TimeFlow": VERSION,
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "Database": engine,
    }


def _asked(name: str, ask: Callable[[], object], tick: Stopwatch) -> Part:
    began = tick()
    try:
        ask()
    except (Error, RedisError, OSError):
        return Part(name, False, tick() - began)
    return Part(name, True, tick() - began)


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_redis() -> None:
    with Redis.from_url(settings.REDIS_URL, **settings.CACHE_TIMEOUTS) as redis:
        redis.ping()


def _queue_sizes() -> dict[str, int]:
    try:
        with current_app.connection_for_read() as broker:
            channel = broker.default_channel
            return {
                name: channel.queue_declare(name, passive=True).message_count if channel._has_queue(name) else 0
                for name in current_app.amqp.queues
            }
    except (OperationalError, OSError, RedisError):
        return {}


def _unapplied() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label} {migration.name}" for migration, _is_backwards in plan]


def _undone(work: Work, now: datetime) -> Undone:
    found = work.rows().aggregate(rows=Count("pk"), oldest=Min(work.since))
    age = now - found["oldest"] if found["oldest"] else timedelta()
    return Undone(work.kind, found["rows"], max(age, timedelta()))


def _ticks(now: datetime) -> list[Tick]:
    ends = dict(Lease.objects.values_list("name", "held_until"))
    known = leases()
    schedule: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    every = {name: timedelta(seconds=entry["schedule"]) for name, entry in schedule.items()}
    return [
        Tick(name, every[name], now - (ends[name] - known[name]) if name in ends else None)
        for name in sorted(every)
        if name in known
    ]
