"""The way to Google and back: to sign in, to link an account, to show again who one is."""

import secrets
from typing import Any

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY, resume_request
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import linking
from accounts.middleware import fresh_sign_in
from accounts.provider import ASK_SINCE_WHEN, GoogleAdapter
from accounts.requests import BrowserRequest, PersonRequest
from accounts.selectors.ways_in import ways_in
from accounts.services.sessions import is_fresh
from accounts.social_adapter import CONFIRM, CONNECT, failed
from timeflow.lib.pages import is_ours
from timeflow.lib.throttle import rate_limited

# What may have to outlive the way back from Google: a second step, an account to sign in to, something to go on with.
UNFINISHED = {LOGIN_SESSION_KEY, linking.KEY, STATE_SESSION_KEY}
callback = OAuth2CallbackView.adapter_view(GoogleAdapter)


@login_not_required
@require_POST
def sign_in(request: BrowserRequest) -> HttpResponse:
    """Whoever has several Google accounts chooses one: the first that the browser knows may be the wrong one."""
    if request.user.is_authenticated:
        return redirect("home")
    place = {"time_zone": request.POST.get("time_zone", "")[:64]}
    return _leave_for_google(request, "login", place, prompt="select_account")


@fresh_sign_in
@require_POST
def connect(request: PersonRequest) -> HttpResponse:
    return _leave_for_google(request, CONNECT, {"sid": str(request.signed_in.pk)}, prompt="select_account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: PersonRequest) -> HttpResponse:
    """Shows who they are by Google whoever has no password, then goes on with what they were about to do."""
    if request.method == "POST":
        hint = next((account.extra_data.get("email", "") for account in ways_in(request.user).google), "")
        sid = {"sid": str(request.signed_in.pk)}
        asked = {"prompt": "login", "max_age": "0", "claims": ASK_SINCE_WHEN, "login_hint": hint}
        return _leave_for_google(request, CONFIRM, sid, **asked)
    if is_fresh(request.signed_in, timezone.now()):
        return resume_request(request) or redirect("settings-sign-in")
    url = request.GET.get("next", "")
    return render(request, "account/google_confirm.html", {"next": url if is_ours(request, url) else ""})


@login_not_required
@never_cache
@rate_limited("auth")
@require_GET
def come_back(request: BrowserRequest) -> HttpResponse:
    """Google's answer. The short session ends here, unless a further step needs it."""
    _require_google()
    try:
        answer = callback(request)
    except IntegrityError:
        # The same address or Google account came in by another door at this very moment.
        return failed(request, "broken")
    request.is_flow_over = request.is_flow_over or UNFINISHED.isdisjoint(request.session.keys())
    return answer


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: BrowserRequest) -> HttpResponse:
    """The address of the Google account has an account here: only who can sign in to that may link them."""
    pending = linking.waiting(request)
    request.is_flow_over = request.method == "POST"
    if request.method == "POST" or pending is None or request.user.is_authenticated:
        return redirect("account_login")
    return render(request, "account/google_link.html", {"pending": pending})


def _leave_for_google(request: BrowserRequest, process: str, kept: dict[str, str], **parameters: str) -> HttpResponse:
    """`kept` comes back with the state, which lies in this browser's short session, and so does what the ID token must
    answer: the nonce.
    """
    _require_google()
    url = request.POST.get("next", "")
    kept = kept | {"nonce": secrets.token_urlsafe(16)}
    asked: dict[str, Any] = {name: value for name, value in parameters.items() if value} | {"nonce": kept["nonce"]}
    provider = get_adapter(request).get_provider(request, "google")
    return provider.redirect(
        request, process, next_url=url if is_ours(request, url) else None, data=kept, auth_params=asked
    )


def _require_google() -> None:
    if not settings.GOOGLE_CLIENT_ID:
        raise Http404
