"""200 threads on one PostgreSQL, through PgBouncer and without it: `script/bench pooling` prints the table.

Starts a PostgreSQL and a PgBouncer of its own (`script/pool`) and throws them away. Each thread is a person at work
without a pause: four times they read their tasks, then they change one, by the service and under their lock.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg

THREADS, SECONDS, TASKS = 200, 15, 20
PORT, POOL_PORT = 54331, 54332
# PostgreSQL's own number, and one that all threads fit in.
USUAL, ENOUGH = 100, THREADS + 50
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Figures:
    """What came of one way to the database."""

    milliseconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    seconds: float = 0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DATABASE_URL=f"postgres://postgres@127.0.0.1:{POOL_PORT}/postgres",
            DATABASE_DIRECT_URL=f"postgres://postgres@127.0.0.1:{PORT}/postgres",
            DJANGO_SETTINGS_MODULE="timeflow.settings",
            LOG_LEVEL="CRITICAL",
        )
        server = Path(folder) / "data"
        with _postgresql(server, ENOUGH), _pgbouncer():
            people, past_the_pool = _fill()
            print(f"{THREADS} threads, {SECONDS} s each; four reads to one change\n")
            print("| way | connections at PostgreSQL | operations/s | p50 | p95 | p99 | errors |")
            print("|---|---|---|---|---|---|---|")
            _row("PgBouncer, 10 connections", _measure(people))
            with past_the_pool():
                _row(f"direct, max_connections {ENOUGH}", _measure(people))
        with _postgresql(server, USUAL), past_the_pool():
            _row(f"direct, max_connections {USUAL}", _measure(people))


def _row(name: str, figures: Figures) -> None:
    cuts = quantiles(figures.milliseconds, n=100)
    times = " | ".join(f"{cuts[place - 1]:.0f} ms" for place in (50, 95, 99))
    errors = ", ".join(f"{number} × {what}" for what, number in figures.errors.items()) or "0"
    print(
        f"| {name} | {figures.connections} | {len(figures.milliseconds) / figures.seconds:.0f} | {times} | {errors} |"
    )


def _fill() -> tuple[list[Any], Callable[[], AbstractContextManager[None]]]:
    """People with tasks, and the way past the pool."""
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from scheduling.models import Task  # noqa: PLC0415
    from timeflow.lib.databases import past_the_pool  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    now = timezone.now()
    people = User.objects.bulk_create(User(email=f"p{number}@example.com", name="P") for number in range(THREADS))
    Task.objects.bulk_create(
        Task(user=person, title=f"Task {number}", minutes=30, created_at=now, updated_at=now)
        for person in people
        for number in range(TASKS)
    )
    connection.close()
    return people, past_the_pool


def _measure(people: list[Any]) -> Figures:
    figures, over = Figures(), threading.Event()
    threads = [threading.Thread(target=_work, args=(person, figures, over)) for person in people]
    # Before them: afterwards it may not get in.
    with psycopg.connect(os.environ["DATABASE_DIRECT_URL"], autocommit=True) as observer:
        began = time.perf_counter()
        try:
            for thread in threads:
                thread.start()
            time.sleep(SECONDS / 2)
            ask = "SELECT count(*) - 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"
            (figures.connections,) = observer.execute(ask).fetchone() or (0,)
            time.sleep(SECONDS / 2)
        finally:
            over.set()
            for thread in threads:
                thread.join()
        # From the first that began, which was long before the last, to the last that ended.
        figures.seconds = time.perf_counter() - began
    return figures


def _work(person: Any, figures: Figures, over: threading.Event) -> None:
    from django.db import Error, connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from scheduling.models import Task  # noqa: PLC0415
    from scheduling.services.tasks import update_task  # noqa: PLC0415

    rows: list[Task] = []
    for turn in count():
        if over.is_set():
            break
        began = time.perf_counter()
        try:
            if turn % 5 < 4 or not rows:
                rows = list(Task.objects.filter(user=person).prefetch_related("labels"))
            else:
                update_task(user=person, task_id=rows[turn % TASKS].pk, now=timezone.now(), title=f"Task {turn}")
            figures.milliseconds.append((time.perf_counter() - began) * 1000)
        except Error as error:
            figures.errors[str(error).partition("FATAL: ")[2].strip() or type(error).__name__] += 1
            over.wait(1)
    connection.close()


@contextmanager
def _postgresql(data: Path, max_connections: int) -> Iterator[None]:
    """As Debian installs it, but for the number of connections: it waits for the disk."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not data.exists():
        subprocess.run(["chown", "-R", "postgres", data.parent], check=os.geteuid() == 0)
        _as_postgres(programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres")
    options = f"-p {PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data.parent}"
    options += f" -c max_connections={max_connections}"
    _as_postgres(programs / "pg_ctl", "-D", data, "-l", data.parent / "log", "-s", "-w", "start", "-o", options)
    try:
        yield
    finally:
        _as_postgres(programs / "pg_ctl", "-D", data, "-s", "-m", "fast", "stop")


def _as_postgres(*command: str | Path) -> None:
    as_whom = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*as_whom, *map(str, command)], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _pgbouncer() -> Iterator[None]:
    pool = subprocess.Popen([str(ROOT / "script/pool"), str(POOL_PORT), str(PORT), "reserve_pool_size = 0"])
    try:
        while not _answers():
            if pool.poll() is not None:
                sys.exit("PgBouncer did not start.")
            time.sleep(0.1)
        yield
    finally:
        pool.send_signal(signal.SIGTERM)
        pool.wait()


def _answers() -> bool:
    try:
        psycopg.connect(os.environ["DATABASE_URL"]).close()
    except psycopg.OperationalError:
        return False
    return True


if __name__ == "__main__":
    main()
