"""Settings, Calendars: accounts and their calendars, those that were made here or imported, and where the plan goes."""

import uuid
from contextlib import nullcontext
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PersonRequest
from availability.forms.calendars import CalendarForm, MirroredForm, PlaceForm
from availability.models import Calendar
from availability.selectors import calendars, counted
from availability.selectors.accounts import Account, accounts, places, present_place
from availability.selectors.mirrors import mirror_of, with_mirrors
from availability.services.calendars import delete_calendar, update_calendar
from availability.services.mirrors.listing import change_mirrored
from availability.services.repairs import repaired_afterwards
from timeflow.lib.errors import NotFound, Refusal
from timeflow.lib.http import explain, owned, toast


@require_safe
def calendars_page(request: PersonRequest) -> HttpResponse:
    return page(request)


def page(
    request: PersonRequest, *, refused: CalendarForm | None = None, place_form: PlaceForm | None = None
) -> HttpResponse:
    """A form that was refused takes the place of the one with its prefix, and stands open."""
    known = accounts(request.user, timezone.now())
    at_hand = counted(calendars(request.user).exclude(kind=Calendar.Kind.REMOTE))
    rows = [_row(calendar, refused) for calendar in at_hand]
    context = {
        "accounts": [shown_account(account, refused) for account in known],
        "own": [row for row in rows if row["calendar"].kind == Calendar.Kind.OWN],
        "files": [row for row in rows if row["calendar"].kind == Calendar.Kind.FILE],
        "places": places(known),
        "place_form": place_form or form_of_places(known),
    }
    return render(request, "settings/calendars.html", context, status=422 if refused or place_form else 200)


def shown_account(account: Account, refused: CalendarForm | None = None) -> dict[str, object]:
    """What the template of an account takes."""
    return {"account": account, "rows": [_row(line.calendar, refused) | {"line": line} for line in account.lines]}


def form_of_places(known: list[Account], request: PersonRequest | None = None) -> PlaceForm:
    return PlaceForm.among(places(known), present_place(known), request.POST if request else None)


def _row(calendar: Calendar, refused: CalendarForm | None) -> dict[str, Any]:
    form = refused if refused is not None and refused.prefix == str(calendar.pk) else _form(calendar)
    return {"calendar": calendar, "form": form, "is_open": form is refused}


def _form(calendar: Calendar, request: PersonRequest | None = None) -> CalendarForm:
    kind = MirroredForm if calendar.kind == Calendar.Kind.REMOTE else CalendarForm
    return kind(request.POST, prefix=str(calendar.pk)) if request else kind.of(calendar)


@require_POST
def change_calendar(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    calendar = owned(with_mirrors(calendars(request.user), now), pk)
    form = _form(calendar, request)
    if not form.is_valid():
        return page(request, refused=form)
    given = dict(form.cleaned_data)
    mirror = mirror_of(calendar)
    is_followed = given.pop("is_followed", False)
    changes = {name: value for name, value in given.items() if value != getattr(calendar, name)}
    try:
        with repaired_afterwards(request.user) if "is_busy" in changes else nullcontext():
            if mirror:
                change_mirrored(user=request.user, calendar_id=pk, is_followed=is_followed, now=now, **changes)
            else:
                update_calendar(user=request.user, calendar_id=pk, **changes)
    except NotFound:
        raise
    except Refusal as refusal:
        explain(form, refusal)
        return page(request, refused=form)
    words = f"{form.cleaned_data['name']} is saved."
    if mirror and is_followed != mirror.is_followed:
        words += " Its events are being read." if is_followed else " Its events are gone from here."
    elif "is_busy" in changes:
        words += " Your plan is being checked against it."
    toast(request, words)
    return redirect("settings-calendars")


@require_http_methods(["GET", "HEAD", "POST"])
def remove_calendar(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """A GET asks once more and says what goes; it is the dialog of the page for whoever has no scripts."""
    if request.method != "POST":
        files = calendars(request.user).filter(kind=Calendar.Kind.FILE)
        return render(request, "settings/remove_calendar.html", {"calendar": owned(counted(files), pk)})
    with repaired_afterwards(request.user):
        name = delete_calendar(user=request.user, calendar_id=pk)
    toast(request, f"{name} is removed with its events.")
    return redirect("settings-calendars")
