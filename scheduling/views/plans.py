"""Asking for a plan, watching it being made, and deciding about it."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.requests import PersonRequest
from accounts.selectors.zones import person_clock
from availability.selectors.mirrors import stale_calendars
from scheduling.errors import NotTheNewest, PlanOutOfDate
from scheduling.models import Plan, PlanJob
from scheduling.selectors.plans import counts_of, explained, newest_applied
from scheduling.services import jobs, plans
from timeflow.lib.http import owned, toast
from timeflow.lib.pages import back
from timeflow.lib.throttle import rate_limited

DECISIONS = {"apply": plans.apply_plan, "discard": plans.discard_plan, "undo": plans.undo_plan}
WORDS = {"apply": "Plan applied", "discard": "Proposal discarded", "undo": "Undone"}


@rate_limited("schedule")
@require_http_methods(["GET", "HEAD", "POST"])
def start_plan(request: PersonRequest) -> HttpResponse:
    """Whoever only opens the address, say after signing in again, is led to the week and plans nothing."""
    if request.method != "POST":
        return redirect("week")
    jobs.request_plan(user=request.user, wish=jobs.PlanRequest(), now=timezone.now())
    return redirect("week")


@require_GET
def job_progress(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Polled by the Week page while a plan is made; when it is finished the page is loaded again."""
    job = owned(PlanJob.objects.of(request.user), pk)
    if job.state in jobs.OPEN:
        return render(request, "scheduling/_job.html", {"job": job})
    if job.state == PlanJob.State.FAILED:
        messages.error(request, job.error)
    elif job.state == PlanJob.State.DONE and job.plan is None:
        messages.info(request, "There was nothing to plan: no open task and no habit.")
    return HttpResponseClientRedirect(reverse("week"))


@require_POST
def cancel_job(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    jobs.cancel_job(user=request.user, job_id=pk, now=timezone.now())
    return redirect("week")


@require_GET
def plan_page(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Why: every block, what became of each task and habit, and the reasons."""
    now = timezone.now()
    plan = owned(Plan.objects.of(request.user), pk)
    context = {
        "plan": plan,
        "counts": counts_of(plan),
        "groups": explained(plan, person_clock(request.user, now)),
        "stale": stale_calendars(request.user, now) if plan.state == Plan.State.PROPOSED else (),
    }
    return render(request, "scheduling/plan.html", context)


@require_POST
def decide_plan(request: PersonRequest, pk: uuid.UUID, decision: str) -> HttpResponse:
    try:
        plan = DECISIONS[decision](user=request.user, plan_id=pk, now=timezone.now())
    except PlanOutOfDate as refusal:
        messages.warning(request, " · ".join([refusal.detail, *refusal.changes[:3]]))
        return redirect("week")
    undo = reverse("plan-undo", args=[plan.pk]) if decision == "apply" else ""
    words = f"Undone: {plan.summary}" if decision == "undo" and plan.summary else WORDS[decision]
    toast(request, words, undo=undo)
    return redirect(back(request, reverse("week")))


@require_POST
def undo_newest(request: PersonRequest) -> HttpResponse:
    """The keyboard's undo: takes back whatever came last."""
    newest = newest_applied(request.user)
    if newest is None:
        raise NotTheNewest("There is nothing to undo.")
    return decide_plan(request, newest.pk, "undo")
