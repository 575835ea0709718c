"""A planned week: the problem, the planner's answer, and how it differs from what stands in the calendar."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.domain import planner
from scheduling.domain.placing import Difference, Wanted, difference
from timeflow.lib.time import from_minutes
from timeflow.lib.words import PersonClock


@dataclass(frozen=True)
class Work:
    """What a block is for: `kind` is "task" or "habit"."""

    kind: str
    title: str


@dataclass(frozen=True)
class Week:
    """A problem and what is needed to say its answer in blocks and words.

    `standing` are the blocks in the calendar that are not over; `works` has everything that is being planned.
    """

    now: datetime
    horizon_end: datetime
    data_version: int
    problem: planner.Problem
    works: dict[str, Work]
    standing: tuple[Wanted, ...]
    zones: Callable[[date], ZoneInfo]
    words: PersonClock

    def plan(self, **hooks: Any) -> planner.Result:
        """Run the planner; `hooks` are its `on_progress`, `is_cancelled` and `tick`."""
        return planner.plan(self.problem, **hooks)

    def gain(self, result: planner.Result) -> int:
        """By how much `result` is better than changing nothing, the price of its moves already taken off."""
        stay = planner.plan(replace(self.problem, effort="repair"))
        return stay.cost.total - result.cost.total

    def content(self, result: planner.Result) -> dict[str, Any]:
        """The answer as `Plan` keeps it."""
        found = difference(self.standing, wanted(result))
        return {
            "blocks": self._blocks(found),
            "removed": [self._entry(block) for block in found.removed],
            "outcomes": [self._outcome(outcome) for outcome in result.tasks],
            "cost": {"total": result.cost.total, "capped": result.capped},
        }

    def _blocks(self, found: Difference) -> list[dict[str, Any]]:
        entries = [self._entry(new) | {"state": "kept", "was": None} for _, new in found.kept]
        entries += [self._entry(new) | {"state": "moved", "was": _span(old)} for old, new in found.moved]
        entries += [self._entry(new) | {"state": "new", "was": None} for new in found.new]
        return sorted(entries, key=lambda entry: (entry["start"], entry["work"]))

    def _entry(self, block: Wanted) -> dict[str, Any]:
        start, end = _span(block)
        work = self.works.get(block.work)
        return {
            "work": block.work,
            "kind": work.kind if work else "task",
            "title": work.title if work else "",
            "start": start,
            "end": end,
            "pinned": block.is_pinned,
        }

    def _outcome(self, outcome: planner.Outcome) -> dict[str, Any]:
        work = self.works[outcome.id]
        reason = outcome.reason
        return {
            "work": outcome.id,
            "kind": work.kind,
            "title": work.title,
            "status": outcome.status,
            "asked_minutes": outcome.asked_minutes,
            "placed_minutes": outcome.placed_minutes,
            "late_minutes": outcome.late_minutes,
            "due": _iso(outcome.due),
            "last_end": _iso(outcome.last_end),
            "reason": reason
            and {
                "code": reason.code,
                "text": self.sentence(reason),
                "facts": planner.facts_json(reason, self.zones),
            },
        }

    def sentence(self, reason: planner.Reason) -> str:
        """A reason in one sentence, in the person's zone and clock."""
        titles = {key: work.title for key, work in self.works.items()}
        return planner.reason_sentence(reason, titles=titles, words=self.words)


def wanted(result: planner.Result) -> list[Wanted]:
    """The blocks of an answer."""
    return [
        Wanted(from_minutes(block.start), from_minutes(block.end), block.task, block.pinned) for block in result.blocks
    ]


def _span(block: Wanted) -> tuple[str, str]:
    return block.start.isoformat(), block.end.isoformat()


def _iso(minutes: int | None) -> str | None:
    return None if minutes is None else from_minutes(minutes).isoformat()
