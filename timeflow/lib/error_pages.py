"""Answers for what no view answered: pages for people, problem JSON below /api/."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import defaults
from redis import RedisError

from timeflow.lib.databases import is_disk_full
from timeflow.lib.errors import NotFound
from timeflow.lib.limits import PAUSE, DatabaseAway, NoRoom, TooOften, Unavailable
from timeflow.lib.logs import REQUEST_ID
from timeflow.lib.throttle import refused

# Seconds: room is not made at once.
A_MINUTE = 60


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse(NotFound().problem(), status=404, content_type="application/problem+json")
    return defaults.page_not_found(request, exception)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """allauth's own limits; it does not say when they end, but none lasts longer than this."""
    return refused(request, TooOften(after=300))


def server_error(request: HttpRequest) -> HttpResponse:
    """Says which request it was, as the log does, so that the two can be brought together."""
    if isinstance(sys.exception(), RedisError):
        return refused(request, Unavailable(after=PAUSE))
    if is_disk_full(sys.exception()):
        return refused(request, NoRoom(after=A_MINUTE))
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return refused(request, DatabaseAway(after=PAUSE))
    request_id = request.META.get(REQUEST_ID, "")
    if request.path.startswith("/api/"):
        detail = "Something broke on our side. The request may be sent again."
        problem = {"code": "server_error", "detail": detail, "request_id": request_id}
        return JsonResponse(problem, status=500, content_type="application/problem+json")
    return HttpResponse(render_to_string("500.html", {"request_id": request_id}), status=500)
