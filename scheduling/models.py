"""Tasks, habits and the plans that give them time."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from availability.models import Event
from timeflow.lib import bounds
from timeflow.lib.ids import new_id


class Priority(models.IntegerChoices):
    URGENT = 1, "Urgent"
    NORMAL = 2, "Normal"
    LOW = 3, "Low"
    SOME_DAY = 4, "Some day"


class PartOfDay(models.TextChoices):
    MORNING = "morning", "Morning"
    AFTERNOON = "afternoon", "Afternoon"
    EVENING = "evening", "Evening"


class OwnedQuerySet(models.QuerySet):
    def of(self, user: object) -> Self:
        return self.filter(user=user)


class Owned(models.Model):
    """A row that belongs to one person and is never read but through them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="%(class)ss")

    class Meta:
        abstract = True


class Preferences(models.Model):
    """How a person wants to be planned. `auto_repair`: when a calendar changes their day, repair it without asking."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="preferences"
    )
    horizon_days = models.PositiveSmallIntegerField(default=14)
    default_minutes = models.PositiveSmallIntegerField(default=30)
    buffer_minutes = models.PositiveSmallIntegerField(default=0)
    daily_max_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    freeze_minutes = models.PositiveSmallIntegerField(default=0)
    auto_repair = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(horizon_days__range=(1, 182)), name="preferences_horizon"),
            models.CheckConstraint(condition=Q(buffer_minutes__lte=120), name="preferences_buffer"),
            models.CheckConstraint(condition=Q(freeze_minutes__lte=1440), name="preferences_freeze"),
            models.CheckConstraint(condition=Q(default_minutes__range=(5, 480)), name="preferences_default"),
            models.CheckConstraint(
                condition=Q(daily_max_minutes__isnull=True) | Q(daily_max_minutes__range=(15, 1440)),
                name="preferences_daily_max",
            ),
        ]


class Label(Owned):
    """A name and a colour on tasks; a project is a label."""

    name = models.CharField(max_length=bounds.LABEL_NAME)
    tint = models.PositiveSmallIntegerField(default=1)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "user",
                Lower("name"),
                name="label_name_once",
                violation_error_message="You have that label already.",
            ),
            models.CheckConstraint(condition=Q(tint__gte=1, tint__lte=8), name="label_tint_is_one_of_eight"),
        ]


class TaskQuerySet(OwnedQuerySet):
    def open(self) -> "TaskQuerySet":
        return self.filter(completed_at__isnull=True)

    def completed(self) -> "TaskQuerySet":
        return self.filter(completed_at__isnull=False)


class Task(Owned):
    """Work to be done. `minutes` is the whole estimate; what blocks have worked off is counted from them.

    A due or earliest start is either an instant (`*_at`) or a local date (`*_on`), never both. Tasks of one
    recurrence share `recurrence_root`; `occurs_on` tells them apart. Only the newest of them carries the `rrule` and
    hands it to the next, so deleting that one ends the series. `recurs_from` anchors the rule's intervals and count.
    """

    class DueKind(models.TextChoices):
        SOFT = "soft", "Better late than never"
        HARD = "hard", "Never after it"

    title = models.CharField(max_length=bounds.TITLE)
    notes = models.TextField(max_length=bounds.NOTES, blank=True)
    minutes = models.PositiveIntegerField()
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    due_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_kind = models.CharField(max_length=4, choices=DueKind.choices, default=DueKind.SOFT)
    earliest_at = models.DateTimeField(null=True, blank=True)
    earliest_on = models.DateField(null=True, blank=True)
    is_splittable = models.BooleanField(default=False)
    min_block_minutes = models.PositiveSmallIntegerField(default=30)
    max_block_minutes = models.PositiveSmallIntegerField(default=120)
    max_minutes_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    preferred = models.CharField(max_length=9, choices=PartOfDay.choices, blank=True)
    rrule = models.CharField(max_length=bounds.RRULE, blank=True)
    recurrence_root = models.UUIDField(null=True, editable=False)
    occurs_on = models.DateField(null=True, editable=False)
    recurs_from = models.DateField(null=True, editable=False)
    labels = models.ManyToManyField(Label, blank=True, related_name="tasks")
    predecessors = models.ManyToManyField(
        "self",
        through="Dependency",
        through_fields=("task", "predecessor"),
        symmetrical=False,
        related_name="successors",
    )
    completed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__range=(bounds.TASK_MINUTES.least, bounds.TASK_MINUTES.most)),
                name="task_minutes",
                violation_error_message="A task takes between 1 and 10,000 minutes.",
            ),
            models.CheckConstraint(condition=Q(priority__range=(1, 4)), name="task_priority"),
            models.CheckConstraint(condition=Q(due_at__isnull=True) | Q(due_on__isnull=True), name="task_due_at_or_on"),
            models.CheckConstraint(
                condition=Q(earliest_at__isnull=True) | Q(earliest_on__isnull=True),
                name="task_earliest_at_or_on",
            ),
            models.CheckConstraint(
                condition=Q(max_block_minutes__gte=F("min_block_minutes"), min_block_minutes__gte=5),
                name="task_block_sizes",
                violation_error_message="The longest block is at least as long as the shortest, which is 5 minutes.",
            ),
            models.UniqueConstraint(
                fields=["recurrence_root", "occurs_on"],
                condition=Q(recurrence_root__isnull=False),
                name="task_occurrence_once",
            ),
        ]
        indexes = [
            # Serves the open list and the planner: a person's open tasks.
            models.Index(fields=["user", "id"], condition=Q(completed_at__isnull=True), name="task_open_of_user"),
            # Serves the beat that brings the next task of a series when its day comes.
            models.Index(
                fields=["occurs_on"],
                condition=Q(completed_at__isnull=True) & ~Q(rrule=""),
                name="task_open_and_recurring",
            ),
        ]


class Dependency(models.Model):
    """`task` starts only after `predecessor` has ended."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="dependencies")
    predecessor = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="dependents")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "predecessor"], name="dependency_once"),
            models.CheckConstraint(
                condition=~Q(task=F("predecessor")),
                name="dependency_not_on_itself",
                violation_error_message="A task cannot wait for itself.",
            ),
        ]


