"""What `manage.py doctor` looks at: an installation as it is now, in words for whoever runs it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import requests
from celery import current_app
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import run_checks
from django.core.checks.messages import ERROR, WARNING
from django.core.mail import get_connection
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import OperationalError as BrokerAway
from redis import RedisError

from timeflow.lib.checks.before_start import sentence
from timeflow.lib.checks.servers import redis
from timeflow.lib.databases import in_words, is_pooled
from timeflow.lib.models import Errand, Lease
from timeflow.lib.secrets import SECRETS
from timeflow.lib.tasks import SWEEP, SWEEP_LEASE

GIB = 1024**3
# Beat ticks each minute; an update or a moment of load may cost one or two.
TOO_LONG = timedelta(minutes=3)
SHARE_IN_USE = 0.8


@dataclass(frozen=True)
class Finding:
    """What was seen of one subject. `look at` is no fault yet; `wrong` is one, and its words say what to do."""

    subject: str
    state: Literal["ok", "look at", "wrong"]
    words: str


def examine(now: datetime) -> Iterator[Finding]:
    """Look at everything, one after the other; where the database is away, at what can be seen without it."""
    try:
        yield from _database()
        with_database: list[Callable[[datetime], Iterator[Finding]]] = [_migrations, _checks, _work]
    except OperationalError as error:
        yield Finding("database", "wrong", in_words(error))
        with_database = []
    for look in (*with_database, _redis, _letters, _address, _disk, _secrets, _static_files):
        yield from look(now)


def _database() -> Iterator[Finding]:
    if connection.vendor != "postgresql":
        yield Finding("database", "ok", f"SQLite in {connection.settings_dict['NAME']}.")
        connection.ensure_connection()
        return
    pool = ", through a pool" if is_pooled(connection) else ""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
        cursor.execute("SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity")
        used, most = cursor.fetchone()
    is_full = used > most * SHARE_IN_USE
    advice = " docs/DEPLOYMENT.md, “Connections”, says how many are needed." if is_full else ""
    words = f"PostgreSQL {version.split()[0]}{pool}; {used} of its {most} connections are in use.{advice}"
    yield Finding("database", "look at" if is_full else "ok", words)


def _migrations(_now: datetime) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        yield Finding("migrations", "wrong", f"{len(missing)} are not applied. Run `python manage.py migrate`.")
    else:
        yield Finding("migrations", "ok", "All are applied.")


def _checks(_now: datetime) -> Iterator[Finding]:
    found = run_checks(databases=[DEFAULT_DB_ALIAS], include_deployment_checks=settings.IS_PUBLIC)
    for message in found:
        if message.level >= WARNING and not message.is_silenced():
            yield Finding("checks", "wrong" if message.level >= ERROR else "look at", sentence(message))
    if not found:
        yield Finding("checks", "ok", "`manage.py check` has nothing to say of settings and servers.")


def _work(now: datetime) -> Iterator[Finding]:
    """What beat asks for each minute and a worker does leaves a lease behind."""
    lease = Lease.objects.filter(name=SWEEP).first()
    since = now - (lease.held_until - SWEEP_LEASE) if lease else None
    if since is not None and since <= TOO_LONG:
        yield Finding("worker, beat", "ok", f"Beat ticked and a worker worked {_span(since)} ago.")
    else:
        when = f"was last done {_span(since)} ago" if since else "was never done so far"
        missing = "Beat is missing: start it" if _workers() else "No worker answers: start one, and beat"
        yield Finding("worker, beat", "wrong", f"Regular work {when}. {missing} (docs/DEPLOYMENT.md).")
    waiting = Errand.objects.filter(created_at__lt=now - TOO_LONG).count()
    if waiting:
        yield Finding(
            "errands", "look at", f"{waiting} wait for longer than {_span(TOO_LONG)}: look into the worker's log."
        )


def _workers() -> int:
    try:
        return len(current_app.control.ping(timeout=2))
    except (BrokerAway, OSError):
        return 0


def _redis(_now: datetime) -> Iterator[Finding]:
    if not settings.REDIS_URL:
        yield Finding("queue, cache", "ok", "Files in var/broker and memory: for one machine and one web process.")
        return
    try:
        with redis() as asked:
            yield Finding("queue, cache", "ok", f"Redis {asked.info('server')['redis_version']} answers.")
    except ValueError:
        yield Finding("queue, cache", "wrong", "REDIS_URL cannot be read. Write redis://:password@host:6379/0.")
    except (RedisError, OSError) as error:
        words = f"Redis does not answer ({type(error).__name__}). Start it, or correct REDIS_URL."
        yield Finding("queue, cache", "wrong", words)


def _letters(_now: datetime) -> Iterator[Finding]:
    if settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "locmem.EmailBackend")):
        words = "Letters are printed and not sent"
        if settings.IS_PUBLIC:
            yield Finding("letters", "wrong", f"{words}, so nobody can confirm an address. Set EMAIL_URL.")
        else:
            yield Finding("letters", "ok", f"{words}; set EMAIL_URL to send them.")
        return
    try:
        # Signs in and says nothing.
        with get_connection(timeout=5):
            yield Finding("letters", "ok", f"The server {settings.EMAIL_HOST} takes them.")
    except OSError as error:
        words = f"The server {settings.EMAIL_HOST}:{settings.EMAIL_PORT} does not take them ({type(error).__name__})."
        yield Finding("letters", "wrong", f"{words} Correct EMAIL_URL.")


def _address(_now: datetime) -> Iterator[Finding]:
    with requests.Session() as asked:
        asked.trust_env = False
        try:
            answer = asked.get(f"{settings.PUBLIC_URL}/readyz", timeout=5, allow_redirects=False)
        except (requests.RequestException, ValueError) as error:
            words = f"Nothing answers at {settings.PUBLIC_URL} ({type(error).__name__})."
            yield Finding("address", "wrong", f"{words} Start the web process and the proxy, or correct PUBLIC_URL.")
            return
    if answer.text == "ok":
        yield Finding("address", "ok", f"TimeFlow answers at {settings.PUBLIC_URL}.")
    elif answer.text in ("database", "migrations", "draining"):
        yield Finding("address", "wrong", f"{settings.PUBLIC_URL} is not ready: {answer.text}.")
    else:
        words = f"Something else answers at {settings.PUBLIC_URL} (status {answer.status_code})."
        yield Finding("address", "wrong", f"{words} Correct PUBLIC_URL, or the proxy.")


def _disk(_now: datetime) -> Iterator[Finding]:
    room = shutil.disk_usage(settings.VAR_DIR if settings.VAR_DIR.exists() else settings.BASE_DIR)
    words = f"{room.free / GIB:.1f} of {room.total / GIB:.1f} GiB are free where {settings.VAR_DIR} is."
    if room.free < GIB / 4:
        yield Finding("disk", "wrong", f"{words} Make room: SQLite and the queue stop when it is full.")
    else:
        yield Finding("disk", "look at" if room.free < GIB else "ok", words)


def _secrets(now: datetime) -> Iterator[Finding]:
    made = {name: settings.VAR_DIR / "secrets" / name for name in SECRETS}
    files = [path for path in made.values() if path.exists() and not settings.IS_PUBLIC]
    if open_to_others := [path.name for path in files if path.stat().st_mode & 0o077]:
        words = f"Others can read {', '.join(open_to_others)}. Run `chmod 600` on them in {files[0].parent}."
        yield Finding("secrets", "wrong", words)
        return
    age = f", the oldest of them {_span(max(_age(path, now) for path in files))} old" if files else ""
    where = (
        f"{len(files)} of {len(SECRETS)} are kept in {settings.VAR_DIR / 'secrets'}{age}" if files else "All are given"
    )
    yield Finding("secrets", "ok", f"{where}. docs/KEYS.md says how to change one.")


def _age(path: Path, now: datetime) -> timedelta:
    return now - datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)


def _static_files(_now: datetime) -> Iterator[Finding]:
    collected = getattr(staticfiles_storage, "hashed_files", {})
    missing = [path for finder in get_finders() for path, _ in finder.list([]) if path not in collected]
    if missing:
        words = f"{len(missing)} are not collected, {missing[0]} among them."
        advice = "Run `python manage.py collectstatic --noinput`, and start the web process anew."
        yield Finding("static files", "wrong", f"{words} {advice}")
    else:
        yield Finding("static files", "ok", f"{len(collected)} are collected.")


def _span(time: timedelta) -> str:
    """In the largest unit of which there are two or more."""
    seconds = max(0, round(time.total_seconds()))
    units = ((86_400, "days"), (3600, "hours"), (60, "minutes"))
    size, name = next(((size, name) for size, name in units if seconds >= 2 * size), (1, "seconds"))
    return f"{seconds // size} {name}"
