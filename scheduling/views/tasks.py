"""The Tasks page: the list, quick entry, ticks and bulk changes."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import PersonRequest
from accounts.selectors.zones import person_clock
from scheduling.forms.tasks import BulkForm, LineForm, TaskFilterForm
from scheduling.models import Label, Priority
from scheduling.selectors.consequences import price_of_text
from scheduling.selectors.preferences import usual_minutes
from scheduling.selectors.quick import quick_entry
from scheduling.selectors.tasks import by_due, grouped, newest_done_first, task_rows, tasks_of
from scheduling.services import task_edits
from scheduling.services.quick import add_line
from scheduling.views.answers import TASKS_CHANGED, changed, say
from timeflow.lib.errors import Invalid
from timeflow.lib.http import partial, toast
from timeflow.lib.pages import back, reasons_of
from timeflow.lib.time import first_weekday_on_or_before

PAGE = 50
LINE_EXAMPLE = "Report 2h fri"


@require_safe
def tasks_page(request: PersonRequest) -> HttpResponse:
    context = _listing(request)
    if request.htmx and request.htmx.target == "list":
        return partial(request, "scheduling/_task_list.html", context)
    return render(request, "scheduling/tasks.html", context)


def _listing(request: PersonRequest) -> dict[str, Any]:
    now = timezone.now()
    labels = sorted(Label.objects.of(request.user), key=lambda label: label.name.lower())
    filters = TaskFilterForm(request.GET, labels)
    wanted = filters.wanted()
    tasks = tasks_of(request.user, wanted, now)
    tasks = newest_done_first(tasks) if wanted.state == "done" else by_due(tasks, request.user, now)
    page = Paginator(tasks, PAGE).get_page(request.GET.get("page"))
    return {
        "filters": filters,
        "wanted": wanted,
        "labels": labels,
        "page": page,
        "groups": grouped(task_rows(list(page.object_list), now)),
        "address": request.get_full_path(),
        "priorities": Priority.choices,
        **_days(person_clock(request.user, now).today, request.user.week_start),
    }


def _days(today: date, week_start: int) -> dict[str, date]:
    """The days that the bulk bar offers."""
    next_week = first_weekday_on_or_before(today, week_start) + timedelta(days=7)
    return {"today": today, "tomorrow": today + timedelta(days=1), "next_week": next_week}


@require_safe
def understood(request: PersonRequest) -> HttpResponse:
    """What the line that is being typed would become, at once; the page then asks for its price."""
    text = _typed(request)
    context: dict[str, Any] = {"text": text, "example": LINE_EXAMPLE}
    if text.strip():
        context["entry"] = entry = quick_entry(request.user, text, timezone.now())
        context["usual_minutes"] = None if entry.minutes else usual_minutes(request.user)
    return render(request, "scheduling/_understood.html", context)


@require_safe
def line_price(request: PersonRequest) -> HttpResponse:
    """What planning the typed line at once would do to the week."""
    return HttpResponse(escape(price_of_text(request.user, _typed(request), timezone.now()).sentence))


def _typed(request: PersonRequest) -> str:
    return request.GET.get("text", "").replace("\x00", "")


@require_POST
def add_task(request: PersonRequest) -> HttpResponse:
    form, now = LineForm(request.POST), timezone.now()
    if not form.is_valid():
        raise Invalid("Say what is to be done.", fields=reasons_of(form))
    text = form.cleaned_data["text"]
    if form.cleaned_data["plan"]:
        say(request, task_edits.add_and_place(user=request.user, text=text, now=now))
    else:
        task = add_line(user=request.user, text=text, now=now)
        toast(request, f"Added {task.title}", undo=reverse("task-delete", args=[task.pk]))
    return changed(request, TASKS_CHANGED, default=reverse("tasks"))


@require_POST
def complete_task(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    say(request, task_edits.complete(user=request.user, task_id=pk, now=timezone.now()))
    return changed(request, TASKS_CHANGED, default=reverse("tasks"))


@require_POST
def reopen_task(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    say(request, task_edits.reopen(user=request.user, task_id=pk, now=timezone.now()))
    return changed(request, TASKS_CHANGED, default=reverse("tasks"))


@require_POST
def delete_task(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    say(request, task_edits.delete(user=request.user, task_id=pk, now=timezone.now()))
    if not request.htmx and str(pk) in back(request):
        return redirect("tasks")
    return changed(request, TASKS_CHANGED, "task-gone", default=reverse("tasks"))


@require_POST
def change_tasks(request: PersonRequest) -> HttpResponse:
    form = BulkForm(request.POST)
    if not form.is_valid():
        reasons = reasons_of(form)
        raise Invalid(next(iter(reasons.values()))[0], fields=reasons)
    wish = form.cleaned_data
    edit = task_edits.change_all(user=request.user, task_ids=wish["tasks"], now=timezone.now(), **wish["change"])
    say(request, edit)
    return changed(request, TASKS_CHANGED, default=reverse("tasks"))
