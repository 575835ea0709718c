"""The Habits page: rings, streaks and the days of the week to tick."""

import uuid
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PersonRequest
from scheduling.forms.habits import HabitForm
from scheduling.models import Habit
from scheduling.selectors.habits import habits_this_week
from scheduling.services import task_edits
from scheduling.views.answers import changed, say
from timeflow.lib.errors import Refusal
from timeflow.lib.http import explain, owned, partial

HABITS_CHANGED = "habits-changed"


@require_safe
def habits_page(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "rows": habits_this_week(request.user, now),
        "archived": Habit.objects.of(request.user).filter(is_active=False).order_by("title", "id")[:100],
    }
    if request.htmx and request.htmx.target == "habits":
        return partial(request, "scheduling/_habits.html", context)
    return render(request, "scheduling/habits.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_habit(request: PersonRequest) -> HttpResponse:
    form = HabitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            edit = task_edits.add_habit(user=request.user, now=timezone.now(), **form.values())
        except Refusal as refusal:
            explain(form, refusal)
        else:
            say(request, edit)
            return redirect("habits")
    return render(request, "scheduling/habit.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def habit_page(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    habit = owned(Habit.objects.of(request.user), pk)
    form = HabitForm.of(habit, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            edit = task_edits.change_habit(user=request.user, habit_id=pk, now=timezone.now(), **form.values())
        except Refusal as refusal:
            explain(form, refusal)
        else:
            say(request, edit)
            return redirect("habits")
    context = {"form": form, "habit": habit}
    return render(request, "scheduling/habit.html", context, status=422 if form.errors else 200)


@require_POST
def archive_habit(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    return _set_active(request, pk, is_active=False)


@require_POST
def restore_habit(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    return _set_active(request, pk, is_active=True)


def _set_active(request: PersonRequest, pk: uuid.UUID, *, is_active: bool) -> HttpResponse:
    edit = task_edits.change_habit(user=request.user, habit_id=pk, now=timezone.now(), is_active=is_active)
    say(request, edit, "That is how it was already")
    return redirect("habits")


@require_POST
def check_day(request: PersonRequest, pk: uuid.UUID, on: date) -> HttpResponse:
    """`done` says which: "yes" or "no"."""
    do = task_edits.check if request.POST.get("done") == "yes" else task_edits.uncheck
    say(request, do(user=request.user, habit_id=pk, on=on, now=timezone.now()))
    return changed(request, HABITS_CHANGED, default=reverse("habits"))
