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
    """Kept = same work and time; the rest of a work's old and new blocks pair up in time order as moved."""
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
        leaving = [block for block in before[work] if block.place not in staying]
        coming = [block for block in after[work] if block.place not in staying]
        found.kept.extend((places[block.place], block) for block in after[work] if block.place in staying)
        found.moved.extend(zip(leaving, coming, strict=False))
        found.new.extend(coming[len(leaving) :])
        found.removed.extend(leaving[len(coming) :])
    return found


def same_places(one: Iterable[Wanted], other: Iterable[Wanted]) -> bool:
    """Whether both hold the same work at the same times, pinned or not."""
    return {block.place for block in one} == {block.place for block in other}
