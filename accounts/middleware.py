"""Who a request is from, and the cookies that its answer brings."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode

from accounts import cookies
from accounts.errors import FreshSignInNeeded, SignedOut
from accounts.models import Session
from accounts.requests import BrowserRequest, caller_of
from accounts.selectors.sessions import session_of
from accounts.services.sessions import Tokens, is_fresh, refresh_session
from timeflow.lib.logs import tell_user
from timeflow.lib.pages import back, is_by_script

# What changes a way to sign in, on allauth's pages; on ours the views say so themselves (`fresh_sign_in`). Changing the
# password is not among them: its form asks for the old one.
SENSITIVE = {"account_email", "account_set_password", "mfa_deactivate_totp", "mfa_generate_recovery_codes"}
SENSITIVE |= {"mfa_edit_webauthn"}
# Here it is asked for already when the page is opened: it shows codes, or begins what must not be interrupted.
SENSITIVE_TO_OPEN = {"mfa_view_recovery_codes", "mfa_download_recovery_codes", "mfa_activate_totp", "mfa_add_webauthn"}
# Pages that are not there where people sign in without passwords.
PASSWORD_PAGES = {"account_signup", "account_change_password", "account_set_password", "account_reauthenticate"}
PASSWORD_PAGES |= {"account_reset_password", "account_reset_password_done", "account_reset_password_from_key"}
PASSWORD_PAGES |= {"account_reset_password_from_key_done", "settings-sign-in-password-remove"}
READING = {"GET", "HEAD", "OPTIONS"}
# What allauth notes in its session when somebody shows who they are.
CONFIRMED = {"account_authentication_methods", "account_authentication_methods_user"}
View = Callable[..., HttpResponseBase]


class SessionMiddleware(AuthenticationMiddleware):
    """Sets `request.user` and `request.signed_in` (the Session or None) from the token cookies, and from nothing else.

    A page asked for after the access token's end is answered at once if the refresh token is good, so that nobody
    loses a form; scripts and programs get 401, refresh once and repeat. Whatever changes the session of the browser
    puts the new `Tokens` into `request.new_tokens`, or says `request.is_leaving`; the cookies follow from that.
    """

    def process_request(self, request: BrowserRequest) -> None:  # type: ignore[override]
        request.new_tokens, request.is_leaving, request.is_flow_over = None, False, False
        enter(request, _identify(request, timezone.now()))

    def process_response(self, request: BrowserRequest, answer: HttpResponse) -> HttpResponse:
        if request.is_flow_over or _is_spent(request):
            request.session.flush()
        if request.new_tokens is not None:
            cookies.set_tokens(answer, request.new_tokens, timezone.now())
        elif request.is_leaving:
            cookies.clear_tokens(answer)
        return answer


def _is_spent(request: BrowserRequest) -> bool:
    """Whether all that is left in the short session is that somebody confirmed who they are, which our own notes."""
    is_idle = request.signed_in is None or not request.session.modified
    return not is_idle and CONFIRMED.issuperset(request.session.keys())


def enter(request: BrowserRequest, session: Session | None, tokens: Tokens | None = None) -> None:
    """From here on the request is that session's; `tokens` go out with the answer."""
    request.signed_in = session
    request.user = session.user if session else AnonymousUser()
    tell_user(session and session.user_id)
    if tokens:
        request.new_tokens = tokens


def leave(request: BrowserRequest) -> None:
    """From here on the request is nobody's, and the answer takes the cookies back."""
    enter(request, None)
    request.new_tokens, request.is_leaving = None, True


def _identify(request: BrowserRequest, now: datetime) -> Session | None:
    access = request.COOKIES.get(settings.ACCESS_COOKIE_NAME, "")
    session = session_of(access, now) if access else None
    if session or is_by_script(request) or request.path.startswith("/api/"):
        return session
    refresh = request.COOKIES.get(settings.REFRESH_COOKIE_NAME, "")
    if not refresh:
        request.is_leaving = bool(access)
        return None
    try:
        tokens = refresh_session(token=refresh, caller=caller_of(request), now=now, is_page=True)
    except SignedOut:
        request.is_leaving = True
        return None
    request.new_tokens = tokens
    return tokens.session


def fresh_sign_in(view: View) -> View:
    """Decorate a page's view: what changes something there needs a sign-in of the last minutes."""
    view.needs_fresh_sign_in = True  # type: ignore[attr-defined]
    return view


class PasswordDoorMiddleware:
    """Where `PASSWORD_SIGN_IN` is off, nothing that takes or sets a password is there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: View, _args: Any, _kwargs: Any) -> None:
        route = _route(request)
        is_by_password = route in PASSWORD_PAGES or (route == "account_login" and request.method == "POST")
        if is_by_password and not settings.PASSWORD_SIGN_IN:
            raise Http404


class FreshSignInMiddleware:
    """Asks whoever wants to change something sensitive who they are, and then goes on with what they sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: BrowserRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: BrowserRequest, view: View, _args: Any, _kwargs: Any) -> HttpResponse | None:
        route = _route(request)
        # Not only POST: Django's form views take PUT for it, and some of allauth's forms need no field.
        is_change = request.method not in READING and (
            route in SENSITIVE or getattr(view, "needs_fresh_sign_in", False)
        )
        if not (is_change or route in SENSITIVE_TO_OPEN) or not request.user.is_authenticated:
            return None
        if is_fresh(request.signed_in, timezone.now()):
            return None
        methods = get_adapter().get_reauthentication_methods(request.user)
        if not methods:
            messages.error(request, FreshSignInNeeded.detail)
            return redirect(back(request))
        confirm = methods[0]["url"]
        if any("password" in name for name in request.POST):
            return redirect(f"{confirm}?{urlencode({'next': back(request)})}")
        # What waits lies in the cache, where no token belongs; the cookies of this request were read long ago.
        request.META.pop("HTTP_COOKIE", None)
        return suspend_request(request, confirm)


def _route(request: HttpRequest) -> str:
    return (request.resolver_match and request.resolver_match.url_name) or ""
