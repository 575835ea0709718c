"""A result in the JSON format of `manage.py solve`: instants with the offset of the person's zone."""

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.domain.planner.problem import Block, Outcome, PlannedBlock, Reason, Result
from scheduling.domain.planner.sentences import INSTANTS, SPANS, reason_sentence
from timeflow.lib.time import from_minutes, local_date
from timeflow.lib.words import PersonClock

ZoneOn = Callable[[date], ZoneInfo]


def result_json(result: Result, tz: ZoneInfo, now: int) -> dict[str, Any]:
    """The result as plain JSON values; its sentences use ids for titles, and days as seen from `now`."""
    words = PersonClock(zone_at=lambda _: tz, clock="24", now=from_minutes(now))

    def zone_on(_day: date) -> ZoneInfo:
        return tz

    return {
        "blocks": [{**_block(block, zone_on), "pinned": block.pinned, "state": block.state} for block in result.blocks],
        "removed": [_block(block, zone_on) for block in result.removed],
        "tasks": [_outcome(outcome, zone_on, words) for outcome in result.tasks],
        "cost": {
            "total": result.cost.total,
            "late": result.cost.late,
            "finishing": result.cost.finishing,
            "unplaced": result.cost.unplaced,
            "split": result.cost.split,
            "preferred": result.cost.preferred,
            "changed": result.cost.changed,
        },
        "first_greedy_cost": result.first_greedy_cost,
        "iterations": result.iterations,
        "capped": result.capped,
        "elapsed_ms": result.elapsed_ms,
    }


def instant_text(minute: int, zone_on: ZoneOn) -> str:
    """ISO 8601 with the offset of the zone that holds on the local date of `minute`."""
    return _local(minute, zone_on).isoformat(timespec="minutes")


def facts_json(reason: Reason, zone_on: ZoneOn) -> dict[str, Any]:
    """The facts with instants as text, so that they can be stored and shown."""
    facts: dict[str, Any] = {}
    for name, value in reason.facts.items():
        if name in INSTANTS and value is not None:
            facts[name] = instant_text(value, zone_on)
        elif name in SPANS:
            facts[name] = [instant_text(minute, zone_on) for minute in value]
        else:
            facts[name] = list(value) if isinstance(value, tuple) else value
    return facts


def _local(minute: int, zone_on: ZoneOn) -> Any:
    instant = from_minutes(minute)
    tz = zone_on(instant.date())
    return instant.astimezone(zone_on(local_date(instant, tz)))


def _block(block: Block | PlannedBlock, zone_on: ZoneOn) -> dict[str, Any]:
    return {
        "task": block.task,
        "start": instant_text(block.start, zone_on),
        "end": instant_text(block.end, zone_on),
    }


def _outcome(outcome: Outcome, zone_on: ZoneOn, words: PersonClock) -> dict[str, Any]:
    reason = outcome.reason
    return {
        "id": outcome.id,
        "status": outcome.status,
        "placed_minutes": outcome.placed_minutes,
        "late_minutes": outcome.late_minutes,
        "reason": None
        if reason is None
        else {
            "code": reason.code,
            "text": reason_sentence(reason, titles={}, words=words),
            "facts": facts_json(reason, zone_on),
        },
    }
