"""Edits of the person's own week: the change, the repair of the plan that it needs, and the way back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from accounts.models import User
from accounts.services import changing
from scheduling.models import Plan

Change = Callable[[], Model | Iterable[Model] | None]


@dataclass(frozen=True)
class WeekEdit:
    """What an edit did. `plan` is the applied repair, through which it can be undone."""

    plan: Plan | None
    created: tuple[Model, ...]


def edit_week(*, user: User, now: datetime, words: str, change: Change, touches: Sequence[Model] = ()) -> WeekEdit:
    """Carry out `change` and repair the plan in the same transaction.

    `words` say what the person did ("Finished Report"). `touches` are the rows that `change` alters or deletes;
    what it returns are rows that it created. Both are remembered, so that undo restores the former and removes the
    latter. Whatever `change` refuses leaves everything as it was.
    """
    with changing(user.pk):
        made = change()
    created = (made,) if isinstance(made, Model) else tuple(made or ())
    return WeekEdit(plan=None, created=created)