class ChecklistItem(models.Model):
    """One line of a task's checklist."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="checklist")
    text = models.CharField(max_length=bounds.STEP)
    is_done = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)


class HabitQuerySet(OwnedQuerySet):
    def active(self) -> "HabitQuerySet":
        return self.filter(is_active=True)


class Habit(Owned):
    """Work that recurs some times a week. `weekdays` has a character per eligible day, 0 for Monday: "01234"."""

    title = models.CharField(max_length=bounds.TITLE)
    minutes = models.PositiveSmallIntegerField()
    times_per_week = models.PositiveSmallIntegerField()
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.LOW)
    preferred = models.CharField(max_length=9, choices=PartOfDay.choices, blank=True)
    weekdays = models.CharField(max_length=7, default="0123456")
    min_days_between = models.PositiveSmallIntegerField(default=0)
    tint = models.PositiveSmallIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(editable=False)

    objects = HabitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(1, 1440)), name="habit_minutes"),
            models.CheckConstraint(condition=Q(times_per_week__range=(1, 7)), name="habit_times_per_week"),
            models.CheckConstraint(condition=Q(priority__range=(1, 4)), name="habit_priority"),
            models.CheckConstraint(condition=Q(min_days_between__lte=6), name="habit_min_days_between"),
        ]


class HabitCheck(models.Model):
    """The habit was done on that local date."""

    habit = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="checks")
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["habit", "on"], name="habitcheck_once_a_day")]


class Plan(Owned):
    """One proposal of blocks: proposed, then applied (and perhaps undone) or discarded.

    `blocks`, `removed`, `outcomes` and `cost` are the engine's result (ids as strings, instants in ISO 8601) and
    never change. `undo` holds the rows that applying touched, as they were before and after, so that it can be
    taken back exactly. `outcomes` has one entry per task or habit: status, minutes placed and late, reason.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        APPLIED = "applied", "Applied"
        UNDONE = "undone", "Undone"
        DISCARDED = "discarded", "Discarded"

    class Origin(models.TextChoices):
        REQUEST = "request", "Asked for"
        EDIT = "edit", "Repair after an edit of the person"
        CHANGE = "change", "Repair after a change from outside"
        SEARCH = "search", "Better plan found in the background"

    state = models.CharField(max_length=10, choices=State.choices)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    summary = models.CharField(max_length=300, blank=True, help_text="what changed, in words")
    blocks = models.JSONField()
    removed = models.JSONField(default=list)
    outcomes = models.JSONField()
    cost = models.JSONField(default=dict)
    undo = models.JSONField(null=True)
    # The person's data version that the proposal was computed from.
    data_version = models.BigIntegerField()
    # The data version under whose lock it was applied: the true order, which clocks of several processes are not.
    applied_version = models.BigIntegerField(null=True)
    horizon_ends_at = models.DateTimeField()
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(state="proposed"), name="plan_one_proposal_a_person"),
        ]
        indexes = [models.Index(fields=["user", "state", "applied_version"], name="plan_of_user_by_state")]


