"""The week itself: random deeds on both sides by a seed, troubles in between, and what must hold in the end."""

import random
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta

from accounts.models import User
from availability.domain.quota import Lane
from availability.models import Event, Mirror
from availability.services.mirrors.listing import look_now
from availability.services.mirrors.quota import CountingMeter
from availability.services.mirrors.stepping import SAFETY, step
from scheduling.models import Block, Plan, Task
from scheduling.services import blocks, jobs, plans, tasks
from scheduling.services.following import follow_copies
from scheduling.services.repairs import repair_week
from scheduling.tests.planning import applied
from scheduling.tests.two_sides.side import Seen, Side
from timeflow.lib.errors import Refusal

TURNS = 30
"""So many turns without trouble are more than enough for all to be in step."""


class Killed(BaseException):
    """The worker is gone in the middle of its work."""


class DyingMeter(CountingMeter):
    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def admit(self, kind: str) -> None:
        super().admit(kind)
        self.left -= 1
        if self.left < 0:
            raise Killed


class Week:
    def __init__(self, user: User, side: Side, seed: int) -> None:
        self.user, self.side, self.chance = user, side, random.Random(seed)
        self.events: dict[str, datetime] = {}
        self.series: dict[str, list[datetime]] = {}
        self.done: Counter[str] = Counter()
        self.number = 0

    def live(self, deeds: int) -> None:
        """Some twenty minutes lie between two deeds; only now and then a worker comes by."""
        kinds = [
            (self._add, 10), (self._add_series, 3), (self._rename, 5), (self._move, 8), (self._delete, 4),
            (self._detach, 4), (self._cancel, 3), (self._move_twin, 8), (self._delete_twin, 3),
            (self._add_task, 8), (self._move_block, 8), (self._finish, 4), (self._undo, 2), (self._plan, 4),
            (self._trouble, 12), (self._die, 5),
        ]  # fmt: skip
        names, weights = zip(*kinds, strict=True)
        for _ in range(deeds):
            [deed] = self.chance.choices(names, weights)
            self.done[deed.__name__] += 1
            deed()
            self.side.later(minutes=self.chance.uniform(5, 35))
            if self.chance.random() < 0.5:
                self.turn()

    def turn(self, meter: CountingMeter | None = None) -> None:
        """A worker brings in step what is due, and the plan follows."""
        self.side.hear()
        for calendar in self.side.calendars():
            if Mirror.objects.due(self.side.clock()).filter(pk=calendar.pk).exists():
                step(calendar_id=calendar.pk, lane=Lane.SAFETY, clock=self.side.clock, meter=meter)
        follow_copies(user=self.user, now=self.side.clock())
        repair_week(user=self.user, is_own_edit=False, now=self.side.clock())

    def settle(self) -> None:
        """Without trouble, until both sides are alike and stay so. What nobody told of comes to light by polling."""
        self.side.mend()
        alike = 0
        for _ in range(TURNS):
            self.side.later(minutes=SAFETY / timedelta(minutes=1) * 1.1)
            self.turn()
            alike = alike + 1 if self.is_alike() else 0
            if alike == 3:
                return
        raise AssertionError("The sides never come to rest.")

    def move_a_twin_and_see(self) -> None:
        """Whatever was before: a twin that is moved takes its block along."""
        self._add_task()
        applied(self.user, self.side.clock())
        self._look()
        mark, (event, seen) = max(self.side.twins().items(), key=lambda twin: twin[1][1].start)
        assert seen.start > self.side.clock()
        self.side.move_twin(event, 1)
        self._look()
        block = Block.objects.of(self.user).get(event=mark[32:])
        hour = timedelta(hours=1)
        assert (block.is_pinned, block.event.starts_at, block.event.ends_at) == (
            True,
            seen.start + hour,
            seen.end + hour,
        )

    def _look(self) -> None:
        """The person wants to see now what is there."""
        self.side.later(minutes=1)
        look_now(user=self.user, connection_id=self.side.connection.pk, now=self.side.clock())
        self.turn()

    def is_alike(self) -> bool:
        """Nothing is lost, and nothing is left there of what is not planned any more."""
        blocks, twins = self.blocks(), {mark: seen for mark, (_, seen) in self.side.twins().items()}
        coming = {mark: seen for mark, seen in twins.items() if seen.start > self.side.clock()}
        are_written = blocks.items() <= twins.items() and coming.keys() <= blocks.keys()
        return are_written and self.here() == self.there()

    # What is seen

    @property
    def window(self) -> tuple[datetime, datetime]:
        now = self.side.clock()
        return now - timedelta(days=20), now + timedelta(days=60)

    def here(self) -> list[Seen]:
        """The person's own events as TimeFlow has them."""
        rows = Event.objects.filter(user=self.user, source=Event.Source.REMOTE).overlapping(*self.window)
        return sorted(Seen(row.title, row.starts_at, row.ends_at) for row in rows)

    def there(self) -> list[Seen]:
        return sorted(self.side.own(*self.window))

    def blocks(self) -> dict[str, Seen]:
        """Planned blocks by their mark, as they should be there."""
        rows = Block.objects.of(self.user).select_related("event").filter(event__ends_at__gte=self.side.clock())
        return {
            f"{self.user.pk.hex}{row.event_id.hex}": Seen(row.event.title, row.event.starts_at, row.event.ends_at)
            for row in rows
        }

    # Deeds there

    def _soon(self) -> datetime:
        start = self.side.clock() + timedelta(minutes=15 * self.chance.randint(2, 400))
        return start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)

    def _title(self, what: str) -> str:
        self.number += 1
        return f"{what} {self.number}"

    def _add(self) -> None:
        start = self._soon()
        self.events[self.side.add(self._title("Event"), start, self.chance.choice([30, 60, 90]))] = start

    def _add_series(self) -> None:
        start, often = self._soon(), self.chance.choice(["DAILY;COUNT=6", "WEEKLY;COUNT=4", "DAILY;INTERVAL=2"])
        event = self.side.add(self._title("Series"), start, 30, f"RRULE:FREQ={often}")
        days = {"DAILY;COUNT=6": 1, "WEEKLY;COUNT=4": 7, "DAILY;INTERVAL=2": 2}[often]
        self.series[event] = [start + timedelta(days=days * n) for n in range(4)]

    def _rename(self) -> None:
        if self.events:
            self.side.rename(self.chance.choice(list(self.events)), self._title("Renamed"))

    def _move(self) -> None:
        if self.events:
            self.side.move(self.chance.choice(list(self.events)), self.chance.choice([-2, 1, 3, 24]))

    def _delete(self) -> None:
        every = [*self.events, *self.series]
        if every:
            event = self.chance.choice(every)
            self.side.delete(event)
            self.events.pop(event, None)
            self.series.pop(event, None)

    def _occurrence(self) -> tuple[str, datetime] | None:
        left = [(series, start) for series, starts in self.series.items() for start in starts]
        if not left:
            return None
        series, start = self.chance.choice(left)
        self.series[series].remove(start)
        return series, start

    def _detach(self) -> None:
        if found := self._occurrence():
            self.side.detach(*found, hours=self.chance.choice([1, 2, 5]))

    def _cancel(self) -> None:
        if found := self._occurrence():
            self.side.cancel(*found)

    def _twin(self) -> str | None:
        coming = [event for event, seen in self.side.twins().values() if seen.start > self.side.clock()]
        return self.chance.choice(sorted(coming)) if coming else None

    def _move_twin(self) -> None:
        if twin := self._twin():
            self.side.move_twin(twin, self.chance.choice([1, 2, 3]))

    def _delete_twin(self) -> None:
        if twin := self._twin():
            self.side.delete_twin(twin)

    # Deeds here

    def _add_task(self) -> None:
        fields = {"title": self._title("Task"), "minutes": self.chance.choice([30, 45, 60])}
        tasks.create_task(user=self.user, now=self.side.clock(), **fields)

    def _plan(self) -> None:
        now = self.side.clock()
        job = jobs.request_plan(user=self.user, wish=jobs.PlanRequest(), now=now)
        jobs.run_job(job_id=job.pk, clock=lambda: now, tick=lambda: 0.0)
        job.refresh_from_db()
        # None where nothing is left to be planned.
        if job.plan:
            with suppress(Refusal):
                plans.apply_plan(user=self.user, plan_id=job.plan.pk, now=now)

    def _move_block(self) -> None:
        coming = Block.objects.of(self.user).filter(event__starts_at__gt=self.side.clock()).select_related("event")
        if rows := list(coming.order_by("pk")):
            block = self.chance.choice(rows)
            start = block.event.starts_at + timedelta(hours=self.chance.choice([1, 2, 24]))
            end = start + (block.event.ends_at - block.event.starts_at)
            with suppress(Refusal):
                blocks.move_block(user=self.user, block_id=block.pk, start=start, end=end, now=self.side.clock())

    def _finish(self) -> None:
        if rows := list(Task.objects.of(self.user).open().order_by("pk")):
            with suppress(Refusal):
                tasks.complete_task(user=self.user, task_id=self.chance.choice(rows).pk, now=self.side.clock())

    def _undo(self) -> None:
        newest = Plan.objects.of(self.user).filter(state=Plan.State.APPLIED).order_by("decided_at").last()
        if newest is not None:
            with suppress(Refusal):
                plans.undo_plan(user=self.user, plan_id=newest.pk, now=self.side.clock())

    # Troubles

    def _trouble(self) -> None:
        self.chance.choice(self.side.troubles)()

    def _die(self) -> None:
        with suppress(Killed):
            self.turn(DyingMeter(self.chance.randint(0, 4)))
