"""Maya's account and her week, made as she would have made them: by the same services, at the same moments."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.services.people import finish_welcome, open_account
from availability.services.events import create_event
from availability.services.hours import set_override, set_working_hours
from availability.services.imports import import_calendar
from scheduling.models import Block, Plan, Task
from scheduling.services.demo import fortnight
from scheduling.services.demo.fortnight import Chore
from scheduling.services.habits import check_habit, create_habit
from scheduling.services.jobs import PlanRequest, request_plan, run_job
from scheduling.services.labels import create_label
from scheduling.services.plans import apply_plan
from scheduling.services.tasks import complete_task, create_task
from timeflow.lib.time import edge, local_date, zone

ONE_WEEK = timedelta(weeks=1)
Tick = Callable[[], float]


def seed_demo(*, password: str, time_zone: str, now: datetime, tick: Tick) -> User:
    """The demo person with a past week, a coming fortnight and its applied plan: all of it, or nothing.

    Does nothing if there is one already. `tick` is the stopwatch that caps the planner's search.
    """
    user = User.objects.filter(email=fortnight.EMAIL).first()
    if user is None:
        with transaction.atomic():
            user = _Seed(password, time_zone, now, tick).user
    return user


class _Seed:
    def __init__(self, password: str, time_zone: str, now: datetime, tick: Tick) -> None:
        self.now, self.tick, self.zone = now, tick, zone(time_zone)
        self.today = local_date(now, self.zone)
        self.begun = now - ONE_WEEK
        self.user = open_account(
            email=fortnight.EMAIL, password=password, name=fortnight.NAME, time_zone=time_zone, now=self.begun
        )
        finish_welcome(user=self.user, now=self.begun)
        self.labels = {
            name: create_label(user=self.user, name=name, tint=tint).pk for name, tint in fortnight.LABELS.items()
        }
        self.tasks: dict[str, Task] = {}
        self._calendar()
        self._last_week()
        self._habits()
        self._this_week()

    def _calendar(self) -> None:
        set_working_hours(user=self.user, hours=fortnight.HOURS)
        set_override(user=self.user, on=fortnight.day_off(self.today), windows=[], now=self.now)
        file = fortnight.as_ics(fortnight.meetings(self.today), self.zone)
        import_calendar(user=self.user, raw=file, name="Work", tint=3, now=self.begun)
        concert = fortnight.working_days_from(self.today, 2)
        starts_at, ends_at = (edge(concert, minute, self.zone) for minute in fortnight.EVENING)
        create_event(user=self.user, now=self.begun, title="School concert", starts_at=starts_at, ends_at=ends_at)

    def _last_week(self) -> None:
        """A week ago a few tasks were planned; those whose blocks are over were done when these ended."""
        finished = [self._task(chore, self.begun) for chore in fortnight.finished(self.today)]
        in_hand = self._task(fortnight.in_hand(self.today), self.begun)
        self._plan(self.begun, only=[*finished, in_hand])
        for task in finished:
            blocks = Block.objects.of(self.user).filter(task=task).select_related("event")
            ended_at = max((block.event.ends_at for block in blocks), default=self.now)
            complete_task(user=self.user, task_id=task.pk, now=min(ended_at, self.now))

    def _habits(self) -> None:
        for routine in fortnight.routines():
            habit = create_habit(user=self.user, now=self.begun, **routine.fields)
            for on in fortnight.days_done(routine, self.today):
                check_habit(user=self.user, habit_id=habit.pk, on=on, now=self.now)

    def _this_week(self) -> None:
        for chore in [fortnight.overdue(self.today), *fortnight.coming(self.today)]:
            self._task(chore, self.now - timedelta(days=2))
        self._plan(self.now)
        for chore in fortnight.not_planned_yet():
            self._task(chore, self.now)

    def _task(self, chore: Chore, now: datetime) -> Task:
        task = create_task(
            user=self.user,
            now=now,
            title=chore.title,
            minutes=chore.minutes,
            label_ids=[self.labels[chore.label]],
            depends_on=[self.tasks[title].pk for title in chore.after],
            **chore.fields,
        )
        self.tasks[chore.title] = task
        return task

    def _plan(self, now: datetime, only: list[Task] | None = None) -> Plan:
        wish = PlanRequest(tasks=None if only is None else tuple(str(task.pk) for task in only))
        job = request_plan(user=self.user, wish=wish, now=now)
        run_job(job_id=job.pk, clock=lambda: now, tick=self.tick)
        job.refresh_from_db()
        return apply_plan(user=self.user, plan_id=_made(job.plan_id, job.error), now=now)


def _made(plan_id: uuid.UUID | None, error: str) -> uuid.UUID:
    if plan_id is None:
        raise RuntimeError(f"The demo could not be planned: {error}")
    return plan_id
