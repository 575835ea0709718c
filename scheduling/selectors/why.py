"""Why a block stands where it does, in sentences that can be checked against the plan."""

from datetime import datetime, timedelta

from accounts.models import User
from accounts.selectors.zones import person_clock, zone_on
from scheduling.models import Block, Dependency, Plan
from scheduling.selectors.plans import outcome_of
from timeflow.lib.time import edge
from timeflow.lib.words import PersonClock, duration

ONE_MINUTE = timedelta(minutes=1)
PARTS = {"morning": (360, 720), "afternoon": (720, 1020), "evening": (1020, 1320)}


def why_here(user: User, block: Block, plan: Plan | None, now: datetime) -> str:
    """A few short sentences, the weightiest first. Three queries at most."""
    words = person_clock(user, now)
    if block.is_pinned:
        return "You pinned it here, so it stays."
    sentences = []
    outcome = outcome_of(plan, str(block.work_id))
    if outcome and outcome["reason"]:
        sentences.append(outcome["reason"]["text"])
    elif block.task:
        sentences += _due(user, block, words)
    if block.task:
        sentences += _waits(block, words)
    sentences += _preferred(block, words)
    sentences += _moved(block, plan, words)
    return " ".join(sentences) or "It is the earliest free time that suits the rest of your week."


def _due(user: User, block: Block, words: PersonClock) -> list[str]:
    task = block.task
    if task is None:
        return []
    limit = task.due_at
    if task.due_on:
        after = task.due_on + timedelta(days=1)
        limit = edge(after, 0, zone_on(user)(after))
    if limit is None:
        return []
    slack = int((limit - block.event.ends_at) / ONE_MINUTE)
    said = words.due(task.due_at, task.due_on)
    if slack < 0:
        return [f"It was due {said}."]
    early = duration(slack) if slack < 1440 else f"{slack // 1440} day{'' if slack < 2880 else 's'}"
    return [f"It is due {said}; here it ends {early} before that."]


def _waits(block: Block, words: PersonClock) -> list[str]:
    ends_at = "predecessor__blocks__event__ends_at"
    waits = Dependency.objects.filter(task=block.task_id, **{f"{ends_at}__lte": block.event.starts_at})
    first = waits.order_by(f"-{ends_at}").values_list("predecessor__title", ends_at).first()
    return [f"It waits for {first[0]}, which ends {words.moment(first[1])}."] if first else []


def _preferred(block: Block, words: PersonClock) -> list[str]:
    work = block.task or block.habit
    if work is None or not work.preferred:
        return []
    local = block.event.starts_at.astimezone(words.zone_at(block.event.starts_at))
    low, high = PARTS[work.preferred]
    if low <= local.hour * 60 + local.minute < high:
        return [f"It lies in the {work.preferred}, as you wished."]
    return [f"No time in the {work.preferred} was worth the wait."]


def _moved(block: Block, plan: Plan | None, words: PersonClock) -> list[str]:
    start = block.event.starts_at.isoformat()
    for entry in plan.blocks if plan else []:
        if entry["work"] == str(block.work_id) and entry["start"] == start and entry["was"]:
            return [f"It moved here from {words.moment(datetime.fromisoformat(entry['was'][0]))}."]
    return []