class BlockQuerySet(OwnedQuerySet):
    def overlapping(self, start: datetime, end: datetime) -> "BlockQuerySet":
        """Blocks that share time with [start, end)."""
        return self.filter(event__starts_at__lt=end, event__ends_at__gt=start)

    def ended(self, now: datetime) -> "BlockQuerySet":
        return self.filter(event__ends_at__lte=now)

    def unanswered(self) -> "BlockQuerySet":
        return self.filter(outcome="")


class Block(Owned):
    """A stretch of time given to a task or habit. Its time, title and place in the calendar are its event's.

    A block that is over and unanswered counts as worked, so only "not done" gives its minutes back to the pool.
    """

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        PARTLY = "partly", "Partly"
        NOT = "not", "Not done"

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="block")
    task = models.ForeignKey(Task, null=True, on_delete=models.CASCADE, related_name="blocks")
    habit = models.ForeignKey(Habit, null=True, on_delete=models.CASCADE, related_name="blocks")
    is_pinned = models.BooleanField(default=False)
    outcome = models.CharField(max_length=6, choices=Outcome.choices, blank=True)
    worked_minutes = models.PositiveSmallIntegerField(null=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(task__isnull=False, habit__isnull=True) | Q(task__isnull=True, habit__isnull=False),
                name="block_of_a_task_or_a_habit",
            ),
        ]
        indexes = [models.Index(fields=["task"], name="block_of_task")]

    @property
    def work_id(self) -> uuid.UUID:
        """The id of its task or habit."""
        return self.task_id or self.habit_id  # type: ignore[return-value]  # the constraint says one is set


class PlanJobQuerySet(OwnedQuerySet):
    def open(self) -> "PlanJobQuerySet":
        return self.filter(state__in=["queued", "running"])


class PlanJob(Owned):
    """A request for a plan that a worker carries out; durable, so that a killed worker's job is taken up again.

    `attempt` is the fence: a worker writes only while it still holds the attempt that it claimed.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Planning"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    origin = models.CharField(max_length=8, choices=Plan.Origin.choices, default=Plan.Origin.REQUEST)
    request = models.JSONField(default=dict)
    progress = models.CharField(max_length=100, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    plan = models.ForeignKey(Plan, null=True, on_delete=models.SET_NULL, related_name="jobs")
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = PlanJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state__in=["queued", "running"]),
                name="planjob_one_open_a_person",
            ),
        ]
