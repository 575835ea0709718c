"""How news about a person's time reaches their plan: by the name of a task, since imports go only downward."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from accounts.models import User
from timeflow.lib.queue import enqueue_surely


def ask_for_repair(user: User) -> None:
    """After the person's own change through a door of this app: the plan is checked against it, once committed."""
    enqueue_surely("scheduling.tasks.repair", str(user.pk), "own")


def tell_plan(user: User) -> None:
    """After a change that came from outside: the plan is checked against it, and repaired if the person wants that."""
    enqueue_surely("scheduling.tasks.repair", str(user.pk), "outside")


@contextmanager
def repaired_afterwards(user: User) -> Iterator[None]:
    """Around a change: it and the wish for a repair are committed together, or neither is."""
    with transaction.atomic():
        yield
        ask_for_repair(user)
