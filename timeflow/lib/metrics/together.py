"""Several processes count as one: each writes files of its own in one folder, and whoever is asked adds them up.

The files are prometheus_client's. It names them after the process id, so that every web worker that is replaced would
leave some behind for ever, and two containers that share the folder would write the same ones. Here a process takes the
first seat that is free, and keeps it by a lock that ends with the process, whatever ends it: the next one goes on
counting in the same files. Whoever finds all seats free is the first, and empties the folder.
"""

import fcntl
import logging
import os
from itertools import count
from pathlib import Path
from typing import IO

from prometheus_client import CollectorRegistry, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

from timeflow.lib.metrics import COUNTED

# The library reads it each time that it opens a file.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# Whoever takes a seat holds it for that moment; it is as old as the counts.
DOOR = "door"
# Room that is really there, since a full disk kills whoever writes into a hole of a mapped file.
ROOM = {"counter": 1 << 19, "histogram": 1 << 21}
log = logging.getLogger(__name__)


class Seats:
    """The seat of this process in a folder, a number from 0; another one after a fork."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process, self._seat = 0, 0
        # Open as long as the process lives, which is what keeps the seat.
        self._kept: IO[bytes] | None = None

    def __call__(self) -> int:
        if self._process != os.getpid():
            self._seat, self._process = self._take(), os.getpid()
        return self._seat

    def _take(self) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self.folder / DOOR, "ab") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            if all(_is_free(seat) for seat in self.folder.glob("*.seat")):
                for left_behind in [*self.folder.glob("*.db"), *self.folder.glob("*.seat")]:
                    left_behind.unlink()
                os.utime(self.folder / DOOR)
            for seat in count():
                kept = open(self.folder / f"{seat}.seat", "ab")  # noqa: SIM115 - it stays open
                if _locks(kept):
                    self._make_room(seat)
                    self._kept = kept
                    return seat
                kept.close()
        raise AssertionError("there is always a next number")

    def _make_room(self, seat: int) -> None:
        for kind, size in ROOM.items():
            with open(self.folder / f"{kind}_{seat}.db", "ab") as file:
                if file.tell() < size:
                    os.posix_fallocate(file.fileno(), 0, size)


def _locks(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(seat: Path) -> bool:
    with open(seat, "ab") as file:
        return _locks(file)


def count_together(folder: Path) -> None:
    """From here on this process counts in `folder`. Called before it counts anything.

    Where that cannot be (no room on the disk, a folder of somebody else's), it counts for itself.
    """
    try:
        seats = Seats(folder)
        seats()
    except OSError:
        log.exception("What happens here is counted in this process alone, for nothing can be kept in %s.", folder)
        return
    os.environ[FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue(seats)


def counted(folder: Path | None = None) -> CollectorRegistry:
    """All that was counted: in `folder`, else where this process counts."""
    where = folder or os.environ.get(FOLDER)
    if not where or not os.path.isdir(where):
        return COUNTED
    registry = CollectorRegistry()
    MultiProcessCollector(registry, where)
    return registry


def as_text(*registries: CollectorRegistry) -> str:
    """In the form that Prometheus reads."""
    return "".join(generate_latest(registry).decode() for registry in registries)
