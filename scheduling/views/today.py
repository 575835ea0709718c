"""Today: what now, what next, and how things went."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import PersonRequest
from availability.selectors.mirrors import stale_calendars
from scheduling.selectors.today import day_of
from scheduling.services import blocks
from scheduling.services.edits import WeekEdit
from timeflow.lib.errors import Invalid
from timeflow.lib.http import toast
from timeflow.lib.pages import back


@require_GET
def today_page(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    stale = stale_calendars(request.user, now)
    context = {"today": day_of(request.user, now), "stale": stale, "tasks_address": reverse("tasks")}
    return render(request, "scheduling/today.html", context)


@require_POST
def block_deed(request: PersonRequest, pk: uuid.UUID, deed: str) -> HttpResponse:
    """What a person does with a block, from any page; `deed` is the word of the button that was pressed."""
    edit = _do(request, pk, deed)
    toast(request, edit.words, undo=reverse("plan-undo", args=[edit.plan.pk]))
    return redirect(back(request, reverse("today")))


def _do(request: PersonRequest, pk: uuid.UUID, deed: str) -> WeekEdit:
    now, user = timezone.now(), request.user
    match deed:
        case "start":
            return blocks.start_block(user=user, block_id=pk, now=now)
        case "finish":
            return blocks.finish_block(user=user, block_id=pk, now=now)
        case "postpone":
            return blocks.postpone_block(user=user, block_id=pk, now=now)
        case "more-time":
            return blocks.more_time(user=user, block_id=pk, minutes=_minutes(request, 15), now=now)
        case "pin" | "unpin":
            return blocks.set_pin(user=user, block_id=pk, is_pinned=deed == "pin", now=now)
        case "done" | "partly" | "not":
            worked = _minutes(request, 0) if "minutes" in request.POST else None
            return blocks.answer_block(user=user, block_id=pk, outcome=deed, worked_minutes=worked, now=now)
    raise Http404


def _minutes(request: PersonRequest, default: int) -> int:
    text = request.POST.get("minutes", "") or str(default)
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Invalid.field("minutes", "Write a number of minutes.")
    return int(text)
