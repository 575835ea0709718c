"""The week: what is fixed, what is planned, and what a change would cost."""

import uuid
from datetime import date, datetime, timedelta

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import PersonRequest
from accounts.selectors import person_clock
from scheduling.forms.week import SpanForm
from scheduling.models import Block
from scheduling.selectors.plans import counts_of, needing_attention, newest_applied, open_job, outcome_of, proposal_of
from scheduling.selectors.week import agenda, not_planned_yet, wall_clock, week_feed
from scheduling.services import blocks
from scheduling.services.edits import WeekEdit
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned, toast
from timeflow.lib.pages import back, reasons_of, wants_json
from timeflow.lib.time import first_weekday_on_or_before

ONE_WEEK = timedelta(days=7)


@require_GET
def week_page(request: PersonRequest) -> HttpResponse:
    """The calendar is drawn by a script from `feed`; without one the same week stands here as a list."""
    now = timezone.now()
    words = person_clock(request.user, now)
    first = first_weekday_on_or_before(_date(request, "on") or words.today, request.user.week_start)
    plan, proposal = newest_applied(request.user), proposal_of(request.user)
    context = {
        "first": first,
        "last": first + timedelta(days=6),
        "previous": first - ONE_WEEK,
        "following": first + ONE_WEEK,
        "days": agenda(request.user, first, first + ONE_WEEK, now),
        "proposal": proposal,
        "counts": proposal and counts_of(proposal),
        "attention": needing_attention(request.user, proposal or plan),
        "unplanned": not_planned_yet(request.user, now),
        "job": open_job(request.user),
        "newest": plan,
    }
    return render(request, "scheduling/week.html", context)


@require_GET
def feed(request: PersonRequest) -> HttpResponse:
    first, until = _date(request, "start"), _date(request, "end")
    if first is None or until is None or until <= first:
        raise Invalid.field("start", "Name a range of dates.")
    return JsonResponse(week_feed(request.user, first, until, timezone.now()))


def _date(request: PersonRequest, name: str) -> date | None:
    """A date from the query; whatever is no date in a sensible year counts as not given."""
    try:
        day = date.fromisoformat(request.GET.get(name, "")[:10])
    except ValueError:
        return None
    return day if 1971 <= day.year <= 2199 else None


def _span(request: PersonRequest) -> dict[str, datetime]:
    form = SpanForm(request.POST, wall=wall_clock(request.user))
    if not form.is_valid():
        raise Invalid(fields=reasons_of(form))
    return form.cleaned_data


@require_http_methods(["GET"])
def block_page(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """A block by itself: why it is here, and every deed that a drag could do, as a form."""
    block = owned(Block.objects.of(request.user).select_related("event", "task", "habit"), pk)
    wall = wall_clock(request.user)
    now = timezone.now()
    context = {
        "block": block,
        "is_over": block.event.ends_at <= now,
        "has_begun": block.event.starts_at <= now,
        "outcome": outcome_of(newest_applied(request.user), str(block.work_id)),
        "form": SpanForm(
            initial={"start": wall.text(block.event.starts_at), "end": wall.text(block.event.ends_at)}, wall=wall
        ),
    }
    template = "scheduling/_block.html" if request.htmx else "scheduling/block.html"
    return render(request, template, context)


@require_POST
def move_block(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    span = _span(request)
    edit = blocks.move_block(user=request.user, block_id=pk, start=span["start"], end=span["end"], now=timezone.now())
    return done(request, edit)


def done(request: PersonRequest, edit: WeekEdit) -> HttpResponse:
    """The answer to an edit: words and the way back, as JSON for a script or as a toast on the next page."""
    undo = reverse("plan-undo", args=[edit.plan.pk])
    if wants_json(request):
        return JsonResponse({"words": edit.words, "undo": undo})
    toast(request, edit.words, undo=undo)
    return redirect(back(request, reverse("week")))
