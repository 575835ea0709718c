"""What goes on in the background, by the stand-in's clock: notifications are heard, messages of the queues taken up."""

import threading
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty

from celery import current_app

from availability.domain.quota import UNITS, Lane
from availability.models import CallCount
from availability.services.mirrors.channels import hear
from availability.services.mirrors.stepping import step
from availability.tests.at_google import AtGoogle
from scheduling.services.following import follow_copies
from scheduling.services.repairs import repair_week
from timeflow.lib.errors import NotFound
from timeflow.lib.models import Errand
from timeflow.lib.urgency import QUEUES

MOST_AT_ONCE = 300
"""Messages that come of one thing that happened."""


@contextmanager
def ear() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """An address on loopback, and what was told there: the headers of notifications."""
    told: list[dict[str, str]] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(dict(self.headers))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", told
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Worker:
    """`told`: what Google told until now (see `ear`). `minutes`: how many units each minute took."""

    there: AtGoogle
    told: list[dict[str, str]]
    minutes: defaultdict[datetime, float] = field(default_factory=lambda: defaultdict(float))
    counted: float = 0

    def work(self) -> None:
        """All that waits in queues, and what comes of it, done as a worker does it."""
        for _ in range(MOST_AT_ONCE):
            if not (self._hear() or self._take()):
                break
        else:
            raise AssertionError("What is done for a calendar always asks for more.")
        counted = units(calls())
        self.minutes[self.there.now.replace(second=0, microsecond=0)] += counted - self.counted
        self.counted = counted

    def _hear(self) -> bool:
        assert self.there.google.settle()
        said, self.told[:] = list(self.told), []
        for headers in said:
            names = ("Channel-ID", "Channel-Token", "Resource-ID", "Resource-State")
            channel, secret, resource, state = (headers.get(f"X-Goog-{name}", "") for name in names)
            # A channel that is being stopped tells a last time.
            with suppress(NotFound):
                hear(channel_id=channel, secret=secret, resource=resource, state=state, now=self.there.now)
        return bool(said)

    def _take(self) -> bool:
        """One message of the most urgent queue that has any."""
        with current_app.connection_for_read() as connection:
            for name in QUEUES:
                queue = connection.SimpleQueue(name)
                try:
                    message = queue.get_nowait()
                except Empty:
                    continue
                finally:
                    queue.close()
                message.ack()
                self._run(message.headers["task"], *message.payload[0])
                return True
        return False

    def _run(self, task: str, *args: str) -> None:
        now = self.there.now
        match task.rpartition(".")[2], args:
            case "run_errand", (errand_id,):
                if errand := Errand.objects.filter(pk=errand_id).first():
                    self._run(errand.task, *errand.args)
                    errand.delete()
            case "step_calendar", (calendar_id, lane):
                step(calendar_id=uuid.UUID(calendar_id), lane=Lane(lane), clock=self.there.clock)
            case "list_calendars", _:
                self.there.look_around()
            case "follow_copies", _:
                follow_copies(user=self.there.user, now=now)
            case "repair", (_, cause):
                repair_week(user=self.there.user, is_own_edit=cause == "own", now=now)


def calls() -> Counter[tuple[str, str]]:
    """What was counted so far, by lane and kind."""
    found: Counter[tuple[str, str]] = Counter()
    for row in CallCount.objects.filter(provider="google"):
        found[row.lane, row.kind] += row.calls
    return found


def units(of: Mapping[tuple[str, str], float]) -> float:
    return sum(UNITS.get(kind, 1) * number for (_, kind), number in of.items())
