"""How a refusal looks on a page: in words, with what was typed kept where a form can keep it."""

import json
from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from timeflow.lib.errors import NotFound, Refusal

# Longer ones are no page's, and would come back as a header that no server in between takes.
MAX_ADDRESS = 2000


class RefusalMiddleware:
    """Turns a `Refusal` that leaves a page's view into problem JSON, a toast, a 404 page or a message where one was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        if answer := said_to_script(request, error):
            return answer
        if isinstance(error, NotFound):
            raise Http404 from error
        messages.error(request, error.words)
        return redirect(back(request))


def said_to_script(request: HttpRequest, error: Refusal) -> HttpResponse | None:
    """Problem JSON, or for htmx an event and nothing to swap; None if a person waits for a page."""
    if wants_json(request):
        return JsonResponse(error.problem(), status=error.status, content_type="application/problem+json")
    if "HX-Request" in request.headers:
        said = json.dumps({"refused": {"words": error.words}})
        return HttpResponse(status=error.status, headers={"HX-Trigger": said, "HX-Reswap": "none"})
    return None


def reasons_of(form: Form) -> dict[str, list[str]]:
    """A form's errors as an `Invalid` wants them."""
    return {name: [str(reason) for reason in reasons] for name, reasons in form.errors.items()}


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of ours asked, rather than a form."""
    return request.headers.get("Accept", "").startswith("application/json")


def is_by_script(request: HttpRequest) -> bool:
    """Whether a script of ours asked for a part of a page, or for JSON."""
    return "HX-Request" in request.headers or wants_json(request)


def is_ours(request: HttpRequest, url: str) -> bool:
    """Whether it is safe to lead the person to `url`: of this host, without what browsers misread.

    A path begins at the root: what has no slash at all would be taken for the name of a route.
    """
    is_plain = url.startswith(("/", "http:", "https:")) and len(url) <= MAX_ADDRESS
    is_plain = is_plain and url.isprintable() and "\\" not in url
    return is_plain and url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())


def back(request: HttpRequest, default: str = "/") -> str:
    """Where the person came from: `next` or the referring page, if it is one of ours."""
    for url in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if is_ours(request, url):
            return url
    return default
