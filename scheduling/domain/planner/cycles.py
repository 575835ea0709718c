"""Dependencies that bite their own tail."""

from collections.abc import Mapping, Sequence


def members_of_cycles(depends_on: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """For each id on a cycle, the sorted ids of its knot (strongly connected component).

    An id without dependencies may be left out. Iterative (Tarjan): a chain of thousands is no deeper than one of two.
    """
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    knots: dict[str, tuple[str, ...]] = {}
    for root in depends_on:
        if root in order:
            continue
        stack: list[tuple[str, int]] = [(root, 0)]
        while stack:
            node, place = stack.pop()
            if place == 0:
                order[node] = low[node] = len(order)
                path.append(node)
                on_path.add(node)
            children = depends_on.get(node, ())
            if place > 0:
                low[node] = min(low[node], low[children[place - 1]])
            while place < len(children) and children[place] in order:
                if children[place] in on_path:
                    low[node] = min(low[node], order[children[place]])
                place += 1
            if place < len(children):
                stack += [(node, place + 1), (children[place], 0)]
            elif low[node] == order[node]:
                _close(node, path, on_path, knots, depends_on)
    return knots


def _close(
    node: str,
    path: list[str],
    on_path: set[str],
    knots: dict[str, tuple[str, ...]],
    depends_on: Mapping[str, Sequence[str]],
) -> None:
    """Take the finished component of `node` off the path; remember it if it is a cycle."""
    component = [path.pop()]
    while component[-1] != node:
        component.append(path.pop())
    on_path.difference_update(component)
    if len(component) > 1 or node in depends_on.get(node, ()):
        knot = tuple(sorted(component))
        knots.update(dict.fromkeys(knot, knot))
