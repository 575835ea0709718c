"""A whole installation on loopback, for benchmarks and for trials of faults: `with Stack.of_servers() as stack: …`.

Of servers: PostgreSQL, PgBouncer, Redis, gunicorn with two workers, a Celery worker and beat, all of them this stack's
own, in a temporary folder. Embedded: what `script/run` starts. Each part can be stopped, killed and started again.
"""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measuring import family_of, memory_of, seconds_of

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "timeflow"
METRICS_TOKEN = "of a stack on loopback, for as long as it runs"  # noqa: S105
Person = dict[str, str]
"""As benchmarks.people prints them."""


@dataclass
class Part:
    """One process (and its children) of a stack. `is_up` tells whether it serves."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    is_up: Callable[[], bool] = lambda: True
    user: str | None = None
    process: subprocess.Popen[bytes] | None = None
    is_wanted: bool = False

    def start(self) -> None:
        self.launch()
        wait_until(self.is_up, lambda: f"{self.name} does not come up:\n{self.log.read_text()[-2000:]}")
        self.is_wanted = True

    def launch(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT if self.user is None else self.log.parent,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=self.user,
            )

    def send(self, number: signal.Signals) -> None:
        """To the process, which tells its children; what cannot be told goes to each of them."""
        if self.process is None or self.process.poll() is not None:
            return
        untold = number in {signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT}
        for pid in family_of(self.process.pid) if untold else [self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.is_wanted = False
        self.send(number)
        if self.process:
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.send(signal.SIGKILL)
                self.process.wait()

    @property
    def memory(self) -> float:
        """Megabytes of the process and its children that are theirs alone."""
        return memory_of(self.process.pid) if self.process else 0.0

    @property
    def seconds(self) -> float:
        """CPU seconds of the process and its children so far."""
        return seconds_of(self.process.pid) if self.process else 0.0


@dataclass
class Stack:
    """Its parts in the order in which they start."""

    folder: Path
    port: int
    environment: dict[str, str]
    parts: dict[str, Part] = field(default_factory=dict)
    on_end: list[Callable[[], object]] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    disks: dict[str, Path] = field(default_factory=dict)

    @classmethod
    def of_servers(cls, *, pool_size: int = 10, beats: int = 1, disk: int = 0) -> "Stack":
        """`disk`: megabytes that PostgreSQL has, if it is not to have all there are."""
        stack = cls._new()
        if disk:
            stack._add_disk("postgres", disk)
        ports = {name: free_port() for name in ("postgres", "pgbouncer", "redis")}
        pooled, direct = (
            f"postgres://postgres@127.0.0.1:{ports[name]}/{DATABASE}" for name in ("pgbouncer", "postgres")
        )
        stack.environment |= {
            "DATABASE_URL": pooled,
            "DATABASE_DIRECT_URL": direct,
            "REDIS_URL": f"redis://127.0.0.1:{ports['redis']}/0",
        }
        stack._add_postgres(ports["postgres"])
        pool = ["script/pool", str(ports["pgbouncer"]), str(ports["postgres"]), f"default_pool_size = {pool_size}"]
        stack._add("pgbouncer", pool, is_up=lambda: listens(ports["pgbouncer"]))
        redis = ["redis-server", "--port", str(ports["redis"]), "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"]  # noqa: S108
        stack._add("redis", redis, is_up=lambda: listens(ports["redis"]))
        python = [sys.executable, "-m", "timeflow"]
        stack._add("web", [*python, "web"], is_up=stack.serves, more={"WEB_CONCURRENCY": "2"})
        stack._add("worker", [*python, "worker"])
        for number in range(beats):
            stack._add("beat" if not number else f"beat-{number + 1}", [*python, "beat"])
        return stack

    @classmethod
    def embedded(cls, *, disk: int = 0) -> "Stack":
        """`disk`: megabytes that its data have."""
        stack = cls._new()
        if disk:
            stack._add_disk("data", disk)
        stack._add("all", [sys.executable, "-m", "timeflow", "all"], is_up=stack.serves)
        return stack

    @classmethod
    def _new(cls) -> "Stack":
        folder = Path(tempfile.mkdtemp(prefix="timeflow-stack-"))
        folder.chmod(0o755)
        (folder / "data").mkdir()
        port = free_port()
        made = subprocess.run(
            [sys.executable, "manage.py", "make_keys"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        secrets = dict(line.split("=", 1) for line in made.stdout.split() if "=" in line)
        return cls(
            folder,
            port,
            {
                **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
                **secrets,
                "PORT": str(port),
                "PUBLIC_URL": f"http://127.0.0.1:{port}",
                "TRUSTED_PROXIES": "127.0.0.0/8",
                "DATA_DIR": str(folder / "data"),
                "LOG_LEVEL": "WARNING",
                "METRICS_TOKEN": METRICS_TOKEN,
            },
        )

    def __enter__(self) -> "Stack":
        try:
            self.manage("collectstatic", "--noinput", "-v0")
            for part in self.parts.values():
                if part.name == "web":
                    self.manage("migrate", "-v0")
                part.start()
        except BaseException:
            self.__exit__()
            raise
        threading.Thread(target=self._supervise, daemon=True).start()
        return self

    def _supervise(self) -> None:
        """What ends by itself is started again, as every manager of services does."""
        while not self.is_over.wait(1):
            for part in self.parts.values():
                if part.is_wanted and part.process and part.process.poll() is not None:
                    part.launch()

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        for part in reversed(self.parts.values()):
            part.send(signal.SIGCONT)
            part.stop(signal.SIGINT if part.name == "postgres" else signal.SIGTERM)
        for tidy in self.on_end:
            tidy()
        shutil.rmtree(self.folder, ignore_errors=True)

    def manage(self, *arguments: str) -> str:
        """Run a command of `manage.py` in this installation. What it printed."""
        return self.python("manage.py", *arguments)

    def python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed: {done.stderr[-2000:]}")
        return done.stdout

    def ask(
        self, person: Person, method: str, path: str, body: dict[str, str] | None = None, *, timeout: float = 60
    ) -> tuple[int, bytes]:
        """As a program of the person's where it is for programs, else as their browser."""
        headers = {"X-Forwarded-For": person["address"], "Content-Type": "application/json"}
        if path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {person['token']}"
        else:
            headers["Cookie"] = person["cookie"]
        sent = None if body is None else json.dumps(body).encode()
        return answer(self.port, path, method=method, body=sent, headers=headers, timeout=timeout)

    def people(self, number: int, *, tasks: int) -> list[Person]:
        made = self.python("-m", "benchmarks.people", "0", str(number), "--tasks", str(tasks))
        return [json.loads(line) for line in made.splitlines()]

    def metrics(self) -> str:
        """What `/metrics` says."""
        status, said = answer(self.port, "/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
        if status != 200:
            raise RuntimeError(f"/metrics answered {status}.")
        return said.decode()

    def serves(self) -> bool:
        return answer(self.port, "/readyz")[0] == 200

    def _add(self, name: str, command: list[str], *, more: dict[str, str] | None = None, **how: object) -> None:
        log = self.folder / f"{name}.log"
        self.parts[name] = Part(name, command, self.environment | (more or {}), log, **how)  # type: ignore[arg-type]

    def _add_disk(self, name: str, size: int) -> None:
        """The folder `name` gets a disk of its own. Needs to be root."""
        disk = self.folder / name
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=0700", "tmpfs", str(disk)], check=True)
        self.disks[name] = disk
        self.on_end.append(lambda: subprocess.run(["umount", str(disk)], check=False))

    def _add_postgres(self, port: int) -> None:
        programs = str(sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1])
        data, user = self.folder / "postgres", servant()
        data.mkdir(exist_ok=True)
        if user:
            shutil.chown(data, user, user)
        subprocess.run(
            [f"{programs}/initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync"],
            user=user,
            cwd=data,
            check=True,
            capture_output=True,
        )
        command = [f"{programs}/postgres", "-D", str(data), "-p", str(port)]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}"]

        def is_up() -> bool:
            made = [f"{programs}/psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-Atc"]
            there = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"  # noqa: S608
            asked = subprocess.run([*made, there], capture_output=True, text=True, check=False)
            if asked.returncode == 0 and not asked.stdout.strip():
                subprocess.run([*made, f"CREATE DATABASE {DATABASE}"], check=True, capture_output=True)
            return asked.returncode == 0

        self._add("postgres", command, is_up=is_up, user=user)


def servant() -> str | None:
    """Whom to run PostgreSQL as: it refuses to be root."""
    return "postgres" if os.geteuid() == 0 else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def answer(
    port: int,
    path: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    timeout: float = 10,
) -> tuple[int, bytes]:
    """Status and body; status 0 if nobody answered in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        got = connection.getresponse()
        return got.status, got.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def wait_until(is_so: Callable[[], bool], otherwise: Callable[[], str], *, seconds: float = 60) -> float:
    """Returns after how many seconds it was so; raises `TimeoutError` with the words in `otherwise`."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            raise TimeoutError(otherwise())
        time.sleep(0.1)
    return time.monotonic() - began
