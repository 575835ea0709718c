"""The page of labels: rename, tint, remove, add."""

import uuid
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PersonRequest
from scheduling.forms.labels import LabelForm
from scheduling.models import Label
from scheduling.services import labels, task_edits
from scheduling.views.answers import say
from timeflow.lib.errors import Invalid
from timeflow.lib.http import toast
from timeflow.lib.pages import reasons_of
from timeflow.lib.tints import TINTS


@require_http_methods(["GET", "HEAD", "POST"])
def labels_page(request: PersonRequest) -> HttpResponse:
    if request.method == "POST":
        label = labels.create_label(user=request.user, **_posted(request))
        toast(request, f"Added the label {label.name}")
        return redirect("tasks-labels")
    with_use = Label.objects.of(request.user).annotate(uses=Count("tasks", filter=Q(tasks__completed_at=None)))
    rows = sorted(with_use, key=lambda label: label.name.lower())
    return render(request, "scheduling/labels.html", {"rows": rows, "tints": TINTS})


@require_POST
def change_label(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    label = labels.update_label(user=request.user, label_id=pk, **_posted(request))
    toast(request, f"Saved the label {label.name}")
    return redirect("tasks-labels")


@require_POST
def remove_label(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    say(request, task_edits.remove_label(user=request.user, label_id=pk, now=timezone.now()))
    return redirect("tasks-labels")


def _posted(request: PersonRequest) -> dict[str, Any]:
    form = LabelForm(request.POST)
    if not form.is_valid():
        reasons = reasons_of(form)
        raise Invalid(next(iter(reasons.values()))[0], fields=reasons)
    return form.cleaned_data
