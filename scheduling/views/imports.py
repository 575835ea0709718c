"""Settings, Import: a calendar or tasks from a file, all of it or a list of what is wrong."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from availability.errors import FileRefused
from availability.services.imports import import_calendar
from scheduling.forms.imports import CalendarFileForm, TaskFileForm
from scheduling.services.task_import import import_tasks
from timeflow.lib.errors import Refusal
from timeflow.lib.http import explain, toast
from timeflow.lib.throttle import rate_limited

NOTES = "import_notes"
FORMS = {"calendar": CalendarFileForm, "tasks": TaskFileForm}


@rate_limited("files", methods=["POST"])
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: PersonRequest) -> HttpResponse:
    what = request.POST.get("what", "")
    if request.method != "POST" or what not in FORMS:
        return _page(request, notes=request.session.pop(NOTES, []))
    form = FORMS[what](request.POST, request.FILES)
    problems: list[dict[str, object]] = []
    if form.is_valid():
        try:
            _bring(request, what, form.cleaned_data)
        except FileRefused as refusal:
            problems = refusal.problems
        except Refusal as refusal:
            explain(form, refusal)
        else:
            return redirect("settings-import")
    return _page(request, what=what, form=form, problems=problems)


def _bring(request: PersonRequest, what: str, sent: dict[str, Any]) -> None:
    """Raises what the services raise."""
    raw, now = sent["file"].read(), timezone.now()
    if what == "tasks":
        edit = import_tasks(user=request.user, raw=raw, now=now).edit
        toast(request, f"{edit.words}.", undo=reverse("plan-undo", args=[edit.plan.pk]))
        return
    file_name = sent["file"].name
    report = import_calendar(user=request.user, raw=raw, name=sent["name"], file_name=file_name, now=now)
    toast(request, f"{report.words}.")
    request.session[NOTES] = [f"{report.words}.", *report.notes] if report.notes else []


def _page(
    request: PersonRequest,
    *,
    what: str = "",
    form: forms.Form | None = None,
    problems: list[dict[str, object]] | None = None,
    notes: list[str] | None = None,
) -> HttpResponse:
    context: dict[str, object] = {
        f"{name}_form": form if form is not None and name == what else blank(auto_id=f"{name}_%s")
        for name, blank in FORMS.items()
    }
    context |= {"what": what, "problems": problems, "notes": notes}
    return render(request, "settings/import.html", context, status=200 if form is None else 422)
