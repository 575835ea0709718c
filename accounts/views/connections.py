"""Connecting calendars at a provider, and taking the permission back."""

import hmac
import secrets
import uuid

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import CalendarNotGranted, GoogleUnreachable
from accounts.gateways import google
from accounts.requests import PersonRequest, caller_of
from accounts.services.connections import remove_connection
from accounts.services.google_grants import SCOPES, accept_grant
from timeflow.lib.http import toast

KEY = "google_grant"
LEADS_NOWHERE = "That way back from Google was used before, is too old, or began elsewhere. Nothing was changed."


@require_POST
def connect_google(request: PersonRequest) -> HttpResponse:
    """Google asks for the calendars only now that they are wanted, apart from signing in."""
    _require_google()
    state, verifier = secrets.token_urlsafe(24), google.new_verifier()
    request.session[KEY] = {"state": state, "verifier": verifier, "sid": str(request.signed_in.pk)}
    address = google.consent_address(
        scopes=SCOPES, state=state, verifier=verifier, redirect_uri=_way_back(request), hint=request.user.email
    )
    return redirect(address)


@never_cache
@require_GET
def google_answered(request: PersonRequest) -> HttpResponse:
    """The state is good once, in the browser and the session that it was made for."""
    _require_google()
    begun = request.session.get(KEY) or {}
    request.is_flow_over = True
    state = request.GET.get("state", "")
    is_ours = hmac.compare_digest(state.encode(), str(begun.get("state", "")).encode())
    if not begun or not is_ours or begun["sid"] != str(request.signed_in.pk):
        messages.error(request, LEADS_NOWHERE)
    elif "code" not in request.GET:
        toast(request, "You stopped at Google, so nothing was connected.")
    else:
        _accept(request, request.GET["code"], begun["verifier"])
    return redirect("settings-calendars")


def _accept(request: PersonRequest, code: str, verifier: str) -> None:
    exchange = {"code": code, "verifier": verifier, "redirect_uri": _way_back(request)}
    try:
        connection = accept_grant(user=request.user, caller=caller_of(request), now=timezone.now(), **exchange)
    except (CalendarNotGranted, GoogleUnreachable) as refusal:
        messages.error(request, refusal.words)
    else:
        toast(request, f"Google Calendar of {connection.account} is connected.")


@require_POST
def disconnect(request: PersonRequest, connection_id: uuid.UUID) -> HttpResponse:
    """Google is told, too; should it not hear, the person can take the permission back there."""
    caller, now = caller_of(request), timezone.now()
    is_revoked = remove_connection(
        user=request.user, connection_id=connection_id, revoke=google.revoke, caller=caller, now=now
    )
    if is_revoked:
        toast(request, "Disconnected. Google took the permission back.")
    else:
        words = "Disconnected here. Google could not be told; take the permission back in your Google account, too."
        messages.warning(request, words)
    return redirect("settings-calendars")


def _way_back(request: PersonRequest) -> str:
    return request.build_absolute_uri(reverse("settings-google-answered"))


def _require_google() -> None:
    if not settings.GOOGLE_CLIENT_ID:
        raise Http404
