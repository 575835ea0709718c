"""The first-run guide: four steps, each done on the page that it will always be done on."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import PersonRequest
from accounts.services.people import finish_welcome
from availability.models import Calendar, WorkingHours
from scheduling.models import Plan, Task


@dataclass(frozen=True)
class Step:
    title: str
    text: str
    route: str
    action: str
    is_done: bool
    is_optional: bool = False


@require_safe
def welcome(request: PersonRequest) -> HttpResponse:
    steps = _steps(request)
    here = next((step for step in steps if not step.is_done and not step.is_optional), None)
    context = {"steps": steps, "here": here, "done": sum(step.is_done for step in steps)}
    return render(request, "scheduling/welcome.html", context)


def _steps(request: PersonRequest) -> list[Step]:
    user = request.user
    return [
        Step(
            "Say when you work",
            "TimeFlow only plans into these hours, in your own time zone.",
            "settings-hours",
            "Set working hours",
            WorkingHours.objects.filter(user=user).exists(),
        ),
        Step(
            "Bring your calendar",
            "Connect the account that it is in, or import an .ics file. What is fixed there stays fixed, and work goes "
            "around it.",
            "settings-calendars",
            "Connect a calendar",
            Calendar.objects.filter(user=user, kind__in=[Calendar.Kind.FILE, Calendar.Kind.REMOTE]).exists(),
            is_optional=True,
        ),
        Step(
            "Write down what you have to do",
            "One line each is enough: “Report 2h fri” is a task of two hours that is due on Friday.",
            "tasks",
            "Add tasks",
            Task.objects.of(user).exists(),
        ),
        Step(
            "Plan the week",
            "You see the plan first, with a reason for whatever is late. Nothing changes until you apply it.",
            "week",
            "See the week",
            Plan.objects.of(user).filter(state=Plan.State.APPLIED).exists(),
        ),
    ]


@require_POST
def leave_welcome(request: PersonRequest) -> HttpResponse:
    finish_welcome(user=request.user, now=timezone.now())
    return redirect("today")
