"""A plan as a table: what is to come in order of time, then what did not fit, a reason beside everything amiss."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduling.models import Plan
from timeflow.lib.words import PersonClock, duration, lateness


@dataclass(frozen=True)
class Row:
    """`when` is empty for work that has no time; `why` is said once, at the last row of the work."""

    when: str
    what: str
    state: str
    why: str = ""


def plan_table(plan: Plan, words: PersonClock) -> list[Row]:
    """Rows for the blocks that are not over at the clock's `now`, and for work that was left out or cut short."""
    outcomes = {outcome["work"]: outcome for outcome in plan.outcomes}
    blocks = [block for block in plan.blocks if datetime.fromisoformat(block["end"]) > words.now]
    last = {block["work"]: block for block in blocks}
    rows = [_block_row(block, outcomes, words, is_last=last[block["work"]] is block) for block in blocks]
    return rows + [_missing_row(outcome) for outcome in plan.outcomes if _is_missing(outcome)]


def _block_row(block: dict[str, Any], outcomes: dict[str, Any], words: PersonClock, *, is_last: bool) -> Row:
    start, end = (datetime.fromisoformat(block[edge]) for edge in ("start", "end"))
    outcome = outcomes.get(block["work"])
    state = "pinned" if block["pinned"] else "planned"
    if not (outcome and outcome["status"] == "late" and is_last):
        return Row(words.when(start, end), block["title"], state)
    return Row(words.when(start, end), block["title"], lateness(outcome["late_minutes"]), _why(outcome))


def _is_missing(outcome: dict[str, Any]) -> bool:
    return outcome["status"] in ("unscheduled", "partial")


def _missing_row(outcome: dict[str, Any]) -> Row:
    if outcome["status"] == "unscheduled":
        return Row("", outcome["title"], "left out", _why(outcome))
    missing = duration(outcome["asked_minutes"] - outcome["placed_minutes"])
    return Row("", outcome["title"], f"{missing} left out", _why(outcome))


def _why(outcome: dict[str, Any]) -> str:
    return outcome["reason"]["text"] if outcome["reason"] else ""
