"""What somebody else does between two queries of ours, at each place where it may happen."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any

from django.db import connection


def each_place(deed: Callable[[], object], *, needs_lock: bool = False) -> Iterator[AbstractContextManager[None]]:
    """One after the other: `deed` is done before the first query inside of it, before the second one, and so on.

    One that `needs_lock` comes only between transactions.
    """
    has_come = True

    @contextmanager
    def place(number: int) -> Iterator[None]:
        nonlocal has_come
        has_come, left = False, number

        def run(execute: Callable[..., Any], *args: Any) -> Any:
            nonlocal has_come, left
            if not (has_come or left > 0 or (needs_lock and connection.in_atomic_block)):
                has_come = True
                deed()
            left -= 1
            return execute(*args)

        with connection.execute_wrapper(run):
            yield

    for number in count():
        if not has_come:
            return
        yield place(number)
