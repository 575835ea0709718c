"""What a new plan changes in the old one: kept, moved, new and removed blocks."""

from collections import Counter
from collections.abc import Iterable

from scheduling.domain.planner.problem import Block, PlannedBlock, Span


def difference(
    old: Iterable[Block], new: Iterable[tuple[Block, bool]]
) -> tuple[tuple[PlannedBlock, ...], tuple[Block, ...]]:
    """(blocks in time order, removed old ones). `new` are (block, pinned).

    The same (task, start, end) is kept; the rest of a task's old and new blocks are paired in time order as moved.
    """
    gone = Counter(old)
    fresh: dict[str, list[tuple[Block, bool]]] = {}
    planned: list[PlannedBlock] = []
    for block, pinned in sorted(new, key=lambda pair: _in_time(pair[0])):
        if gone[block]:
            gone[block] -= 1
            planned.append(PlannedBlock(block.task, block.start, block.end, pinned, "kept"))
        else:
            fresh.setdefault(block.task, []).append((block, pinned))
    left = sorted(gone.elements(), key=_in_time)
    spare: dict[str, list[Span]] = {}
    for block in left:
        spare.setdefault(block.task, []).append((block.start, block.end))
    for task, pairs in fresh.items():
        before = spare.get(task, [])
        for position, (block, pinned) in enumerate(pairs):
            was = before[position] if position < len(before) else None
            planned.append(PlannedBlock(task, block.start, block.end, pinned, "moved" if was else "new", was))
        del before[: len(pairs)]
    removed = [Block(task, start, end) for task, spans in spare.items() for start, end in spans]
    return tuple(sorted(planned, key=_in_time)), tuple(sorted(removed, key=_in_time))


def _in_time(block: Block | PlannedBlock) -> tuple[int, int, str]:
    return block.start, block.end, block.task
