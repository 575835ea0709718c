"""The one lock under which everything that a person's plan depends on changes."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from django.db import transaction
from django.db.models import F

from accounts.models import User

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def holding(user_id: uuid.UUID) -> Iterator[User]:
    """A transaction that holds the person's row: nobody else changes what their plan depends on meanwhile."""
    with transaction.atomic():
        yield User.objects.select_for_update().get(pk=user_id)


@contextmanager
def changing(user_id: uuid.UUID) -> Iterator[User]:
    """Like `holding`, and ends by raising the person's data version.

    Every writer of what a plan depends on (events, blocks, tasks, hours) works inside one, so two of them never
    interleave. May be nested; the inner one joins the outer one's transaction.
    """
    with holding(user_id) as user:
        yield user
        User.objects.filter(pk=user_id).update(data_version=F("data_version") + 1)


def held(deed: Callable[P, R]) -> Callable[P, R]:
    """Decorate a service that takes `user`: all of it runs inside `holding`, so what it reads first still holds."""

    @wraps(deed)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with holding(cast(User, kwargs["user"]).pk):
            return deed(*args, **kwargs)

    return run
