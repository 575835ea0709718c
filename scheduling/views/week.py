"""The week: what is fixed, what is planned, and what a change would cost."""

import uuid
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.requests import PersonRequest
from accounts.selectors.zones import person_clock
from availability.selectors import weekly_hours
from availability.selectors.mirrors import stale_calendars
from scheduling.forms.events import EventSpanForm
from scheduling.forms.week import SpanForm
from scheduling.models import Block, Task
from scheduling.selectors import consequences as prices
from scheduling.selectors.plans import counts_of, needing_attention, newest_applied, open_job, proposal_of
from scheduling.selectors.week import agenda, idle_weekend, not_planned_yet, wall_clock, week_feed
from scheduling.selectors.why import why_here
from scheduling.services import attention, blocks
from scheduling.services.edits import WeekEdit
from timeflow.lib.errors import Invalid
from timeflow.lib.http import explain, owned, toast
from timeflow.lib.pages import back, reasons_of, wants_json
from timeflow.lib.time import first_weekday_on_or_before

ONE_WEEK = timedelta(days=7)


@require_GET
def week_page(request: PersonRequest) -> HttpResponse:
    """The calendar is drawn by a script from `feed`; without one the same week stands here as a list."""
    now = timezone.now()
    words = person_clock(request.user, now)
    on = _date(request, "on") or words.today
    first = first_weekday_on_or_before(on, request.user.week_start)
    plan, proposal = newest_applied(request.user), proposal_of(request.user)
    attention = needing_attention(request.user, proposal or plan)
    days = agenda(request.user, first, first + ONE_WEEK, now)
    idle = idle_weekend(request.user, days, proposal)
    shown = [day.on for day in days if day.on not in idle]
    waiting = not_planned_yet(request.user, now)
    named = {outcome["work"] for outcome in attention}
    unplanned = [(task, minutes) for task, minutes in waiting if str(task.pk) not in named]
    context = {
        "on": on,
        "first": first,
        "middle": first + timedelta(days=3),  # the number of a week is that of most of its days
        "shown": (shown[0], shown[-1]),
        "hidden": " ".join(str(on.isoweekday() % 7) for on in idle),  # as JavaScript counts: 0 is Sunday
        "previous": first - ONE_WEEK,
        "following": first + ONE_WEEK,
        "days": days,
        "proposal": proposal,
        "counts": proposal and counts_of(proposal),
        "attention": attention,
        "unplanned": unplanned,
        "unplanned_minutes": sum(minutes for _, minutes in unplanned),
        "has_tasks": bool(waiting) or Task.objects.of(request.user).open().exists(),
        "has_hours": bool(weekly_hours(request.user)),
        "job": open_job(request.user),
        "newest": plan,
        "stale": stale_calendars(request.user, now),
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


@require_POST
def consequences(request: PersonRequest) -> HttpResponse:
    """What a drag, a meeting, a longer task or a typed line would do. Asked while the person is still at it.

    A form's field shows the sentence, and what is wrong as long as something is; a script gets it all as JSON.
    """
    now = timezone.now()
    if request.htmx:
        try:
            words = _price(request, now).sentence
        except Invalid as refusal:
            words = next(iter(refusal.fields.values()), [refusal.detail])[0]
        # htmx takes any answer for HTML, and titles are text from outside.
        return HttpResponse(escape(words))
    wall = wall_clock(request.user)
    answer = asdict(_price(request, now))
    for shift in [*answer["moved"], *answer["new"], *answer["removed"]]:
        for edge in ("start", "end", "was_start", "was_end"):
            shift[edge] = shift[edge] and wall.text(shift[edge])
    return JsonResponse(answer)


def _price(request: PersonRequest, now: datetime) -> prices.Price:
    user, fields = request.user, request.POST
    if text := fields.get("text", "").strip()[:1000]:
        return prices.price_of_text(user, text, now)
    if "minutes" in fields and "task" in fields:
        return prices.price_of_task(user, now, task_id=_uuid(fields["task"]), minutes=_whole(fields["minutes"]))
    if "block" in fields:
        span = _span(request)
        return prices.price_of_drag(user, _uuid(fields["block"]), span["start"], span["end"], now)
    if "title" in fields and "is_busy" not in fields:
        return prices.Price("It blocks no time", [], [], [], [])  # the event's form, and the box is not ticked
    span = _span(request, EventSpanForm)
    instead = _uuid(fields["event"]) if fields.get("event") else None
    return prices.price_of_event(user, span["start"], span["end"], now, instead_of=instead)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Invalid.field("id", "This is not an id.") from error


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 10_000 and len(text) <= 5):
        raise Invalid.field("minutes", "A task takes between 1 and 10,000 minutes.")
    return int(text)


