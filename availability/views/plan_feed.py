"""The person's plan in any other calendar program: its private address, and the file behind it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PersonRequest, caller_of
from availability.models import PlanFeed
from availability.services.plan_feeds import find_feed, make_address, plan_file, remove_address, version_of
from timeflow.lib.errors import NotFound
from timeflow.lib.http import toast


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: PersonRequest) -> HttpResponse:
    """A POST makes an address, or a new one in its place, and shows it this once."""
    address = ""
    if request.method == "POST":
        secret = make_address(user=request.user, caller=caller_of(request), now=timezone.now())
        address = request.build_absolute_uri(reverse("plan-feed", args=[secret]))
    feed = PlanFeed.objects.filter(user=request.user).first()
    return render(request, "settings/plan_feed.html", {"feed": feed, "address": address})


@require_POST
def remove(request: PersonRequest) -> HttpResponse:
    remove_address(user=request.user, caller=caller_of(request), now=timezone.now())
    toast(request, "The address of your plan is gone; programs that used it see nothing any more.")
    return redirect("settings-plan-feed")


@login_not_required
@require_safe
def read(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever knows the address reads the plan, and cannot tell an old address from one that never was."""
    now = timezone.now()
    try:
        feed = find_feed(secret=secret, now=now)
    except NotFound as error:
        raise Http404 from error
    etag = f'"{version_of(feed, now)}"'
    headers = {"ETag": etag, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None and unchanged.status_code == 304:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(plan_file(feed, now), content_type="text/calendar; charset=utf-8", headers=headers)
