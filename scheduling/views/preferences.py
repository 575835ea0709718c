"""Settings, Planning: how the person wants to be planned."""

from copy import copy

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from scheduling.forms.preferences import PreferencesForm
from scheduling.selectors.preferences import preferences_of
from scheduling.services.preferences import update_preferences
from timeflow.lib.errors import Refusal
from timeflow.lib.http import explain, toast


@require_http_methods(["GET", "HEAD", "POST"])
def planning_settings(request: PersonRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=copy(preferences_of(request.user)))
    if request.method == "POST" and form.is_valid():
        try:
            update_preferences(user=request.user, **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            toast(request, "Saved. Your next plan follows it.")
            return redirect("settings-planning")
    return render(request, "settings/planning.html", {"form": form}, status=422 if form.errors else 200)