def _span(request: PersonRequest, kind: type[SpanForm] = SpanForm) -> dict[str, datetime]:
    form = kind(request.POST, wall=wall_clock(request.user))
    if not form.is_valid():
        raise Invalid(fields=reasons_of(form))
    return form.cleaned_data


@require_GET
def block_page(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """A block by itself: why it is here, and every deed that a drag could do, as a form."""
    block = _block(request, pk)
    wall = wall_clock(request.user)
    said = {"start": wall.text(block.event.starts_at), "end": wall.text(block.event.ends_at)}
    return _block_sheet(request, block, SpanForm(initial=said, wall=wall))


def _block(request: PersonRequest, pk: uuid.UUID) -> Block:
    return owned(Block.objects.of(request.user).select_related("event", "task", "habit"), pk)


def _block_sheet(request: PersonRequest, block: Block, form: SpanForm) -> HttpResponse:
    now = timezone.now()
    context = {
        "planned": block,  # "block" means something else inside a template's blocks
        "is_over": block.event.ends_at <= now,
        "has_begun": block.event.starts_at <= now,
        "why": why_here(request.user, block, newest_applied(request.user), now),
        "answers": [("done", "Done"), ("partly", "Half done"), ("not", "Not done")],
        "form": form,
        "next": came_from(request),
    }
    template = "scheduling/_block.html" if request.htmx else "scheduling/block.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def came_from(request: PersonRequest) -> str:
    """Where a sheet's forms lead back to: the week beside which it stands, or what its page was told."""
    return request.htmx.current_url_abs_path or request.POST.get("next") or reverse("week")


@require_POST
def move_block(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    block = _block(request, pk)
    form = SpanForm(request.POST, wall=wall_clock(request.user), was=(block.event.starts_at, block.event.ends_at))
    if form.is_valid():
        span = form.cleaned_data
        try:
            edit = blocks.move_block(
                user=request.user, block_id=pk, start=span["start"], end=span["end"], now=timezone.now()
            )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            return done(request, edit)
    if wants_json(request):
        raise Invalid(fields=reasons_of(form))
    return _block_sheet(request, block, form)


@require_POST
def place_task(request: PersonRequest) -> HttpResponse:
    """A task dragged from the tray into the week."""
    span = _span(request)
    task_id = _uuid(request.POST.get("task", ""))
    edit = blocks.place_task(
        user=request.user, task_id=task_id, start=span["start"], end=span["end"], now=timezone.now()
    )
    return done(request, edit)


@require_POST
def allow_splitting(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    return done(request, attention.allow_splitting(user=request.user, task_id=pk, now=timezone.now()))


@require_POST
def accept_lateness(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    return done(request, attention.accept_lateness(user=request.user, task_id=pk, now=timezone.now()))


@require_POST
def let_go(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    return done(request, attention.let_go(user=request.user, task_id=pk, now=timezone.now()))


@require_GET
def bar(request: PersonRequest) -> HttpResponse:
    """The proposal that came while the page was open."""
    proposal = proposal_of(request.user)
    return render(request, "scheduling/_bar.html", {"proposal": proposal, "counts": proposal and counts_of(proposal)})


def done(request: PersonRequest, edit: WeekEdit) -> HttpResponse:
    """The answer to an edit: words and the way back, as JSON for a script or as a toast on the next page."""
    undo = reverse("plan-undo", args=[edit.plan.pk])
    if wants_json(request):
        return JsonResponse({"words": edit.words, "undo": undo})
    toast(request, edit.words, undo=undo)
    address = back(request, reverse("week"))
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
