"""A plan's life: proposed, applied and perhaps undone, or discarded. All of a plan is written, or none of it."""

import uuid
from datetime import datetime

from accounts.models import User
from accounts.services.changes import changing, holding
from availability.models import Event
from availability.services.mirrors.target import write_soon
from scheduling.domain.placing import Wanted, difference, same_places
from scheduling.domain.planner import Result
from scheduling.domain.week import Week, wanted
from scheduling.domain.words import step_words
from scheduling.errors import NotTheNewest, PlanGone, PlanOutOfDate, UndoMeetsBusyTime
from scheduling.models import Block, Plan
from scheduling.selectors.planning import Scope, assumed, blocks_of, load_week
from scheduling.selectors.plans import newest_applied
from scheduling.services.journal import Journal, take_back
from scheduling.services.placement import place
from timeflow.lib.http import owned

PROPOSED, APPLIED = Plan.State.PROPOSED, Plan.State.APPLIED


def save_proposal(*, user: User, week: Week, result: Result, origin: str, now: datetime, summary: str = "") -> Plan:
    """Keep a computed plan as the person's proposal; it supersedes an older one. Call while holding the person."""
    Plan.objects.of(user).filter(state=PROPOSED).update(state=Plan.State.DISCARDED, decided_at=now)
    return Plan.objects.create(
        user=user,
        state=PROPOSED,
        origin=origin,
        summary=summary,
        data_version=week.data_version,
        horizon_ends_at=week.horizon_end,
        created_at=now,
        **week.content(result),
    )


def drop_own_ideas(*, user: User, now: datetime) -> None:
    """After an edit, what TimeFlow proposed by itself no longer fits; what the person asked for waits for their word.

    Call inside `changing`.
    """
    ideas = Plan.objects.of(user).filter(state=PROPOSED).exclude(origin=Plan.Origin.REQUEST)
    ideas.update(state=Plan.State.DISCARDED, decided_at=now)


def save_applied(
    *, user: User, week: Week, result: Result, origin: str, summary: str, journal: Journal, now: datetime
) -> Plan:
    """Keep what an edit and its repair did. Call inside `changing`, when all rows are written."""
    write_soon(user=user)
    return Plan.objects.create(
        user=user,
        state=APPLIED,
        origin=origin,
        summary=summary,
        data_version=week.data_version,
        applied_version=user.data_version,
        horizon_ends_at=week.horizon_end,
        created_at=now,
        decided_at=now,
        undo=journal.entries(),
        **week.content(result),
    )


def apply_plan(*, user: User, plan_id: uuid.UUID, now: datetime) -> Plan:
    """Write a proposal's blocks, checked against the person's data as it is now.

    The check is a repair of the proposal: a legal plan is one that a repair leaves alone. Applying again answers
    as the first time. Raises `NotFound`, `PlanGone`, or `PlanOutOfDate` with a fresh proposal in its place.
    """
    with changing(user.pk) as person:
        plan = owned(Plan.objects.of(person), plan_id)
        if plan.state == APPLIED:
            return plan
        if plan.state != PROPOSED:
            raise PlanGone
        works = {outcome["work"] for outcome in plan.outcomes}
        scope = Scope(works=works, proposal=plan, horizon_end=plan.horizon_ends_at)
        week = load_week(person, now, effort="repair", scope=scope)
        result = week.plan()
        target = wanted(result)
        if _still_holds(plan, week, target):
            journal = Journal()
            place(user=person, wanted=target, works=week.works, journal=journal, now=now)
            plan.undo, plan.state, plan.decided_at = journal.entries(), APPLIED, now
            plan.applied_version = person.data_version
            plan.save(update_fields=["undo", "state", "decided_at", "applied_version"])
            write_soon(user=person)
            return plan
        fresh = save_proposal(user=person, week=week, result=result, origin=plan.origin, now=now)
        changes = step_words(difference(blocks_of(plan), target), week)
    raise PlanOutOfDate(changes, str(fresh.pk))


def _still_holds(plan: Plan, week: Week, target: list[Wanted]) -> bool:
    """Whether a repair left the proposal alone: all that it wanted and that is not over, and nothing else."""
    begun = {block.place for block in week.standing}
    promised = [block for block in blocks_of(plan) if block.end > week.now]
    if any(block.start < week.now and block.place not in begun for block in promised):
        return False
    return same_places(target, assumed(plan, list(week.standing), week.now))


def discard_plan(*, user: User, plan_id: uuid.UUID, now: datetime) -> Plan:
    """Put a proposal away. Doing it twice is fine. Raises `NotFound`, `PlanGone` if it was applied."""
    with holding(user.pk) as person:
        plan = owned(Plan.objects.of(person), plan_id)
        if plan.state == PROPOSED:
            plan.state, plan.decided_at = Plan.State.DISCARDED, now
            plan.save(update_fields=["state", "decided_at"])
        elif plan.state != Plan.State.DISCARDED:
            raise PlanGone("This plan was applied already; undo it instead.")
    return plan


def undo_plan(*, user: User, plan_id: uuid.UUID, now: datetime) -> Plan:
    """Put every row that the newest applied plan (or edit) touched back as it was.

    Undoing again answers as the first time. Raises `NotFound`, `NotTheNewest`, `ChangedSince`, `UndoMeetsBusyTime`.
    """
    with changing(user.pk) as person:
        plan = owned(Plan.objects.of(person), plan_id)
        if plan.state == Plan.State.UNDONE:
            return plan
        newest = newest_applied(person)
        if plan.state != APPLIED or newest is None or newest.pk != plan.pk:
            raise NotTheNewest
        take_back(plan.undo or [])
        drop_own_ideas(user=person, now=now)
        _refuse_new_clashes(person, plan, now)
        plan.state, plan.decided_at = Plan.State.UNDONE, now
        plan.save(update_fields=["state", "decided_at"])
        write_soon(user=person)
    return plan


def _refuse_new_clashes(user: User, plan: Plan, now: datetime) -> None:
    """A block that went back must not stand on a meeting that came after it had left."""
    restored = [entry["pk"] for entry in plan.undo or [] if entry["model"] == "availability.event" and entry["before"]]
    blocks = Block.objects.of(user).filter(event__in=restored, is_pinned=False, event__starts_at__gte=now)
    newer = Event.objects.of(user).busy().exclude(source=Event.Source.BLOCK).filter(updated_at__gt=plan.decided_at)
    for block in blocks.select_related("event"):
        if newer.overlapping(block.event.starts_at, block.event.ends_at).exists():
            raise UndoMeetsBusyTime
