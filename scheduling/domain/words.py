"""Short sentences about what changed in a week."""

from collections.abc import Mapping
from typing import Any

from scheduling.domain.placing import Difference, Wanted
from scheduling.domain.planner import Consequences, Outcome, Slip
from scheduling.domain.week import Week
from timeflow.lib.time import from_minutes
from timeflow.lib.words import count, duration, lateness


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


def consequence_words(
    found: Consequences, week: Week, *, subject: str = "", ignore: str = "", warning: str = ""
) -> str:
    """ "Report slips to Fri 10:00 · 2 blocks move": the worst first, then how much moves.

    `subject` is the work that is being added or changed, `ignore` the one in the person's hand; `warning` comes first.
    """
    parts = [warning] if warning else []
    if subject:
        outcome = next((outcome for outcome in found.result.tasks if outcome.id == subject), None)
        if outcome:
            parts.append(_place_words(outcome, found, week))
    others = [slip for slip in found.slips if slip.id not in (subject, ignore)]
    parts += [_slip_words(slip, week) for slip in others[:1]]
    moved = [block for block in found.moved if block.task not in (subject, ignore)]
    if moved:
        parts.append(f"{count(len(moved), 'block')} move{'s' if len(moved) == 1 else ''}")
    if len(others) > 1:
        parts.append(f"{len(others) - 1} more later")
    gone = {block.task for block in found.removed} - {slip.id for slip in others} - {subject, ignore}
    if gone:
        parts.append(f"{count(len(gone), 'block')} taken out")
    return " · ".join(parts) or "Nothing else moves"


def _place_words(outcome: Outcome, found: Consequences, week: Week) -> str:
    title = week.works[outcome.id].title
    if not week.problem.windows:
        return f"{title} cannot be planned before you say when you work"
    first = next((block for block in found.result.blocks if block.task == outcome.id), None)
    why = f": {_inside(week.sentence(outcome.reason))}" if outcome.reason else ""
    if outcome.status == "unscheduled" or first is None:
        return f"{title} does not fit{why}"
    fits = f"{title} fits {week.words.moment(from_minutes(first.start))}"
    if outcome.status == "partial":
        return f"{fits}, but only {duration(outcome.placed_minutes)} of {duration(outcome.asked_minutes)}{why}"
    return f"{fits}, {lateness(outcome.late_minutes)}" if outcome.status == "late" else fits


def shortfall_words(outcome: Mapping[str, Any] | None) -> str:
    """What a plan's outcome leaves to be desired, and why, as a sentence: "It does not fit: it needs 2 h, but …"."""
    if not outcome or not outcome["reason"]:
        return ""
    why = outcome["reason"]["text"]
    match outcome["status"]:
        case "unscheduled":
            return f"It does not fit: {_inside(why)}."
        case "partial":
            asked, placed = (duration(outcome[f"{name}_minutes"]) for name in ("asked", "placed"))
            return f"Only {placed} of {asked} can be planned: {_inside(why)}."
        case "late":
            return f"It will be {lateness(outcome['late_minutes'])}: {_inside(why)}."
    return why


def _inside(sentence: str) -> str:
    """A sentence as a part of another one. All of ours begin with a plain word."""
    return (sentence[:1].lower() + sentence[1:]).removesuffix(".")


def _slip_words(slip: Slip, week: Week) -> str:
    title, after = week.works[slip.id].title, slip.after
    if after.status == "unscheduled" or after.last_end is None:
        return f"{title} no longer fits"
    if after.status == "partial":
        return f"{title} gets only {duration(after.placed_minutes)} of {duration(after.asked_minutes)}"
    words = f"{title} slips to {week.words.moment(from_minutes(after.last_end))}"
    return f"{words}, {lateness(after.late_minutes)}" if after.status == "late" else words
