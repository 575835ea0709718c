"""Answers for what no view answered: pages for people, problem JSON below /api/."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from timeflow.lib.errors import NotFound


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse(NotFound().problem(), status=404, content_type="application/problem+json")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        problem = {"code": "server_error", "detail": "Something broke on our side. The request may be sent again."}
        return JsonResponse(problem, status=500, content_type="application/problem+json")
    return defaults.server_error(request)
