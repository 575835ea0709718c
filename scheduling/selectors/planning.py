"""A person's week as the planner sees it: read from rows, in a fixed number of queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from accounts.models import User
from accounts.selectors.zones import ZoneOn, person_clock, zone_at, zone_on
from availability.selectors import busy_spans, date_overrides, weekly_hours
from scheduling.domain.placing import Wanted, distinct
from scheduling.domain.planner import Settings, build_problem
from scheduling.domain.planner.problem import Effort
from scheduling.domain.week import Week, Work
from scheduling.errors import TooManyOpenTasks
from scheduling.models import Block, Habit, Plan, Preferences, Task
from scheduling.selectors.inputs import OpenTask, habit_inputs, open_tasks, task_inputs
from timeflow.lib import bounds
from timeflow.lib.time import edge

ONE_DAY = timedelta(days=1)
# The price of a yes is asked while one drags, so the planner reads no more of a row than it needs.
PLACE = (
    "task_id",
    "habit_id",
    "is_pinned",
    "event__title",
    "event__starts_at",
    "event__ends_at",
    "event__is_exclusive",
)
UNREAD = ("notes", "rrule", "created_at", "updated_at", "recurrence_root", "occurs_on")
Moments = tuple[datetime, datetime]


@dataclass(frozen=True)
class Scope:
    """Which part of a week to plan.

    `works`: only these tasks and habits, the tasks they wait for and those with live blocks; None = all open ones.
    `only`, `changed`, `starts_within`: see the planner's `Problem`; `starts_from`: the same up to the end.
    `proposal`: its blocks, not the live ones, are what is there already, and none of them is frozen.
    `horizon_end`: None = as far as the person prefers.
    """

    works: Collection[str] | None = None
    only: Collection[str] | None = None
    changed: Collection[str] = ()
    starts_within: Moments | None = None
    starts_from: datetime | None = None
    proposal: Plan | None = None
    horizon_end: datetime | None = None


EVERYTHING = Scope()


def wanted_of(block: Block) -> Wanted:
    """A live block in the planner's terms."""
    return Wanted(block.event.starts_at, block.event.ends_at, str(block.work_id), block.is_pinned)


def blocks_of(plan: Plan) -> list[Wanted]:
    """The blocks that a plan holds."""
    return [
        Wanted(datetime.fromisoformat(b["start"]), datetime.fromisoformat(b["end"]), b["work"], b["pinned"])
        for b in plan.blocks
    ]


def live_blocks(user: User, now: datetime) -> list[Block]:
    """Blocks in the calendar that are not over, in order of time. One query."""
    blocks = Block.objects.of(user).filter(event__ends_at__gt=now).select_related("event").only(*PLACE)
    return list(blocks.order_by("event__starts_at", "event__ends_at", "id"))


def load_week(user: User, now: datetime, *, effort: Effort = "full", scope: Scope = EVERYTHING) -> Week:
    """Everything that a plan of [now, horizon_end) depends on. Raises `TooManyOpenTasks`."""
    preferences = Preferences.objects.filter(user=user).first() or Preferences(user=user)
    zones = zone_on(user)
    today = now.astimezone(zone_at(zones, now)).date()
    horizon_end = _horizon(scope, preferences, zones, today, now)
    live = live_blocks(user, now)
    standing = [wanted_of(block) for block in live]
    previous = distinct(standing if scope.proposal is None else assumed(scope.proposal, standing, now))
    tasks = _open_tasks(user, now, scope, previous)
    habits = _habits(user, scope, previous)
    planned = {str(task.row.pk): Work("task", task.row.title) for task in tasks}
    planned |= {str(habit.pk): Work("habit", habit.title) for habit in habits}
    problem = build_problem(
        zone_on=zones,
        now=now,
        horizon_end=horizon_end,
        hours=weekly_hours(user),
        date_overrides=date_overrides(user, today - 9 * ONE_DAY, horizon_end.date() + 9 * ONE_DAY),
        events=busy_spans(user, now - 2 * ONE_DAY, horizon_end + 2 * ONE_DAY),
        tasks=task_inputs(tasks, previous, now),
        habits=habit_inputs(habits, previous, zones, now, horizon_end),
        previous=[(block.work, block.start, block.end) for block in previous if block.work in planned],
        settings=Settings(
            effort=effort,
            buffer_minutes=preferences.buffer_minutes,
            daily_max_minutes=preferences.daily_max_minutes,
            freeze_minutes=0 if scope.proposal else preferences.freeze_minutes,
            week_start=user.week_start,
        ),
        starts_within=(scope.starts_from, horizon_end) if scope.starts_from else scope.starts_within,
        only=None if scope.only is None else [work for work in scope.only if work in planned],
        changed=[work for work in scope.changed if work in planned],
    )
    gone = {str(block.work_id): Work("task" if block.task_id else "habit", block.event.title) for block in live}
    return Week(
        now=now,
        horizon_end=horizon_end,
        data_version=user.data_version,
        problem=problem,
        works=gone | planned,
        standing=tuple(standing),
        zones=zones,
        words=person_clock(user, now, zones),
    )


def assumed(proposal: Plan, standing: list[Wanted], now: datetime) -> list[Wanted]:
    """What is there if the proposal is taken at its word.

    Its blocks that can still begin, the live blocks that began, and those of work that it says nothing about.
    """
    known = {outcome["work"] for outcome in proposal.outcomes}
    held = {block.place: block for block in standing}
    # A block is pinned if it is so today, whatever the proposal remembers: a pin is exempt from being checked.
    blocks = [
        replace(block, is_pinned=block.place in held and held[block.place].is_pinned)
        for block in blocks_of(proposal)
        if block.start >= now or (block.end > now and block.place in held)
    ]
    places = {block.place for block in blocks}
    kept = [block for block in standing if block.work not in known or block.start < now or block.is_pinned]
    return blocks + [block for block in kept if block.place not in places]


def _horizon(scope: Scope, preferences: Preferences, zones: ZoneOn, today: date, now: datetime) -> datetime:
    last = today + preferences.horizon_days * ONE_DAY
    end = scope.horizon_end if scope.horizon_end and scope.horizon_end > now else edge(last, 0, zones(last))
    return max(end, scope.starts_within[1]) if scope.starts_within else end


def _open_tasks(user: User, now: datetime, scope: Scope, previous: Iterable[Wanted]) -> list[OpenTask]:
    rows = {
        str(task.pk): task
        for task in Task.objects.of(user).open().defer(*UNREAD).order_by("id")[: bounds.OPEN_TASKS + 1]
    }
    if len(rows) > bounds.OPEN_TASKS:
        raise TooManyOpenTasks(fields={"tasks": [TooManyOpenTasks.detail]})
    wanted = set(rows)
    if scope.works is not None:
        wanted &= {*scope.works, *(block.work for block in previous)}
    return open_tasks(user, rows, wanted, now)


def _habits(user: User, scope: Scope, previous: Iterable[Wanted]) -> list[Habit]:
    habits = Habit.objects.of(user).active().order_by("id")
    if scope.works is None:
        return list(habits)
    wanted = {*scope.works, *(block.work for block in previous)}
    return [habit for habit in habits if str(habit.pk) in wanted]
