"""Which plan is in force, which one waits for the person's word, and what a plan says about a task."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from scheduling.models import Plan, PlanJob, Task
from timeflow.lib.words import PersonClock


def newest_applied(user: User) -> Plan | None:
    """The plan or edit that is in force: what `undo` would take back."""
    return _applied(user).first()


def planned_until(user: User) -> datetime | None:
    """Where the plan in force ends; the plan itself, which is long, is not read."""
    return _applied(user).values_list("horizon_ends_at", flat=True).first()


def _applied(user: User) -> "QuerySet[Plan]":
    return Plan.objects.of(user).filter(state=Plan.State.APPLIED).order_by("-applied_version")


def proposal_of(user: User) -> Plan | None:
    """The proposal that waits for the person's word."""
    return Plan.objects.of(user).filter(state=Plan.State.PROPOSED).first()


def open_job(user: User) -> PlanJob | None:
    """The person's request that is being carried out; searches of our own stay in the background."""
    jobs = PlanJob.objects.of(user).filter(state__in=[PlanJob.State.QUEUED, PlanJob.State.RUNNING])
    return jobs.exclude(origin=Plan.Origin.SEARCH).first()


def outcome_of(plan: Plan | None, work: str) -> dict[str, Any] | None:
    """What a plan says about a task or habit."""
    return next((outcome for outcome in plan.outcomes if outcome["work"] == work), None) if plan else None


def needing_attention(user: User, plan: Plan | None) -> list[dict[str, Any]]:
    """Outcomes of the plan that are late or left out, of tasks that are still open, the worst first. One query."""
    missed = [outcome for outcome in plan.outcomes if outcome["reason"]] if plan else []
    ids = [outcome["work"] for outcome in missed if outcome["kind"] == "task"]
    still_open = {str(pk) for pk in Task.objects.of(user).open().filter(pk__in=ids).values_list("pk", flat=True)}
    rank = {"unscheduled": 0, "partial": 1, "late": 2}
    found = [outcome for outcome in missed if outcome["kind"] == "habit" or outcome["work"] in still_open]
    return sorted(found, key=lambda outcome: (rank.get(outcome["status"], 3), -outcome["late_minutes"]))


GROUPS = (("unscheduled", "Did not fit"), ("partial", "Only in part"), ("late", "Late"), ("planned", "Planned"))


def explained(plan: Plan, words: PersonClock) -> list[dict[str, Any]]:
    """The outcomes of a plan by status, each with where it stands and why."""
    places: dict[str, list[str]] = defaultdict(list)
    for block in plan.blocks:
        places[block["work"]].append(words.moment(datetime.fromisoformat(block["start"])))
    groups = []
    for status, title in GROUPS:
        found = [
            {
                "title": outcome["title"],
                "why": outcome["reason"]["text"] if outcome["reason"] else _on_time(outcome, words),
                "where": _places(places[outcome["work"]]),
            }
            for outcome in plan.outcomes
            if outcome["status"] == status
        ]
        if found:
            groups.append({"title": title, "outcomes": found})
    return groups


def _on_time(outcome: dict[str, Any], words: PersonClock) -> str:
    if outcome["due"] and outcome["last_end"]:
        due = datetime.fromisoformat(outcome["due"])
        return f"Ends {words.moment(datetime.fromisoformat(outcome['last_end']))}, due {words.deadline(due)}."
    return "Nothing is due: it takes the earliest time that suits the rest."


def _places(moments: list[str]) -> str:
    return f"{moments[0]} and {len(moments) - 1} more" if len(moments) > 1 else "".join(moments)


def counts_of(plan: Plan) -> dict[str, int]:
    """How many blocks a plan has and moves, and how many tasks are late or did not fit."""
    statuses = [outcome["status"] for outcome in plan.outcomes]
    states = [block["state"] for block in plan.blocks]
    return {
        "blocks": len(states),
        "moved": states.count("moved"),
        "new": states.count("new"),
        "removed": len(plan.removed),
        "late": statuses.count("late"),
        "missed": statuses.count("unscheduled") + statuses.count("partial"),
    }
