"""Google's leave for calendars: asked for apart from signing in, and again for whoever wants more of TimeFlow."""

import hmac
import secrets
import uuid
from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import CalendarNotGranted, GoogleUnreachable, TooManyAccounts
from accounts.gateways import google
from accounts.models import Connection
from accounts.requests import PersonRequest, caller_of
from accounts.services.google_grants import SCOPES, WRITE_ANYWHERE
from availability.errors import NeedsPermission
from availability.services.mirrors.connecting import connect_google as keep_account
from availability.services.mirrors.target import write_into
from timeflow.lib.errors import NotFound, Refusal
from timeflow.lib.http import owned, toast

KEY = "google_grant"
LEADS_NOWHERE = "That way back from Google was used before, is too old, or began elsewhere. Nothing was changed."
LEFT_UNTICKED = "TimeFlow was not permitted to write into that calendar, so your plan is written where it was before."


@require_POST
def connect_google(request: PersonRequest) -> HttpResponse:
    """Google asks for the calendars only now that they are wanted. `again` names an account to be connected again."""
    again = request.POST.get("again")
    known = Connection.objects.filter(user=request.user, provider=Connection.Provider.GOOGLE)
    former = owned(known, again) if again else None
    scopes = (*SCOPES, WRITE_ANYWHERE) if former and WRITE_ANYWHERE in former.scopes else SCOPES
    return ask_google(request, scopes=scopes, account=former.account if former else request.user.email)


def ask_google(
    request: PersonRequest, *, scopes: Sequence[str], account: str, wish: dict[str, str] | None = None
) -> HttpResponse:
    """Lead the person to Google; the way back does what they wished: `calendar` and `words` of `write_into`."""
    _require_google()
    state, verifier = secrets.token_urlsafe(24), google.new_verifier()
    begun = {"state": state, "verifier": verifier, "sid": str(request.signed_in.pk), "wish": wish}
    request.session[KEY] = begun
    address = google.consent_address(
        scopes=scopes, state=state, verifier=verifier, redirect_uri=_way_back(request), hint=account
    )
    return redirect(address)


@never_cache
@require_GET
def google_answered(request: PersonRequest) -> HttpResponse:
    """The state is good once, in the browser and the session that it was made for."""
    _require_google()
    begun = request.session.get(KEY) or {}
    request.is_flow_over = True
    state, wish = request.GET.get("state", ""), begun.get("wish")
    is_ours = hmac.compare_digest(state.encode(), str(begun.get("state", "")).encode())
    if not begun or not is_ours or begun["sid"] != str(request.signed_in.pk):
        messages.error(request, LEADS_NOWHERE)
    elif "code" not in request.GET:
        toast(request, LEFT_UNTICKED if wish else "You stopped at Google, so nothing was connected.")
    elif _accept(request, request.GET["code"], begun["verifier"], is_quiet=bool(wish)) and wish:
        _finish(request, wish)
    return redirect("settings-calendars")


def _accept(request: PersonRequest, code: str, verifier: str, *, is_quiet: bool) -> bool:
    exchange = {"code": code, "verifier": verifier, "redirect_uri": _way_back(request)}
    try:
        connection = keep_account(user=request.user, caller=caller_of(request), now=timezone.now(), **exchange)
    except (CalendarNotGranted, GoogleUnreachable, TooManyAccounts) as refusal:
        messages.error(request, refusal.words)
        return False
    if not is_quiet:
        toast(request, f"Google Calendar of {connection.account} is connected.")
    return True


def _finish(request: PersonRequest, wish: dict[str, str]) -> None:
    """What was chosen before Google asked. Whoever left the box unticked there, or took another account, is told."""
    calendar_id = uuid.UUID(wish["calendar"])
    try:
        write_into(user=request.user, calendar_id=calendar_id, words=wish["words"], now=timezone.now())
    except NeedsPermission:
        messages.error(request, LEFT_UNTICKED)
    except NotFound:
        messages.error(request, "The calendar that you chose is gone meanwhile. Choose another one.")
    except Refusal as refusal:
        messages.error(request, refusal.words)
    else:
        toast(request, "Your plan is written into that calendar from now on.")


def _way_back(request: PersonRequest) -> str:
    return request.build_absolute_uri(reverse("settings-google-answered"))


def _require_google() -> None:
    if not settings.GOOGLE_CLIENT_ID:
        raise Http404
