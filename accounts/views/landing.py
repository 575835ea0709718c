"""The page that says what TimeFlow is."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For whoever is signed in already, this is the door to their day."""
    if request.user.is_authenticated:
        return redirect("today")
    return render(request, "accounts/landing.html")
