"""Days of people of three sorts at the stand-in for Google, by the real services and queues; what they cost in calls.

What a sort does in a day is an assumption, written down here; what comes of it is counted as in real life. All go by
the stand-in's clock, which jumps from one thing that happens to the next.
"""

import random
import threading
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty
from typing import Any

from celery import current_app
from django.db.models import F, Max, Min
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from availability.domain.google_load import Sort
from availability.domain.quota import UNITS, Lane
from availability.models import CallCount, Mirror, WorkingHours
from availability.services.mirrors.channels import hear, stop_orphans
from availability.services.mirrors.listing import look_now
from availability.services.mirrors.stepping import step, sweep
from availability.services.mirrors.target import make_own
from availability.tests.at_google import EMAIL, AtGoogle, at
from scheduling.models import Block, Preferences
from scheduling.services.blocks import move_block
from scheduling.services.following import follow_copies
from scheduling.services.repairs import repair_week
from scheduling.services.tasks import complete_task, create_task
from scheduling.tests.planning import applied
from timeflow.fakes.google import Google
from timeflow.lib.errors import NotFound, Refusal
from timeflow.lib.models import Errand
from timeflow.lib.urgency import QUEUES

A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 6, 8, tzinfo=UTC)
BEGINS, ENDS = 8, 18
"""Between these hours people do something."""
BACKLOG = 3
"""The tasks of so many days are there from the beginning."""
MOST_AT_ONCE = 300
"""Messages that come of one thing that happened."""


@dataclass(frozen=True)
class Habits:
    """What somebody does in a day. `calendars`: followed ones at Google, besides the one of ours for the plan."""

    calendars: int
    changes: int
    """Events that appear, move or go at Google, by whomever."""
    plans: int
    tasks: int
    """New ones that each of these plans places."""
    moves: int
    """Blocks dragged here."""
    twins: int
    """Blocks dragged at Google."""
    looks: int
    """Times that somebody asks to have all read now."""


HABITS = {
    Sort.QUIET: Habits(calendars=1, changes=2, plans=1, tasks=2, moves=1, twins=0, looks=0),
    Sort.USUAL: Habits(calendars=2, changes=8, plans=1, tasks=5, moves=4, twins=1, looks=1),
    Sort.BUSY: Habits(calendars=4, changes=30, plans=3, tasks=3, moves=12, twins=3, looks=4),
}


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


@dataclass(frozen=True)
class Cost:
    """Calls by lane and kind, `joining` and on an average day after it; units in the `busiest` minute of these days."""

    joining: Mapping[tuple[str, str], int]
    daily: Mapping[tuple[str, str], float]
    busiest: float


def play(google: Google, user: User, settings: Any, *, sort: Sort, has_push: bool, days: int) -> Cost:
    """Somebody connects on a Monday, and lives so many days. Without push Google refuses to tell of changes."""
    # Time runs faster here than where quota comes back.
    settings.GOOGLE_CALLS_PER_MINUTE = settings.GOOGLE_CALLS_PER_MINUTE_AND_USER = settings.GOOGLE_CALLS_PER_DAY = 10**9
    with ear() as (settings.PUBLIC_URL, told):
        if not has_push:
            google.fail(403, "pushNotSupportedForRequestedResource", on="events.watch", count=10**6)
        life = Life(AtGoogle(google, user, MONDAY), HABITS[sort], told)
        life.join()
        joining = calls()
        life.minutes.clear()
        life.live(days)
        daily = {key: number / days for key, number in (calls() - joining).items()}
        return Cost(joining, daily, max(life.minutes.values()))


