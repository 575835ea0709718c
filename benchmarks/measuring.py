"""What the benchmarks of a running installation print: memory, percentiles, tables."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path


def memory_of(pid: int) -> float:
    """Megabytes of a process and all of its children that are theirs alone, shared pages by their part (PSS)."""
    return sum(_own(each) for each in family_of(pid)) / 1024


def family_of(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [each for child in task.read_text().split() for each in family_of(int(child))]
        except OSError:
            continue
    return found


def seconds_of(pid: int) -> float:
    """CPU seconds that a process, its children, and those of them that ended and were waited for have used."""
    return sum(_used(each) for each in family_of(pid)) / os.sysconf("SC_CLK_TCK")


def _used(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(ticks) for ticks in fields[11:15])


def _own(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which that share of them lies; NaN of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown, so that it can stand in the documents as it is."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
