"""Short sentences about what changed in a week."""

from scheduling.domain.placing import Difference, Wanted
from scheduling.domain.week import Week


def change_words(words: str, found: Difference, week: Week) -> str:
    """ "Moved Report · 2 blocks moved · Slides no longer fits": what the person did, then what it led to."""
    parts = [words] if words else []
    if found.moved:
        parts.append(_count(len(found.moved), "moved"))
    if found.new:
        parts.append(_count(len(found.new), "planned"))
    if found.removed:
        gone = sorted({_title(week, block) for block in found.removed})
        parts.append(f"{gone[0]} taken out" if len(gone) == 1 else _count(len(found.removed), "taken out"))
    return " · ".join(parts)[:300]


def step_words(found: Difference, week: Week) -> list[str]:
    """Each step from one set of blocks to another in a sentence: "Report moves to Thu 10:00"."""
    steps = [f"{_title(week, new)} moves to {_when(week, new)}" for _, new in found.moved]
    steps += [f"{_title(week, new)} is planned {_when(week, new)}" for new in found.new]
    steps += [f"{_title(week, old)} is no longer planned {_when(week, old)}" for old in found.removed]
    return steps


def _title(week: Week, block: Wanted) -> str:
    work = week.works.get(block.work)
    return work.title if work else "Something that is gone"


def _when(week: Week, block: Wanted) -> str:
    return week.words.moment(block.start)


def _count(number: int, verb: str) -> str:
    return f"{number} block{'' if number == 1 else 's'} {verb}"
