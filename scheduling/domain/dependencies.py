"""Which task waits for which: no task may wait, through others, for itself."""

from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Id = TypeVar("Id", bound=Hashable)


def cycle_through(task: Id, predecessors: Sequence[Id], waits_for: Mapping[Id, Sequence[Id]]) -> list[Id] | None:
    """A shortest cycle that arises if `task` waits for `predecessors`, from `task` back to it, or None.

    `waits_for` says for the other tasks what each waits for; what it says of `task` itself is ignored.
    """
    came_from: dict[Id, Id] = {}
    queue = deque([task])
    while queue:
        here = queue.popleft()
        for there in predecessors if here == task else waits_for.get(here, ()):
            if there == task:
                return [task, *_way_back(here, task, came_from), task]
            if there not in came_from:
                came_from[there] = here
                queue.append(there)
    return None


def _way_back(here: Id, task: Id, came_from: Mapping[Id, Id]) -> list[Id]:
    way: list[Id] = []
    while here != task:
        way.append(here)
        here = came_from[here]
    return way[::-1]
