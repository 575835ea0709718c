"""How many tasks and habits one person may keep, finished and archived ones included."""

from django.db.models import Count, Q

from accounts.models import User
from scheduling.errors import TooMany, TooManyOpenTasks
from scheduling.models import Habit, Task
from timeflow.lib import bounds


def require_room_for_tasks(person: User, more: int, *, are_new: bool = True) -> None:
    """`more` open tasks may come, new ones or finished ones that open again. Raises `TooManyOpenTasks`, `TooMany`."""
    kept = Task.objects.of(person).aggregate(all=Count("pk"), open=Count("pk", filter=Q(completed_at=None)))
    if kept["open"] + more > bounds.OPEN_TASKS:
        raise TooManyOpenTasks
    if are_new and kept["all"] + more > bounds.TASKS:
        raise TooMany(f"At most {bounds.TASKS:,} tasks are kept, finished ones included; delete some first.")


def require_room_for_a_habit(person: User, *, is_new: bool = True) -> None:
    """One more habit may be active, a new one or one from the archive. Raises `TooMany`."""
    kept = Habit.objects.of(person).aggregate(all=Count("pk"), active=Count("pk", filter=Q(is_active=True)))
    reason = ""
    if kept["active"] >= bounds.ACTIVE_HABITS:
        reason = f"At most {bounds.ACTIVE_HABITS} habits are active; archive one first."
    elif is_new and kept["all"] >= bounds.HABITS:
        reason = f"At most {bounds.HABITS} habits are kept; take one from the archive and change it instead."
    if reason:
        raise TooMany(reason, fields={"habit": [reason]})
