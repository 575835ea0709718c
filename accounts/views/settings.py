"""Settings about the person: profile and journeys."""

import uuid
from copy import copy
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.people import ProfileForm, StayForm
from accounts.requests import PersonRequest
from accounts.selectors import zones
from accounts.services import people, stays
from timeflow.lib.errors import Refusal
from timeflow.lib.http import explain, owned, toast
from timeflow.lib.time import zone_names
from timeflow.lib.words import zone_name


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PersonRequest) -> HttpResponse:
    # A form writes what was typed into its row even when it is refused; the frame goes on showing who is signed in.
    form = ProfileForm(request.POST or None, instance=copy(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            people.update_profile(user=request.user, **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            toast(request, "Your profile is saved.")
            return redirect("settings")
    return render(request, "settings/profile.html", {"form": form, "zone_names": sorted(zone_names())})


@require_http_methods(["GET", "HEAD", "POST"])
def travel(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    form = StayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            stay = stays.add_stay(user=request.user, **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            toast(request, "Your journey is added.", undo=reverse("settings-travel-remove", args=[stay.pk]))
            return redirect("settings-travel")
    context = {
        "form": form,
        "stays": zones.stays(request.user, now),
        "home": zone_name(request.user.time_zone, now),
        "zone_names": sorted(zone_names()),
    }
    return render(request, "settings/travel.html", context)


@require_POST
def remove_stay(request: PersonRequest, stay_id: uuid.UUID) -> HttpResponse:
    stay = owned(request.user.stays.all(), stay_id)
    stays.remove_stay(user=request.user, stay_id=stay_id)
    back = reverse("settings-travel-restore", args=[stay.starts_on.isoformat(), stay.time_zone])
    toast(request, "The journey is removed.", undo=back)
    return redirect("settings-travel")


@require_POST
def restore_stay(request: PersonRequest, starts_on: str, time_zone: str) -> HttpResponse:
    """The way back from `remove_stay`; the address says what was removed."""
    try:
        day = date.fromisoformat(starts_on)
    except ValueError as error:
        raise Http404 from error
    stays.add_stay(user=request.user, starts_on=day, time_zone=time_zone)
    toast(request, "The journey is back.")
    return redirect("settings-travel")
