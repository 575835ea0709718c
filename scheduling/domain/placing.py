"""Comparing sets of blocks: which stay, which moved, which are new or gone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, order=True, slots=True)
class Wanted:
    """A block as it should be: [start, end) and the id of its task or habit."""

    start: datetime
    end: datetime
    work: str
    is_pinned: bool = False

    @property
    def place(self) -> tuple[str, datetime, datetime]:
        return self.work, self.start, self.end


@dataclass(frozen=True)
class Difference:
    """`kept` and `moved` hold (old, new) pairs; pinning alone keeps a block."""

    kept: list[tuple[Wanted, Wanted]]
    moved: list[tuple[Wanted, Wanted]]
    new: list[Wanted]
    removed: list[Wanted]

    @property
    def is_empty(self) -> bool:
        return not (self.moved or self.new or self.removed)


def difference(old: Iterable[Wanted], new: Iterable[Wanted]) -> Difference:
    """Kept = same work and time; the rest of a work's old and new blocks pair up in time order as moved.

    Of two old blocks at one place only the pinned one can be kept.
    """
    found = Difference([], [], [], [])
    before: dict[str, list[Wanted]] = defaultdict(list)
    for block in sorted(old):
        before[block.work].append(block)
    after: dict[str, list[Wanted]] = defaultdict(list)
    for block in sorted(new):
        after[block.work].append(block)
    for work in sorted(before.keys() | after.keys()):
        places = {block.place: block for block in before[work]}
        staying = {block.place for block in after[work]} & places.keys()
        leaving = [block for block in before[work] if block.place not in staying or block is not places[block.place]]
        coming = [block for block in after[work] if block.place not in staying]
        found.kept.extend((places[block.place], block) for block in after[work] if block.place in staying)
        found.moved.extend(zip(leaving, coming, strict=False))
        found.new.extend(coming[len(leaving) :])
        found.removed.extend(leaving[len(coming) :])
    return found


def distinct(blocks: Iterable[Wanted]) -> list[Wanted]:
    """One block a place, the pinned one of two."""
    return list({block.place: block for block in sorted(blocks)}.values())


def clashing(blocks: Iterable[Wanted]) -> set[Wanted]:
    """Unpinned blocks that overlap an earlier unpinned one: both began or are frozen, so neither may move."""
    found, taken_until = set(), None
    for block in sorted(block for block in blocks if not block.is_pinned):
        if taken_until and block.start < taken_until:
            found.add(block)
        taken_until = max(block.end, taken_until or block.end)
    return found


def same_places(one: Iterable[Wanted], other: Iterable[Wanted]) -> bool:
    """Whether both hold the same work at the same times, pinned or not."""
    return {block.place for block in one} == {block.place for block in other}
