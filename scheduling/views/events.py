"""Events of the person's own calendar, made, moved and removed from the week; the plan makes room at once."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from availability.models import Event
from availability.selectors import with_repeats
from availability.selectors.mirrors import mirror_at
from availability.services.series import ONE
from scheduling.forms.events import EventForm, ScopeForm
from scheduling.forms.week import SpanForm
from scheduling.selectors.week import ONE_HOUR, Wall, wall_clock
from scheduling.services import events
from scheduling.services.edits import WeekEdit
from scheduling.views.week import came_from, done
from timeflow.lib.errors import Invalid
from timeflow.lib.http import explain, owned
from timeflow.lib.pages import reasons_of

# A service's names for what the form calls otherwise.
FORM_FIELDS = {
    "starts_at": "start",
    "starts_on": "start",
    "ends_at": "end",
    "ends_on": "end",
    "repeats.every": "repeats",
    "repeats.until": "until",
    "repeats.times": "times",
}


@require_http_methods(["GET", "POST"])
def new_event(request: PersonRequest) -> HttpResponse:
    wall = wall_clock(request.user)
    if request.method != "POST":
        return _form(request, EventForm(initial=_initial(request) or _next_hour(wall), wall=wall), None)
    form = EventForm(request.POST, wall=wall)

    def save() -> WeekEdit:
        return events.add_event(user=request.user, now=timezone.now(), **form.fields_for_service())

    return _saved(request, form, save) or _form(request, form, None)


def _initial(request: PersonRequest) -> dict[str, str]:
    """Times that a selection in the calendar named in the address."""
    found = {}
    for name in ("start", "end"):
        try:
            wall = parse_datetime(request.GET.get(name, "")[:16])
        except ValueError:
            wall = None
        if wall is not None:
            found[name] = wall.isoformat(timespec="minutes")
    return found


def _next_hour(wall: Wall) -> dict[str, str]:
    """Half an hour from the next full hour on, for whoever named no time."""
    start = (timezone.now() + ONE_HOUR).replace(minute=0, second=0, microsecond=0)
    return {"start": wall.text(start), "end": wall.text(start + ONE_HOUR / 2)}


@require_http_methods(["GET", "POST"])
def event_page(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    [event] = with_repeats([_event(request, pk)])
    wall = wall_clock(request.user)
    if request.method != "POST":
        return _form(request, EventForm(event=event, wall=wall), event)
    form = EventForm(request.POST, event=event, wall=wall)

    def save() -> WeekEdit:
        return events.change_event(user=request.user, event=event, now=timezone.now(), **form.fields_for_service())

    return _saved(request, form, save) or _form(request, form, event)


def _event(request: PersonRequest, pk: uuid.UUID) -> Event:
    rows = Event.objects.of(request.user).exclude(source=Event.Source.BLOCK)
    return owned(rows.select_related("calendar", "series"), pk)


def _saved(request: PersonRequest, form: EventForm, save: Callable[[], WeekEdit]) -> HttpResponse | None:
    """The answer to a form that was kept; None if it was not, and then the form says why."""
    if not form.is_valid():
        return None
    try:
        edit = save()
    except Invalid as refusal:
        refusal.fields = {FORM_FIELDS.get(name, name): reasons for name, reasons in refusal.fields.items()}
        explain(form, refusal)
        return None
    return done(request, edit)


def _form(request: PersonRequest, form: EventForm, event: Event | None) -> HttpResponse:
    template = "scheduling/_event.html" if request.htmx else "scheduling/event.html"
    mirror = event and mirror_at(event.calendar)
    context = {"form": form, "event": event, "mirror": mirror, "next": came_from(request)}
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
def move_event(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """A drag. Of a series it moves this one: to move all of them is a choice that its form offers."""
    event = _event(request, pk)
    form = SpanForm(request.POST, wall=wall_clock(request.user), was=(event.starts_at, event.ends_at))
    if not form.is_valid():
        raise Invalid(fields=reasons_of(form))
    span = form.cleaned_data
    times = {"is_all_day": False, "starts_at": span["start"], "ends_at": span["end"]}
    edit = events.change_event(user=request.user, event=event, now=timezone.now(), verb="Moved", **times)
    return done(request, edit)


@require_POST
def delete_event(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    event = _event(request, pk)
    form = ScopeForm({"scope": ONE} | request.POST.dict())
    if not form.is_valid():
        raise Invalid(fields=reasons_of(form))
    scope = form.cleaned_data["scope"]
    return done(request, events.remove_event(user=request.user, event=event, now=timezone.now(), scope=scope))
