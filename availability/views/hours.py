"""Settings, Working hours: the week, and dates with hours of their own."""

from collections.abc import Callable, Mapping
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from accounts.selectors.zones import person_clock
from availability.domain.hour_rules import DAYS, from_text, to_text, week_from_text, week_to_text
from availability.forms.hours import WEEKDAYS_ONLY, DatesForm, WeekForm, typed
from availability.selectors import date_overrides, past_dates, special_dates, weekly_hours
from availability.services import hours
from availability.services.repairs import repaired_afterwards
from availability.views.hour_rows import week_rows
from timeflow.lib.errors import Refusal
from timeflow.lib.http import explain, partial, toast

CHECKED = "Your plan is being checked against the new hours."
LINES_A_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def hours_page(request: PersonRequest) -> HttpResponse:
    """A POST carries the whole form and in `do` what to do with it; only "save" keeps anything."""
    if request.method != "POST":
        return _page(request)
    deed, _, rest = request.POST.get("do", "save").partition(":")
    form = WeekForm(EDITS.get(deed, _as_typed)(request.POST.copy(), rest), clock=request.user.clock)
    if deed == "save" and form.is_valid():
        return _save(request, form)
    where = {"deed": deed, "at": rest.partition(":")[0]}
    if request.htmx:
        return partial(request, "settings/_week_hours.html", _week(request, form) | where)
    return _page(request, week_form=form, where=where)


def _save(request: PersonRequest, form: WeekForm) -> HttpResponse:
    before = weekly_hours(request.user)
    with repaired_afterwards(request.user):
        hours.set_working_hours(user=request.user, hours=form.week())
    undo = reverse("settings-hours-restore", args=[week_to_text(before)])
    toast(request, f"Your hours are saved. {CHECKED}", undo=undo)
    if request.htmx:
        fresh = WeekForm.of(weekly_hours(request.user), request.user.clock)
        return partial(request, "settings/_week_hours.html", _week(request, fresh))
    return redirect("settings-hours")


def _as_typed(posted: QueryDict, _rest: str) -> QueryDict:
    return posted


def _add(posted: QueryDict, day: str) -> QueryDict:
    """Another stretch, an hour after the last one, as long as that fits into the day."""
    if day in DAYS:
        first, last = "09:00", "17:00"
        ends = [end for end in posted.getlist(f"{day}-end") if end]
        if ends:
            hour = int(ends[-1][:2]) if ends[-1][:2].isdecimal() else 24
            first, last = (f"{hour + 1:02d}:00", f"{hour + 2:02d}:00") if hour < 22 else ("", "")
        posted.appendlist(f"{day}-start", first)
        posted.appendlist(f"{day}-end", last)
    return posted


def _remove(posted: QueryDict, rest: str) -> QueryDict:
    day, _, number = rest.partition(":")
    for name in (f"{day}-start", f"{day}-end"):
        texts = posted.getlist(name)
        posted.setlist(name, [text for place, text in enumerate(texts) if str(place) != number])
    return posted


def _copy(posted: QueryDict, rest: str) -> QueryDict:
    day, _, to = rest.partition(":")
    for other in {"all": DAYS, "weekdays": WEEKDAYS_ONLY}.get(to, (to,)):
        if day in DAYS and other in DAYS:
            for edge in ("start", "end"):
                posted.setlist(f"{other}-{edge}", posted.getlist(f"{day}-{edge}"))
    return posted


EDITS: dict[str, Callable[[QueryDict, str], QueryDict]] = {"add": _add, "remove": _remove, "copy": _copy}


def _week(request: PersonRequest, form: WeekForm) -> dict[str, object]:
    saved = weekly_hours(request.user)
    rows = week_rows(form, request.user.week_start)
    is_new = form.is_bound and any(
        [typed(window) for window in saved.get(weekday, ())] != form[name].value() for weekday, name in enumerate(DAYS)
    )
    return {"week": rows, "is_new": is_new, "has_hours": bool(saved), "copy_to": DAYS}


def _page(
    request: PersonRequest,
    week_form: WeekForm | None = None,
    dates_form: DatesForm | None = None,
    where: Mapping[str, str] | None = None,
) -> HttpResponse:
    """`where` says which button was pressed, to put the focus there."""
    user, now = request.user, timezone.now()
    today = person_clock(user, now).today
    week_form = week_form or WeekForm.of(weekly_hours(user), user.clock)
    coming = Paginator(special_dates(user, today), LINES_A_PAGE)
    context = (
        _week(request, week_form)
        | dict(where or {})
        | {
            "dates_form": dates_form or DatesForm(clock=user.clock),
            "page": coming.get_page(request.GET.get("page")),
            "past": past_dates(user, today),
        }
    )
    has_errors = bool(week_form.errors or (dates_form and dates_form.errors))
    return render(request, "settings/hours.html", context, status=422 if has_errors else 200)


@require_POST
def usual_hours(request: PersonRequest) -> HttpResponse:
    with repaired_afterwards(request.user):
        has_started = hours.start_with_usual_hours(user=request.user)
    if has_started:
        toast(request, "You work Monday to Friday, 9 to 5. Change it as you like.")
    return redirect("settings-hours")


@require_POST
def restore_hours(request: PersonRequest, week: str) -> HttpResponse:
    """The way back from a save; the address says what was before."""
    try:
        before = week_from_text(week)
    except ValueError as error:
        raise Http404 from error
    with repaired_afterwards(request.user):
        hours.set_working_hours(user=request.user, hours=before)
    toast(request, "Your hours are as they were before.")
    return redirect("settings-hours")


@require_POST
def add_dates(request: PersonRequest) -> HttpResponse:
    form = DatesForm(request.POST, clock=request.user.clock)
    if form.is_valid():
        wanted = form.fields_for_service()
        first, last = wanted["first"], wanted["last"]
        try:
            replaced = date_overrides(request.user, first, last)
            with repaired_afterwards(request.user):
                hours.set_overrides(user=request.user, now=timezone.now(), **wanted)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            undo = "" if replaced else reverse("settings-dates-remove", args=[first, last])
            toast(request, f"{'Kept' if wanted['windows'] else 'You are away then'}. {CHECKED}", undo=undo)
            return redirect("settings-hours")
    return _page(request, dates_form=form)


@require_POST
def remove_dates(request: PersonRequest, first: date, last: date) -> HttpResponse:
    """Dates first..last, the last included, go by their weekdays again."""
    before = date_overrides(request.user, first, last)
    with repaired_afterwards(request.user):
        hours.remove_overrides(user=request.user, first=first, last=last)
    windows = {to_text(spans) for spans in before.values()}
    is_whole = len(before) == (last - first).days + 1 and len(windows) == 1
    undo = reverse("settings-dates-restore", args=[first, last, windows.pop()]) if is_whole else ""
    toast(request, f"Removed. {CHECKED}", undo=undo)
    return redirect("settings-hours")


@require_POST
def restore_dates(request: PersonRequest, first: date, last: date, windows: str) -> HttpResponse:
    """The way back from `remove_dates`; the address says what was removed."""
    try:
        before = from_text(windows)
    except ValueError as error:
        raise Http404 from error
    with repaired_afterwards(request.user):
        hours.set_overrides(user=request.user, first=first, last=last, windows=before, now=timezone.now())
    toast(request, "They are back.")
    return redirect("settings-hours")
