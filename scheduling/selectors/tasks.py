"""A person's tasks as lists and pages show them. The number of queries does not grow with the number of tasks."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When, prefetch_related_objects
from django.db.models.functions import Coalesce, TruncDate

from accounts.models import User
from accounts.selectors.zones import zone_at, zone_on
from scheduling.models import Block, ChecklistItem, Dependency, Label, Task, TaskQuerySet
from scheduling.selectors.worked import worked_minutes
from timeflow.lib.time import edge, first_weekday_on_or_before

ONE_DAY = timedelta(days=1)
DUE_GROUPS = {"a": "Overdue", "b": "Today", "c": "This week", "d": "Later", "e": "No date", "z": "Done"}
STATES = ("open", "planned", "unplanned", "done")
Moments = tuple[datetime, datetime]


@dataclass(frozen=True)
class TaskRow:
    """A task with what is computed around it. `next_block` is the first that is not over, [start, end)."""

    task: Task
    remaining_minutes: int
    next_block: Moments | None = None
    later_blocks: int = 0
    steps: int = 0
    steps_done: int = 0
    waits_for: int = 0

    @property
    def labels(self) -> list[Label]:
        return sorted(self.task.labels.all(), key=lambda label: label.name.lower())


@dataclass(frozen=True)
class TaskGroup:
    """Rows that are due in the same stretch of time."""

    key: str
    title: str
    rows: list[TaskRow] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        return sum(row.remaining_minutes for row in self.rows)


@dataclass(frozen=True)
class TaskFilter:
    """Which tasks. `due_from` and `due_to` are local dates, both included; `q` is looked for in title and notes."""

    state: str = "open"
    label: uuid.UUID | None = None
    priority: int | None = None
    q: str = ""
    due_from: date | None = None
    due_to: date | None = None

    @property
    def narrows(self) -> bool:
        return self != TaskFilter(state=self.state)


def tasks_of(user: User, wanted: TaskFilter, now: datetime) -> TaskQuerySet:
    """The person's tasks that fit, in no order."""
    tasks = Task.objects.of(user)
    tasks = tasks.completed() if wanted.state == "done" else tasks.open()
    if wanted.state in {"planned", "unplanned"}:
        ahead = Exists(Block.objects.filter(task=OuterRef("pk"), event__ends_at__gt=now))
        tasks = tasks.filter(ahead if wanted.state == "planned" else ~ahead)
    if wanted.label:
        tasks = tasks.filter(labels=wanted.label)
    if wanted.priority:
        tasks = tasks.filter(priority=wanted.priority)
    if wanted.q:
        tasks = tasks.filter(Q(title__icontains=wanted.q) | Q(notes__icontains=wanted.q))
    if wanted.due_from or wanted.due_to:
        tasks = tasks.filter(_due_between(user, wanted.due_from, wanted.due_to))
    return tasks


def by_due(tasks: TaskQuerySet, user: User, now: datetime) -> TaskQuerySet:
    """Ordered by due, then priority, and annotated with `due_group`, a key of `DUE_GROUPS`.

    A date-only due ends with its day. The groups are exact in every zone the person lives in.
    """
    zones = zone_on(user)
    tz = zone_at(zones, now)
    today = now.astimezone(tz).date()
    next_week = first_weekday_on_or_before(today, user.week_start) + 7 * ONE_DAY
    tomorrow_starts = edge(today + ONE_DAY, 0, zones(today + ONE_DAY))
    next_week_starts = edge(next_week, 0, zones(next_week))
    group = Case(
        When(Q(due_at__lte=now) | Q(due_on__lt=today), then=Value("a")),
        # Due at midnight of tomorrow is due by the end of today.
        When(Q(due_at__lte=tomorrow_starts) | Q(due_on=today), then=Value("b")),
        When(Q(due_at__lte=next_week_starts) | Q(due_on__lt=next_week), then=Value("c")),
        When(Q(due_at__isnull=False) | Q(due_on__isnull=False), then=Value("d")),
        default=Value("e"),
        output_field=CharField(),
    )
    due_day = Coalesce("due_on", TruncDate("due_at", tzinfo=tz))
    return tasks.annotate(due_group=group, due_day=due_day).order_by("due_group", "due_day", "due_at", "priority", "id")


def newest_done_first(tasks: TaskQuerySet) -> TaskQuerySet:
    """Finished tasks, the last finished first."""
    return tasks.annotate(due_group=Value("z")).order_by("-completed_at", "id")


def task_rows(tasks: TaskQuerySet | Sequence[Task], now: datetime) -> list[TaskRow]:
    """Rows for these tasks, in their order. Four queries beside the one for the tasks."""
    found = list(tasks)
    ids = [task.pk for task in found]
    prefetch_related_objects(found, "labels")
    blocks, steps, waits = _blocks(ids), _steps(ids), _open_predecessors(ids)
    rows = []
    for task in found:
        own = blocks[task.pk]
        ahead = [block.event for block in own if block.event.ends_at > now and not block.outcome]
        count, done = steps.get(task.pk, (0, 0))
        rows.append(
            TaskRow(
                task=task,
                remaining_minutes=max(0, task.minutes - sum(worked_minutes(block, now) for block in own)),
                next_block=(ahead[0].starts_at, ahead[0].ends_at) if ahead else None,
                later_blocks=max(0, len(ahead) - 1),
                steps=count,
                steps_done=done,
                waits_for=waits.get(task.pk, 0),
            )
        )
    return rows


def grouped(rows: Iterable[TaskRow]) -> list[TaskGroup]:
    """Rows that came from `by_due` or `newest_done_first`, in groups."""
    return [
        TaskGroup(key, DUE_GROUPS[key], list(members))
        for key, members in groupby(rows, key=lambda row: row.task.due_group)  # type: ignore[attr-defined]
    ]


def open_count(user: User) -> int:
    return Task.objects.of(user).open().count()


def candidates_for_dependency(user: User, task: Task, q: str, limit: int = 8) -> list[Task]:
    """Open tasks whose title holds `q`, that `task` does not wait for yet."""
    waiting = Dependency.objects.filter(task=task).values("predecessor")
    tasks = Task.objects.of(user).open().filter(title__icontains=q).exclude(pk=task.pk).exclude(pk__in=waiting)
    return list(tasks.order_by("title", "id")[:limit])


def _due_between(user: User, first: date | None, last: date | None) -> Q:
    zones = zone_on(user)
    on, at = Q(due_on__isnull=False), Q(due_at__isnull=False)
    if first:
        on, at = on & Q(due_on__gte=first), at & Q(due_at__gte=edge(first, 0, zones(first)))
    if last:
        after = last + ONE_DAY
        on, at = on & Q(due_on__lte=last), at & Q(due_at__lt=edge(after, 0, zones(after)))
    return on | at


def _steps(ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    items = ChecklistItem.objects.filter(task__in=ids).values("task").order_by()
    counted = items.annotate(total=Count("pk"), done=Count("pk", filter=Q(is_done=True)))
    return {task: (total, done) for task, total, done in counted.values_list("task", "total", "done")}


def _open_predecessors(ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    waits = Dependency.objects.filter(task__in=ids, predecessor__completed_at=None).values("task").order_by()
    return dict(waits.annotate(number=Count("pk")).values_list("task", "number"))


def _blocks(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Block]]:
    found: dict[uuid.UUID, list[Block]] = defaultdict(list)
    for block in Block.objects.filter(task__in=ids).select_related("event").order_by("event__starts_at"):
        found[block.work_id].append(block)
    return found
