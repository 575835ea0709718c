"""What scheduling keeps of a person, and what it does when their account is closed."""

import uuid
from datetime import datetime

from scheduling.models import (
    Block,
    ChecklistItem,
    Dependency,
    Habit,
    HabitCheck,
    Label,
    Plan,
    PlanJob,
    Preferences,
    Task,
)
from scheduling.services.jobs import cancel_open_jobs
from timeflow.lib.lifecycle import Part, Table


class SchedulingPart(Part):
    tables = (
        Table(PlanJob, "user", "plan_jobs", "each time that a plan was asked for"),
        Table(Plan, "user", "plans", "every plan: its blocks, and what became of each task"),
        Table(Block, "user", "blocks", "time given to a task or a habit; when it is, its event says"),
        Table(HabitCheck, "habit__user", "habit_checks", "the days on which a habit was done"),
        Table(Habit, "user", "habits", "what you want to do some times a week"),
        Table(ChecklistItem, "task__user", "checklists", "the steps of tasks"),
        Table(Dependency, "task__user", "dependencies", "which task waits for which"),
        Table(Task.labels.through, "task__user", "task_labels", "which label is on which task"),
        Table(Task, "user", "tasks", "what is to be done, and what was"),
        Table(Label, "user", "labels", "names and colours on tasks"),
        Table(Preferences, "user", "preferences", "how you want to be planned"),
    )

    def close(self, user_id: uuid.UUID, now: datetime) -> None:
        cancel_open_jobs(user_id=user_id, now=now)
