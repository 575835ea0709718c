"""Plans that nobody needs any more: each holds an outcome for every task, so a person's would fill the database."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from scheduling.models import Plan, PlanJob
from scheduling.services.jobs import OPEN
from timeflow.lib import bounds

BATCH = 500


def forget_old_plans(*, now: datetime) -> int:
    """Delete plans and jobs that ended longer than `bounds.OLDEST_PLAN` ago or are beyond a person's `bounds.PLANS`.

    What waits for a word and the plan in force stay, whatever their age; with a plan goes its way back. Deletes in
    batches, each by itself. Returns how many plans went.
    """
    oldest = now - bounds.OLDEST_PLAN
    _forget(PlanJob.objects.exclude(state__in=OPEN), Q(finished_at__lt=oldest))
    return _forget(_decided(), Q(decided_at__lt=oldest))


def _decided() -> "QuerySet[Plan]":
    """All plans but proposals and, of each person, the one in force: it explains, and an undo would need it."""
    applied = Plan.State.APPLIED
    newer = Plan.objects.filter(user=OuterRef("user"), state=applied, applied_version__gt=OuterRef("applied_version"))
    is_past = Q(state__in=[Plan.State.UNDONE, Plan.State.DISCARDED]) | Q(Exists(newer), state=applied)
    return Plan.objects.filter(is_past)


def _forget(rows: "QuerySet[Plan] | QuerySet[PlanJob]", is_old: Q) -> int:
    gone = _delete(rows.filter(is_old))
    crowded = rows.values("user").annotate(kept=Count("pk")).filter(kept__gt=bounds.PLANS)
    for user_id in list(crowded.values_list("user", flat=True)):
        gone += _delete(rows.filter(user=user_id).order_by("-created_at", "-pk"), keep=bounds.PLANS)
    return gone


def _delete(rows: "QuerySet[Plan] | QuerySet[PlanJob]", *, keep: int = 0) -> int:
    """Delete all but the first `keep`, without reading what they hold."""
    gone = 0
    while ids := list(rows.values_list("pk", flat=True)[keep : keep + BATCH]):
        rows.model._default_manager.filter(pk__in=ids).only("pk").delete()
        gone += len(ids)
    return gone
