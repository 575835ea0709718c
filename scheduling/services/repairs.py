"""Keeping the plan true when something outside the planner's pages changed the week."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from accounts.services.changes import changing, holding
from scheduling.domain.placing import same_places
from scheduling.domain.week import wanted
from scheduling.domain.words import change_words
from scheduling.models import Plan, Preferences
from scheduling.selectors.planning import Scope, load_week
from scheduling.selectors.plans import newest_applied
from scheduling.services.journal import Journal
from scheduling.services.placement import place
from scheduling.services.plans import save_applied, save_proposal


def repair_week(*, user: User, is_own_edit: bool, now: datetime, places: Collection[str] = ()) -> Plan | None:
    """Repair the plan if a block no longer stands where it may; None if all is well.

    `places` are ids of tasks and habits that lost a block, and are to have one again.

    What the person's own edit broke is repaired at once, and so is everything for those who chose that; other
    changes are proposed. Safe to run twice: a repaired plan needs no repair.
    """
    with holding(user.pk) as person:
        current = newest_applied(person)
        scope = Scope(works=places, changed=places, horizon_end=current.horizon_ends_at if current else None)
        week = load_week(person, now, effort="repair", scope=scope)
        result = week.plan()
        if not (week.standing or places) or same_places(wanted(result), week.standing):
            return None
        preferences = Preferences.objects.filter(user=person).first()
        if not is_own_edit and not (preferences and preferences.auto_repair):
            return save_proposal(
                user=person, week=week, result=result, origin=Plan.Origin.CHANGE, now=now, summary="Your day changed"
            )
        with changing(user.pk):
            journal = Journal()
            found = place(user=person, wanted=wanted(result), works=week.works, journal=journal, now=now)
            return save_applied(
                user=person,
                week=week,
                result=result,
                origin=Plan.Origin.EDIT if is_own_edit else Plan.Origin.CHANGE,
                summary=change_words("Your day changed", found, week),
                journal=journal,
                now=now,
            )
