"""Settings about who comes in: devices and API tokens."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.access import ApiTokenForm
from accounts.middleware import fresh_sign_in, leave
from accounts.requests import PersonRequest, caller_of
from accounts.selectors.api_tokens import api_tokens
from accounts.selectors.sessions import sessions
from accounts.services.api_tokens import create_api_token, revoke_api_token
from accounts.services.sessions import end_other_sessions, end_session
from timeflow.lib.errors import Refusal
from timeflow.lib.http import explain, toast


@require_safe
def devices(request: PersonRequest) -> HttpResponse:
    found = list(sessions(request.user, timezone.now()))
    return render(request, "settings/devices.html", {"sessions": found})


@require_POST
def end_device(request: PersonRequest, session_id: uuid.UUID) -> HttpResponse:
    end_session(user=request.user, session_id=session_id, caller=caller_of(request), now=timezone.now())
    if session_id == request.signed_in.pk:
        leave(request)
        return redirect("home")
    toast(request, "That device is signed out.")
    return redirect("settings-sessions")


@require_POST
def end_other_devices(request: PersonRequest) -> HttpResponse:
    caller, now = caller_of(request), timezone.now()
    ended = end_other_sessions(user=request.user, keep=request.signed_in, caller=caller, now=now)
    toast(request, "Every other device is signed out." if ended else "There was no other device.")
    return redirect("settings-sessions")


@fresh_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: PersonRequest) -> HttpResponse:
    """The secret of a new token is in the answer to its making, and in no other."""
    now = timezone.now()
    form, made, secret = ApiTokenForm(request.POST or None), None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = create_api_token(user=request.user, caller=caller_of(request), now=now, **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            form = ApiTokenForm()
    context = {"form": form, "made": made, "secret": secret, "tokens": list(api_tokens(request.user, now))}
    return render(request, "settings/tokens.html", context)


@require_POST
def revoke_token(request: PersonRequest, token_id: uuid.UUID) -> HttpResponse:
    revoke_api_token(user=request.user, token_id=token_id, caller=caller_of(request), now=timezone.now())
    toast(request, "The token is revoked. What used it is locked out from now on.")
    return redirect("settings-tokens")
