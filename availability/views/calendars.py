"""Settings, Calendars: name, colour and meaning of each, and the way to be rid of one."""

import uuid
from contextlib import nullcontext

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PersonRequest
from accounts.selectors.connections import connections
from availability.forms.calendars import CalendarForm
from availability.selectors import calendars, counted
from availability.services.calendars import delete_calendar, update_calendar
from availability.services.repairs import repaired_afterwards
from timeflow.lib.errors import NotFound, Refusal
from timeflow.lib.http import explain, owned, toast


@require_safe
def calendars_page(request: PersonRequest) -> HttpResponse:
    return _page(request, None)


def _page(request: PersonRequest, refused: CalendarForm | None) -> HttpResponse:
    """`refused` takes the place of the form with its prefix and stands open."""
    rows = []
    for calendar in counted(calendars(request.user)):
        is_open = refused is not None and refused.prefix == str(calendar.pk)
        rows.append(
            {"calendar": calendar, "form": refused if is_open else CalendarForm.of(calendar), "is_open": is_open}
        )
    context = {"rows": rows, "connections": connections(request.user)}
    return render(request, "settings/calendars.html", context, status=422 if refused else 200)


@require_POST
def change_calendar(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    calendar = owned(calendars(request.user), pk)
    form = CalendarForm(request.POST, prefix=str(pk))
    if not form.is_valid():
        return _page(request, form)
    changes = {name: value for name, value in form.cleaned_data.items() if value != getattr(calendar, name)}
    try:
        with repaired_afterwards(request.user) if "is_busy" in changes else nullcontext():
            update_calendar(user=request.user, calendar_id=pk, **changes)
    except NotFound:
        raise
    except Refusal as refusal:
        explain(form, refusal)
        return _page(request, form)
    words = f"{form.cleaned_data['name']} is saved."
    if "is_busy" in changes:
        words += " Your plan is being checked against it."
    toast(request, words)
    return redirect("settings-calendars")


@require_http_methods(["GET", "HEAD", "POST"])
def remove_calendar(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """A GET asks once more and says what goes; it is the dialog of the page for whoever has no scripts."""
    if request.method != "POST":
        calendar = owned(counted(calendars(request.user)), pk)
        return render(request, "settings/remove_calendar.html", {"calendar": calendar})
    with repaired_afterwards(request.user):
        name = delete_calendar(user=request.user, calendar_id=pk)
    toast(request, f"{name} is removed with its events.")
    return redirect("settings-calendars")
