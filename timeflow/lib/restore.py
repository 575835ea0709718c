"""What is put right once a backup was played back: it brings back what had ended since, and each app knows what.

Apps register their steps in `ready()`; `manage.py after_restore` takes them one after the other. A step may run again.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Restored:
    """`erased` are people who were erased after the backup was made."""

    now: datetime
    erased: frozenset[uuid.UUID] = frozenset()


# Says in a sentence what it did.
Step = Callable[[Restored], str]
_steps: list[Step] = []


def after_restore(step: Step) -> None:
    """Register a step, once."""
    if step not in _steps:
        _steps.append(step)


def put_right(restored: Restored) -> list[str]:
    """Take every step, in the order in which they were registered: lower apps first."""
    return [step(restored) for step in _steps]
