"""One task: its sheet beside the list, which is a page of its own without scripts; checklist and dependencies."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from accounts.requests import PersonRequest
from accounts.selectors.zones import zone_on
from scheduling.forms.tasks import StepForm, TaskForm
from scheduling.models import Label, Task
from scheduling.selectors.consequences import price_of_task
from scheduling.selectors.tasks import candidates_for_dependency, task_rows
from scheduling.services import checklists, task_edits
from scheduling.services.recurrence import local_today
from scheduling.views.answers import TASKS_CHANGED, say
from timeflow.lib.errors import Invalid, Refusal
from timeflow.lib.http import explain, owned, partial
from timeflow.lib.ids import as_id
from timeflow.lib.pages import reasons_of

CHANGED_ELSEWHERE = (
    "This task was changed in another window after you had opened it. Nothing is saved yet: "
    "look through what stands here, and save again to keep it."
)
PRICED = frozenset({"minutes", "priority", "due_at", "due_on", "is_splittable"})
# A service's names for what the form calls otherwise.
FORM_FIELDS = {
    "due_on": "due_date",
    "due_at": "due_date",
    "earliest_on": "earliest_date",
    "earliest_at": "earliest_date",
    "rrule": "custom",
    "name": "new_labels",
}


@require_http_methods(["GET", "HEAD", "POST"])
def task_page(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    if request.method != "POST":
        return _sheet(request, _form(request, pk, now), now)
    form = _form(request, pk, now, posted=request.POST)
    if form.is_valid() and _has_changed_since(request, pk):
        form.add_error(None, CHANGED_ELSEWHERE)
    if form.is_valid():
        try:
            edit = task_edits.change(user=request.user, task_id=pk, now=now, **form.changes())
        except Refusal as refusal:
            refusal.fields = {FORM_FIELDS.get(name, name): reasons for name, reasons in refusal.fields.items()}
            explain(form, refusal)
        else:
            say(request, edit)
            if not request.htmx:
                return redirect("task", pk)
            return trigger_client_event(_sheet(request, _form(request, pk, now), now), TASKS_CHANGED)
    return _sheet(request, form, now, status=422)


def _has_changed_since(request: PersonRequest, pk: uuid.UUID) -> bool:
    """Whether the task is no longer as it was when this sheet was opened."""
    return request.POST.get("seen", "") not in ("", _task(request, pk).updated_at.isoformat())


@require_POST
def task_price(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """What saving the sheet as it stands would do to the week, asked while one is still at it."""
    now = timezone.now()
    form = _form(request, pk, now, posted=request.POST)
    wish = {name: value for name, value in form.changes().items() if name in PRICED} if form.is_valid() else {}
    if not wish:
        return HttpResponse()
    return HttpResponse(escape(price_of_task(request.user, now, task_id=pk, **wish).sentence))


@require_POST
def add_step(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    checklists.add_item(user=request.user, task_id=pk, text=_step_text(request))
    return _part(request, pk, "scheduling/_task_steps.html")


@require_POST
def change_step(request: PersonRequest, pk: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """`do` is what the button says: tick, untick, remove, up, down; without it `text` is the new wording."""
    match request.POST.get("do", ""):
        case "tick" | "untick" as deed:
            checklists.edit_item(user=request.user, task_id=pk, item_id=item, is_done=deed == "tick")
        case "remove":
            checklists.remove_item(user=request.user, task_id=pk, item_id=item)
        case "up" | "down" as deed:
            checklists.move_item(user=request.user, task_id=pk, item_id=item, by=-1 if deed == "up" else 1)
        case _:
            checklists.edit_item(user=request.user, task_id=pk, item_id=item, text=_step_text(request))
    return _part(request, pk, "scheduling/_task_steps.html")


@require_safe
def find_tasks(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Tasks that this one could wait for, while one types."""
    task = _task(request, pk)
    return render(request, "scheduling/_task_candidates.html", {"task": task, **_candidates(request, task)})


@require_POST
def change_waits(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """`add` or `remove` is the id of a task that this one waits for."""
    task = _task(request, pk)
    waits_for = set(task.dependencies.values_list("predecessor_id", flat=True))
    added, removed = as_id(request.POST.get("add")), as_id(request.POST.get("remove"))
    if not (added or removed):
        raise Invalid.field("add", "Choose a task.")
    wanted = (waits_for | {added}) - {removed, None}
    edit = task_edits.change(user=request.user, task_id=pk, now=timezone.now(), depends_on=wanted)
    say(request, edit)
    return trigger_client_event(_part(request, pk, "scheduling/_task_waits.html"), TASKS_CHANGED)


def _step_text(request: PersonRequest) -> str:
    form = StepForm(request.POST)
    if not form.is_valid():
        reasons = reasons_of(form)
        raise Invalid(reasons["text"][0], fields=reasons)
    return form.cleaned_data["text"]


def _task(request: PersonRequest, pk: uuid.UUID) -> Task:
    return owned(Task.objects.of(request.user).prefetch_related("labels"), pk)


def _form(request: PersonRequest, pk: uuid.UUID, now: datetime, posted: QueryDict | None = None) -> TaskForm:
    zones = zone_on(request.user)
    labels = sorted(Label.objects.of(request.user), key=lambda label: label.name.lower())
    return TaskForm(posted, task=_task(request, pk), labels=labels, zones=zones, today=local_today(zones, now))


def _sheet(request: PersonRequest, form: TaskForm, now: datetime, *, status: int = 200) -> HttpResponse:
    task = form.task
    chosen = {str(pk) for pk in form["labels"].value() or []}
    for label in form.label_rows:
        label.is_chosen = str(label.pk) in chosen  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "form": form,
        "labels": form.label_rows,
        "task": task,
        "row": task_rows([task], now)[0],
        **_around(task),
        **_candidates(request, task),
    }
    if request.htmx and request.htmx.target == "sheet":
        return partial(request, "scheduling/_task_sheet.html", context, status=status)
    return render(request, "scheduling/task.html", context, status=status)


def _part(request: PersonRequest, pk: uuid.UUID, template: str) -> HttpResponse:
    """A section of the sheet anew, so that what is being typed elsewhere in it stays."""
    if not request.htmx:
        return redirect("task", pk)
    task = _task(request, pk)
    return partial(request, template, {"task": task, **_around(task)})


def _around(task: Task) -> dict[str, Any]:
    return {
        "steps": list(task.checklist.order_by("position", "id")),
        "waits_for": list(task.predecessors.order_by("title", "id")),
        "waited_for_by": list(task.successors.order_by("title", "id")),
    }


def _candidates(request: PersonRequest, task: Task) -> dict[str, Any]:
    find = " ".join(request.GET.get("find", "").replace("\x00", "").split())[:100]
    return {"find": find, "candidates": candidates_for_dependency(request.user, task, find) if find else []}
