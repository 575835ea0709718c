"""Trials of faults under light load: `python -m benchmarks.faults` prints a table.

What people saw, what was lost, how long until all was whole. Meanwhile a person adds tasks, opens Today and asks for
plans, as often as rate limits let them. A task counts as lost if its making was answered with success and it is not
there in the end, a plan if its job is never finished. `--only words` tries the faults whose names hold the words.
"""

import argparse
import json
import os
import signal
import sqlite3
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measuring import table
from benchmarks.stack import Person, Stack, wait_until

TITLES = "from scheduling.models import Task; print(*Task.objects.values_list('title', flat=True), sep='\\n')"
OPEN_JOBS = (
    "from scheduling.models import PlanJob; print(PlanJob.objects.filter(state__in=['queued', 'running']).count())"
)
Fault = Callable[[Stack], AbstractContextManager[None]]


@dataclass
class Life:
    """A person who goes on, and notes what happens to them: (seconds, what, status, how long)."""

    stack: Stack
    person: Person
    seen: list[tuple[float, str, int, float]] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    def live(self) -> None:
        turn = 0
        while not self.over.wait(0.8):
            turn += 1
            title = f"Task {uuid.uuid4().hex}"
            if self._ask("adds a task", "POST", "/api/tasks", {"title": title}) == 201:
                self.made.add(title)
            if turn % 3 == 0:
                self._ask("opens Today", "GET", "/today")
            if turn % 8 == 1:
                self._ask("asks for a plan", "POST", "/api/schedule", {})

    def _ask(self, what: str, method: str, path: str, body: dict[str, str] | None = None) -> int:
        began = time.monotonic()
        status, got = self.stack.ask(self.person, method, path, body)
        self.seen.append((began, what, status, time.monotonic() - began))
        if status >= 500 and path.startswith("/api/"):
            self.words.add(json.loads(got)["detail"])
        return status

    def last(self) -> dict[str, int]:
        return {what: status for _, what, status, _ in self.seen}

    def is_well(self) -> bool:
        """Whether each deed went well the last time."""
        return all(200 <= status < 300 for status in self.last().values())

    def lost(self) -> int:
        """Tasks that were made and are not there, and plans whose jobs do not end."""
        titles = set(self.stack.manage("shell", "-v0", "-c", TITLES).splitlines())
        wait_until(lambda: self._open_jobs() == 0, lambda: f"{self._open_jobs()} plans never end.", seconds=180)
        return len(self.made - titles)

    def _open_jobs(self) -> int:
        return int(self.stack.manage("shell", "-v0", "-c", OPEN_JOBS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    rows = []
    for trial in TRIALS:
        if asked.only in trial.name:
            print(f"{trial.name} …", file=sys.stderr, flush=True)
            rows.append(_tried(trial))
    print(
        table(
            [
                "fault",
                "for the first",
                "answers meanwhile",
                "slowest, s",
                "words",
                "last refusal after its end, s",
                "lost",
            ],
            rows,
        )
    )


@dataclass(frozen=True)
class Trial:
    """`fault` begins it and yields; what follows its yield ends it. A stack of `start` goes through it."""

    name: str
    fault: Fault
    start: Callable[[], Stack] = Stack.of_servers
    seconds: int = 8


def _tried(trial: Trial) -> tuple[object, ...]:
    with trial.start() as stack:
        life = Life(stack, stack.people(1, tasks=30)[0])
        thread = threading.Thread(target=life.live)
        thread.start()
        try:
            time.sleep(3)
            began = time.monotonic()
            with trial.fault(stack):
                time.sleep(trial.seconds)
            ended = time.monotonic()
            time.sleep(0.5)
            wait_until(life.is_well, lambda: f"Not whole after {trial.name}: {life.last()}.", seconds=120)
            time.sleep(2)
        finally:
            life.over.set()
            thread.join()
        failed = [at + took for at, _, status, took in life.seen if not 200 <= status < 300]
        whole = max(0, *(at - ended for at in failed), 0)
        during = [each for each in life.seen if began <= each[0] <= ended + whole]
        statuses = Counter(status or "no answer" for _, _, status, _ in during)
        lost = life.lost()
    said = ", ".join(f"{number} × {status}" for status, number in statuses.most_common())
    slowest = max((took for *_, took in during), default=0)
    return (
        trial.name,
        f"{ended - began:.0f} s",
        said,
        f"{slowest:.1f}",
        " / ".join(sorted(life.words)),
        f"{whole:.1f}",
        lost,
    )


def _interrupted(name: str, number: signal.Signals) -> Fault:
    """A part that is ended by that signal and started again at the end of the fault."""

    @contextmanager
    def fault(stack: Stack) -> Iterator[None]:
        stack.parts[name].stop(number)
        yield
        stack.parts[name].start()

    return fault


def _frozen(name: str) -> Fault:
    @contextmanager
    def fault(stack: Stack) -> Iterator[None]:
        stack.parts[name].send(signal.SIGSTOP)
        yield
        stack.parts[name].send(signal.SIGCONT)

    return fault


@contextmanager
def _restarted_bouncer(stack: Stack) -> Iterator[None]:
    stack.parts["pgbouncer"].stop()
    stack.parts["pgbouncer"].start()
    yield


@contextmanager
def _nothing(_stack: Stack) -> Iterator[None]:
    yield


def _moved_clock(name: str, shift: str) -> Fault:
    """A part whose clock is `shift` from everybody else's. Needs Debian's package faketime."""

    @contextmanager
    def fault(stack: Stack) -> Iterator[None]:
        part = stack.parts[name]
        right = part.environment
        part.stop()
        # Not by the command `faketime`, which stays in between and passes no signal on.
        (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        part.environment = {**right, "LD_PRELOAD": str(library), "FAKETIME": shift}
        part.start()
        yield
        part.stop()
        part.environment = right
        part.start()

    return fault


def _full_disk(of: str) -> Fault:
    """A disk without a free byte. The file that fills it goes away at the end."""

    @contextmanager
    def fault(stack: Stack) -> Iterator[None]:
        filler = stack.disks[of] / "filler"
        if of == "data":
            # Else SQLite would go on in its journal, which has room of its own.
            with closing(sqlite3.connect(stack.disks[of] / "timeflow.sqlite3", timeout=20)) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with filler.open("wb", buffering=0) as file:
            for size in (65_536, 1024):
                with suppress(OSError):
                    while True:
                        file.write(bytes(size))
        yield
        filler.unlink()

    return fault


CLOCKS = [
    Trial(
        f"the clock of {name} is five minutes {words}", _moved_clock(name, shift), seconds=70 if name == "beat" else 20
    )
    for name in ("worker", "beat", "web")
    for words, shift in (("ahead", "+5m"), ("behind", "-5m"))
]
TRIALS = [
    Trial("a worker is killed (-9) in the middle of a plan", _interrupted("worker", signal.SIGKILL)),
    Trial("no worker is there", _interrupted("worker", signal.SIGTERM)),
    Trial("Redis is stopped", _interrupted("redis", signal.SIGTERM)),
    Trial("Redis is frozen", _frozen("redis")),
    Trial("PostgreSQL is stopped", _interrupted("postgres", signal.SIGINT), seconds=20),
    Trial("PostgreSQL is frozen", _frozen("postgres"), seconds=20),
    Trial("PgBouncer is restarted", _restarted_bouncer),
    Trial("the web process is killed (-9)", _interrupted("web", signal.SIGKILL)),
    Trial("two beats run", _nothing, lambda: Stack.of_servers(beats=2), seconds=130),
    *CLOCKS,
    Trial("the disk of SQLite is full", _full_disk("data"), lambda: Stack.embedded(disk=60), seconds=20),
    Trial("the disk of PostgreSQL is full", _full_disk("postgres"), lambda: Stack.of_servers(disk=160), seconds=20),
]


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main()
