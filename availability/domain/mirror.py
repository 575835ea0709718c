"""What the items of a mirrored calendar make together. Pure."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from availability.domain import ics

MAX_GROUP = 300


@dataclass(frozen=True, slots=True)
class Composed:
    """The series by their group, but for groups of which nothing can be read. `skipped` counts what was left out."""

    series: dict[str, ics.Series]
    skipped: Counter[str]


def group_key(group: str) -> str:
    """A group as it is kept: long ones by their digest."""
    return group if len(group) <= MAX_GROUP else hashlib.sha256(group.encode()).hexdigest()


def compose(texts: Iterable[tuple[str, str]]) -> Composed:
    """Read (group, text of an item) together, group by group."""
    by_group: dict[str, list[str]] = defaultdict(list)
    for group, text in texts:
        by_group[group].append(text)
    series: dict[str, ics.Series] = {}
    skipped = Counter[str]()
    for group, parts in by_group.items():
        found = _read(parts, skipped)
        if found:
            series[group] = replace(found[0], uid=group)
            skipped.update({"It shares its place with another event.": len(found) - 1} if found[1:] else {})
    return Composed(series, skipped)


def _read(parts: Sequence[str], skipped: Counter[str]) -> Sequence[ics.Series]:
    file = ics.read(ics.wrapped("".join(parts)).encode())
    skipped.update(file.left_out if file.is_calendar else {file.problems[0].reason: 1})
    return file.series
