"""Events of the person's own calendar, made, moved and removed from the week; the plan makes room at once."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from availability.models import Event
from scheduling.forms.week import EventForm, SpanForm
from scheduling.selectors.week import ONE_DAY, ONE_HOUR, Wall, wall_clock
from scheduling.services import events
from scheduling.views.week import done
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned
from timeflow.lib.pages import reasons_of


@require_http_methods(["GET", "POST"])
def new_event(request: PersonRequest) -> HttpResponse:
    wall = wall_clock(request.user)
    if request.method == "POST":
        form = EventForm(request.POST, wall=wall)
        if form.is_valid():
            edit = events.add_event(user=request.user, now=timezone.now(), **form.fields_for_service())
            return done(request, edit)
    else:
        form = EventForm(initial=_initial(request) or _next_hour(wall), wall=wall)
    return _form(request, form, None)


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
    event = owned(Event.objects.of(request.user).exclude(source=Event.Source.BLOCK).select_related("calendar"), pk)
    wall = wall_clock(request.user)
    if request.method == "POST":
        form = EventForm(request.POST, wall=wall)
        if form.is_valid():
            edit = events.change_event(user=request.user, event=event, now=timezone.now(), **form.fields_for_service())
            return done(request, edit)
    else:
        ends = event.ends_at - ONE_DAY if event.is_all_day else event.ends_at
        fields = {name: getattr(event, name) for name in ("title", "is_all_day", "is_busy", "location", "notes")}
        form = EventForm(initial=fields | {"start": wall.text(event.starts_at), "end": wall.text(ends)}, wall=wall)
    return _form(request, form, event)


def _form(request: PersonRequest, form: EventForm, event: Event | None) -> HttpResponse:
    template = "scheduling/_event.html" if request.htmx else "scheduling/event.html"
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, "event": event}, status=status)


@require_POST
def move_event(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    event = owned(Event.objects.of(request.user).exclude(source=Event.Source.BLOCK), pk)
    form = SpanForm(request.POST, wall=wall_clock(request.user))
    if not form.is_valid():
        raise Invalid(fields=reasons_of(form))
    span = form.cleaned_data
    times = {"is_all_day": False, "starts_at": span["start"], "ends_at": span["end"]}
    return done(request, events.change_event(user=request.user, event=event, now=timezone.now(), **times))


@require_POST
def delete_event(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    event = owned(Event.objects.of(request.user).exclude(source=Event.Source.BLOCK), pk)
    return done(request, events.remove_event(user=request.user, event=event, now=timezone.now()))
