"""How pages answer after a change: a toast with its undo, and the lists that changed shown anew."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django_htmx.http import trigger_client_event

from accounts.requests import PersonRequest
from scheduling.services.edits import WeekEdit
from timeflow.lib.http import toast
from timeflow.lib.pages import back

TASKS_CHANGED = "tasks-changed"


def say(request: PersonRequest, edit: WeekEdit | None, otherwise: str = "Saved") -> None:
    """Toast what an edit did, with undo; without an edit the other words."""
    if edit is None:
        toast(request, otherwise)
    else:
        toast(request, edit.words, undo=reverse("plan-undo", args=[edit.plan.pk]))


def changed(request: PersonRequest, *events: str, default: str) -> HttpResponse:
    """The waiting toasts, and `events` for whatever on the page shows what changed; without htmx the page again."""
    if not request.htmx:
        return redirect(back(request, default))
    answer = toasts(request)
    for event in events:
        trigger_client_event(answer, event)
    return answer


def toasts(request: PersonRequest) -> HttpResponse:
    """Only the waiting toasts, for htmx to put into their place."""
    return HttpResponse(render_to_string("partials/_toasts.html", {"is_oob": True}, request))
