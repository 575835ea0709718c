"""The palette: go anywhere, find anything, add a task, from wherever one is."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import PersonRequest
from scheduling.selectors.palette import found
from scheduling.selectors.quick import quick_entry
from timeflow.lib import bounds

# Route, words, icon, and other words that people type for it.
PLACES = (
    ("today", "Today", "sun", "now agenda"),
    ("week", "Week", "calendar-days", "calendar plan"),
    ("tasks", "Tasks", "circle-check", "todo list"),
    ("habits", "Habits", "repeat", "routine streak"),
    ("settings", "Settings", "settings", "profile name clock time zone theme"),
    ("settings-hours", "Working hours", "clock", "settings rest day holiday"),
    ("settings-planning", "Planning", "sliders-horizontal", "settings buffer horizon repair"),
    ("settings-calendars", "Calendars", "calendar-days", "settings colours"),
    ("settings-import", "Import", "upload", "settings ics csv todoist file"),
    ("settings-travel", "Travel", "plane", "settings zone journey"),
    ("settings-sign-in", "Sign-in", "lock", "settings password passkey google e-mail address second step"),
)
FIRST_PLACES = 5


@require_safe
def palette(request: PersonRequest) -> HttpResponse:
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[: bounds.SEARCH]
    wanted = text.lower()
    places = (
        [place for place in PLACES if wanted in f"{place[1]} {place[3]}".lower()] if text else PLACES[:FIRST_PLACES]
    )
    now = timezone.now()
    entry = quick_entry(request.user, text, now) if text else None
    # "report 2h fri" looks for what is called report.
    hits = found(request.user, entry.title if entry else text, now)
    context = {"text": text, "places": places, "found": hits, "entry": entry}
    return render(request, "scheduling/_palette.html", context)
