"""Pages that outlived their session or their CSRF token: nothing is changed, and there is a way back to them."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url

from timeflow.lib.logs import Suspicion, tell_security
from timeflow.lib.pages import back, is_by_script, wants_json

SIGNED_OUT = "You were signed out, so nothing was changed."
SIGNED_OUT_PAGE = "You were signed out, so nothing was changed. Sign in and do it again."
OUT_OF_DATE = "This page is out of date, so nothing was changed."
OUT_OF_DATE_PAGE = "That page was out of date, so nothing was changed. Here it is anew: do it again."
# What a form holds in which nobody typed anything.
UNTYPED = frozenset({"csrfmiddlewaretoken", "next"})


class SignInMiddleware(LoginRequiredMiddleware):
    """Whoever is not signed in is led to do so, and from there back to the page they were on."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        is_let_in = super().process_view(request, view_func, view_args, view_kwargs) is None
        return None if is_let_in else _signed_out(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's `CSRF_FAILURE_VIEW`. Whoever lost their cookies has neither a token nor a session."""
    tell_security(Suspicion.CSRF_REFUSED, reason=reason.partition(" - ")[0])
    view = request.resolver_match and request.resolver_match.func
    if not request.user.is_authenticated and getattr(view, "login_required", True):
        return _signed_out(request)
    page = _page_before(request)
    if is_by_script(request):
        return _said_to_script(request, 403, "page_out_of_date", OUT_OF_DATE, ("Reload", page))
    if page and set(request.POST) <= UNTYPED:
        messages.warning(request, OUT_OF_DATE_PAGE)
        return redirect(page)
    return render(request, "403_csrf.html", {"page": page, "sign_in": _sign_in_address(page)}, status=403)


def _signed_out(request: HttpRequest) -> HttpResponse:
    page = request.get_full_path() if request.method in {"GET", "HEAD"} else _page_before(request)
    if is_by_script(request):
        address = _sign_in_address(_page_before(request))
        return _said_to_script(request, 401, "signed_out", SIGNED_OUT, ("Sign in again", address))
    if request.method == "POST":
        messages.info(request, SIGNED_OUT_PAGE)
    return redirect(_sign_in_address(page))


def _said_to_script(request: HttpRequest, status: int, code: str, words: str, link: tuple[str, str]) -> HttpResponse:
    """Problem JSON, or for htmx an event; from both the page makes a toast with that link (label, address)."""
    if wants_json(request):
        problem = {"code": code, "detail": words, "link": {"label": link[0], "address": link[1]}}
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    said = json.dumps({"page-stale": {"words": words, "label": link[0], "address": link[1]}})
    return HttpResponse(status=status, headers={"HX-Trigger": said, "HX-Reswap": "none"})


def _page_before(request: HttpRequest) -> str:
    """The path of the page that sent the request, "" if that is not one of ours."""
    parts = urlsplit(back(request, ""))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _sign_in_address(page: str) -> str:
    address = resolve_url(settings.LOGIN_URL)
    return f"{address}?{urlencode({'next': page}, safe='/')}" if page else address