@dataclass
class Life:
    """Of one person, from the day on which they connect their account. `told` is what Google tells them (see `ear`)."""

    there: AtGoogle
    habits: Habits
    told: list[dict[str, str]]
    seed: int = 1
    minutes: defaultdict[datetime, float] = field(default_factory=lambda: defaultdict(float))
    """How many units each minute took."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.user: User = self.there.user
        self.events: list[tuple[str, str]] = []
        self._counted = 0.0

    def join(self) -> None:
        """Connect, have all read, have the plan written."""
        for weekday in range(7):
            WorkingHours.objects.create(user=self.user, weekday=weekday, start_minute=BEGINS * 60, end_minute=ENDS * 60)
        Preferences.objects.create(user=self.user, auto_repair=True)
        self.homes = [EMAIL]
        self.homes += [self.there.google.add_calendar(EMAIL, f"Own {n}") for n in range(1, self.habits.calendars)]
        for number in range(10 * self.habits.calendars):
            self._add_event(self.chance.choice(self.homes), days=number % 10)
        self.there.look_around()
        make_own(connection=self.there.connection, words="private", clock=self.there.clock)
        self._add_tasks(BACKLOG * self.habits.plans * self.habits.tasks)
        self._plan()
        self._work()

    def live(self, days: int) -> None:
        """So many whole days from now on."""
        begins = self.there.now
        end, hour = begins + days * A_DAY, begins + AN_HOUR
        deeds = sorted((when, deed) for day in range(days) for when, deed in self._deeds(begins + day * A_DAY))
        while (moment := self._next([when for when, _ in deeds[:1]] + [hour])) < end:
            self.there.later(seconds=max(0.0, (moment - self.there.now).total_seconds()))
            while deeds and deeds[0][0] <= self.there.now:
                getattr(self, deeds.pop(0)[1])()
                self._work()
            if hour <= self.there.now:
                hour += AN_HOUR
                stop_orphans(now=self.there.now, clock=self.there.clock)
            sweep(now=self.there.now)
            self._work()

    def _next(self, others: list[datetime]) -> datetime:
        """When the next thing happens; beat looks at what is due once a minute."""
        now = self.there.now
        if Mirror.objects.due(now).exists():
            return now + A_MINUTE
        due = Greatest(F("next_at"), Coalesce(F("rests_until"), F("next_at")))
        soonest = Mirror.objects.filter(is_followed=True).aggregate(at=Min(due))["at"]
        return min(filter(None, [soonest and soonest + A_MINUTE / 2, *others]))

    def _deeds(self, day: datetime) -> Iterator[tuple[datetime, str]]:
        numbers = {
            "_change": self.habits.changes,
            "_plan": self.habits.plans,
            "_move": self.habits.moves,
            "_move_twin": self.habits.twins,
            "_look": self.habits.looks,
        }
        for name, number in numbers.items():
            for nth in range(number):
                # The day begins with a plan.
                latest = BEGINS + 1 if name == "_plan" and not nth else ENDS
                yield day + timedelta(hours=self.chance.uniform(BEGINS, latest)), name
        yield day + timedelta(hours=ENDS + 1), "_finish"

    # What a worker does

    def _work(self) -> None:
        """All that waits in queues, and what comes of it, done as a worker does it."""
        for _ in range(MOST_AT_ONCE):
            if not (self._hear() or self._take()):
                break
        else:
            raise AssertionError("What is done for a calendar always asks for more.")
        counted = units(calls())
        self.minutes[self.there.now.replace(second=0, microsecond=0)] += counted - self._counted
        self._counted = counted

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
                follow_copies(user=self.user, now=now)
            case "repair", (_, cause):
                repair_week(user=self.user, is_own_edit=cause == "own", now=now)

    # What the person does

    def _add_event(self, home: str, days: float) -> None:
        day = self.there.now.replace(hour=0, minute=0) + timedelta(days=int(days))
        start = day + timedelta(minutes=15 * self.chance.randint(4 * BEGINS, 4 * ENDS - 4))
        times = {"start": at(start), "end": at(start + timedelta(minutes=30))}
        self.events.append((home, self.there.google.add_event(home, {"summary": "Meeting", **times})["id"]))

    def _change(self) -> None:
        match self.chance.choice(["add", "add", "move", "move", "delete"]):
            case "add":
                self._add_event(self.chance.choice(self.homes), days=self.chance.randint(0, 9))
            case "move" if self.events:
                self.there.google.move_event(*self.chance.choice(self.events), hours=self.chance.choice([1, 2, 24]))
            case "delete" if self.events:
                self.there.google.delete_event(*self.events.pop(self.chance.randrange(len(self.events))))

    def _plan(self) -> None:
        self._add_tasks(self.habits.tasks)
        with suppress(Refusal):
            applied(self.user, self.there.now)

    def _add_tasks(self, number: int) -> None:
        for _ in range(number):
            create_task(user=self.user, now=self.there.now, title="Task", minutes=self.chance.choice([30, 60, 90]))

    def _coming(self) -> list[Block]:
        rows = Block.objects.of(self.user).filter(event__starts_at__gt=self.there.now)
        return list(rows.select_related("event").order_by("event__starts_at"))

    def _move(self) -> None:
        if rows := self._coming():
            event = (block := self.chance.choice(rows)).event
            by = timedelta(hours=self.chance.choice([1, 2, 24]))
            with suppress(Refusal):
                move_block(
                    user=self.user,
                    block_id=block.pk,
                    start=event.starts_at + by,
                    end=event.ends_at + by,
                    now=self.there.now,
                )

    def _move_twin(self) -> None:
        target = Mirror.objects.get(is_ours=True)
        coming = [block.event_id for block in self._coming()]
        twins = target.copies.filter(event_id__in=coming, news="").exclude(sent=None).order_by("event_id")
        if rows := list(twins.values_list("remote_id", flat=True)):
            self.there.google.move_event(target.remote_id, self.chance.choice(rows), hours=1)

    def _look(self) -> None:
        self.there.look_around()
        look_now(user=self.user, now=self.there.now)

    def _finish(self) -> None:
        """In the evening: what was planned until now is done."""
        over = Block.objects.of(self.user).filter(task__isnull=False, task__completed_at=None)
        ended = over.values("task").annotate(last=Max("event__ends_at")).filter(last__lte=self.there.now)
        for row in list(ended):
            complete_task(user=self.user, task_id=row["task"], now=self.there.now)


def calls() -> Counter[tuple[str, str]]:
    """What was counted so far, by lane and kind."""
    found: Counter[tuple[str, str]] = Counter()
    for row in CallCount.objects.filter(provider="google"):
        found[row.lane, row.kind] += row.calls
    return found


def units(of: Mapping[tuple[str, str], float]) -> float:
    return sum(UNITS.get(kind, 1) * number for (_, kind), number in of.items())
