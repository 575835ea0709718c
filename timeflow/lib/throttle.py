"""Where requests are counted: by address before anything else, then by scope, for pages and for programs alike."""

from collections.abc import Callable, Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from timeflow.lib.client_address import client_network
from timeflow.lib.limits import TooOften, TryLater, count, headers_of
from timeflow.lib.logs import Suspicion, tell_security
from timeflow.lib.metrics import RATE_REFUSALS
from timeflow.lib.pages import said_to_script

# Counted by where a request came from, whoever sent it.
BY_ADDRESS = frozenset({"ip", "auth", "hook"})
# Scopes of everyday use.
EVERYDAY = frozenset({"page", "api"})
# What is sent here is a step of signing in, or changes a way to.
SIGN_IN_ROOT = "/accounts/"
# Asked by the machines that run and watch this one, which know no host name and must always get an answer.
HEALTH_CHECKS = frozenset({"/healthz", "/readyz", "/metrics"})
# What providers call, from few addresses and for many people: counted in a scope of its own alone.
HOOKS = "/hooks/"
View = Callable[..., Any]


def rate_limited(scope: str, *, methods: Collection[str] = ()) -> Callable[[View], View]:
    """Decorate a page's view whose scope is not the everyday one; an API's view says `throttle_scope`.

    With `methods` only these count there.
    """

    def mark(view: View) -> View:
        view.throttle_scope = scope  # type: ignore[attr-defined]
        view.throttled_methods = methods  # type: ignore[attr-defined]
        return view

    return mark


class RateLimitMiddleware:
    """Counts each request by its address before anybody looks at it, and pages by their scope before their view.

    Stands before authentication, CSRF and whatever reads a body. API views are counted by `ScopeThrottle`, once it is
    known whose token came along.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            _let_through("hook" if request.path.startswith(HOOKS) else "ip", request, AnonymousUser())
        except TryLater as refusal:
            return refused(request, refusal)
        answer = self.get_response(request)
        for name, value in getattr(request, "rate_headers", {}).items():
            answer[name] = value
        return answer

    def process_view(self, request: HttpRequest, view: View, _args: Any, _kwargs: Any) -> HttpResponse | None:
        if is_api_view(view):
            return None
        if request.path.startswith(HOOKS):
            return None
        try:
            _let_through(page_scope(request, view), request, request.user)
        except TryLater as refusal:
            return refused(request, refusal)
        return None


class ScopeThrottle(BaseThrottle):
    """DRF's throttle of every API view: its `throttle_scope`, else "api".

    Somebody who is not signed in yet is counted by their address, unless the view knows better by `counted_as`.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        page = request._request
        scope = getattr(view, "throttle_scope", "api")
        who = getattr(view, "counted_as", lambda _request: "")(page)
        try:
            page.rate_headers = _let_through(scope, page, request.user, who)  # type: ignore[attr-defined]
        except TryLater as refusal:
            page.rate_headers = refusal.headers  # type: ignore[attr-defined]
            raise
        return True


def is_api_view(view: View) -> bool:
    """DRF marks its own so; its classes cannot be asked here, for they import this module."""
    return hasattr(view, "cls")


def page_scope(request: HttpRequest, view: View) -> str:
    """The scope that a page's view counts in."""
    is_sign_in = request.method == "POST" and request.path.startswith(SIGN_IN_ROOT)
    usual = "auth" if is_sign_in else "page"
    methods = getattr(view, "throttled_methods", ()) or (request.method,)
    return getattr(view, "throttle_scope", usual) if request.method in methods else usual


def exemption(scope: str, request: HttpRequest, user: Any) -> str:
    """Why a request is not counted; "" if it is."""
    if request.path in HEALTH_CHECKS:
        return "A load balancer and Prometheus ask every few seconds, from one address, and must not be told to wait."
    if scope in EVERYDAY and user.is_authenticated and user.is_staff:
        return "Staff look after many people at a time. Heavy work and signing in are counted for them, too."
    return ""


def refused(request: HttpRequest, refusal: TryLater) -> HttpResponse:
    """Problem JSON for programs, a toast for htmx, which swaps nothing, and a page for everybody else."""
    if request.path.startswith("/api/"):
        answer: HttpResponse = JsonResponse(refusal.problem(), content_type="application/problem+json")
    else:
        # Nobody is known yet, so the page is made without what depends on a person.
        page = {"request": request, "wait": refusal.wait, "detail": refusal.detail}
        answer = said_to_script(request, refusal) or HttpResponse(render_to_string(f"{refusal.status}.html", page))
    answer.status_code = refusal.status
    for name, value in {**refusal.headers, "Cache-Control": "no-store"}.items():
        answer[name] = value
    return answer


def _let_through(scope: str, request: HttpRequest, user: Any, who: str = "") -> dict[str, str]:
    """Count the request unless it is exempt. Returns the headers that say so; raises `TryLater`."""
    if exemption(scope, request, user):
        return {}
    is_person = user.is_authenticated and scope not in BY_ADDRESS
    who = who or (f"user:{user.pk}" if is_person else f"address:{client_network(request)}")
    try:
        return headers_of(count(scope, who))
    except TooOften:
        tell_security(Suspicion.RATE_REFUSED, reason=scope)
        RATE_REFUSALS.labels(scope).inc()
        raise
