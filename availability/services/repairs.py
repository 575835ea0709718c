"""How news about a person's time reaches their plan: by the name of a task, since imports go only downward."""

from accounts.models import User
from timeflow.lib.queue import enqueue


def ask_for_repair(user: User) -> None:
    """After the person's own change through a door of this app: the plan is checked against it, once committed."""
    enqueue("scheduling.tasks.repair", str(user.pk), "own")
