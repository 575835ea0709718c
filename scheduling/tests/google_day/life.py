"""The life of a person with an account at Google: what they do here and there, from one thing to the next."""

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Max, Min
from django.db.models.functions import Coalesce, Greatest

from accounts.models import Session, User
from availability.models import Mirror, WorkingHours
from availability.services.mirrors.channels import stop_orphans
from availability.services.mirrors.listing import look_now
from availability.services.mirrors.stepping import sweep
from availability.tests.at_google import EMAIL, AtGoogle, at
from availability.tests.mirrored import own_calendar
from scheduling.models import Block, Preferences
from scheduling.services.blocks import move_block
from scheduling.services.tasks import complete_task, create_task
from scheduling.tests.google_day.habits import Habits
from scheduling.tests.google_day.worker import Worker
from scheduling.tests.planning import applied
from timeflow.lib.errors import Refusal

A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BEGINS, ENDS = 8, 18
"""Between these hours people do something."""
BACKLOG = 3
"""The tasks of so many days are there from the beginning."""


@dataclass
class Life:
    """Of one person, from the day on which they connect their account."""

    there: AtGoogle
    habits: Habits
    worker: Worker

    def __post_init__(self) -> None:
        self.chance = random.Random(1)
        self.user: User = self.there.user
        self.events: list[tuple[str, str]] = []

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
        own_calendar(self.there.connection, self.there.clock)
        self._add_tasks(BACKLOG * max(1, self.habits.plans * self.habits.tasks))
        self._plan()
        self.worker.work()
        if not self.habits.comes:
            Session.objects.all().delete()

    def live(self, days: int) -> None:
        """So many whole days from now on."""
        begins = self.there.now
        end, hour = begins + days * A_DAY, begins + AN_HOUR
        deeds = sorted((when, deed) for day in range(days) for when, deed in self._deeds(begins + day * A_DAY))
        while (moment := self._next([when for when, _ in deeds[:1]] + [hour])) < end:
            self.there.later(seconds=max(0.0, (moment - self.there.now).total_seconds()))
            while deeds and deeds[0][0] <= self.there.now:
                getattr(self, deeds.pop(0)[1])()
                self.worker.work()
            if hour <= self.there.now:
                hour += AN_HOUR
                stop_orphans(now=self.there.now, clock=self.there.clock)
            sweep(now=self.there.now)
            self.worker.work()

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
        if self.habits.comes:
            yield day + timedelta(hours=BEGINS), "_come"

    # What the person does

    def _come(self) -> None:
        self.there.come()

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
