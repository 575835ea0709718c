"""Settings about the ways to sign in."""

from collections.abc import Callable

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import LastWayIn
from accounts.middleware import fresh_sign_in
from accounts.requests import PersonRequest, caller_of
from accounts.selectors.ways_in import ways_in
from accounts.services import ways_in as services
from timeflow.lib.http import toast


@require_safe
def overview(request: PersonRequest) -> HttpResponse:
    found = ways_in(request.user)
    addresses = list(EmailAddress.objects.filter(user=request.user).order_by("-primary", "email"))
    return render(request, "settings/sign_in.html", {"ways": found, "addresses": addresses})


@fresh_sign_in
@require_POST
def remove_google(request: PersonRequest, account_id: int) -> HttpResponse:
    words = "That Google account is not linked any more."
    return _remove(request, services.remove_google, words, account_id=account_id)


@fresh_sign_in
@require_POST
def remove_password(request: PersonRequest) -> HttpResponse:
    return _remove(request, services.remove_password, "Your password is gone.")


@fresh_sign_in
@require_POST
def remove_passkey(request: PersonRequest, pk: int) -> HttpResponse:
    words = "That passkey opens nothing any more. Delete it on its device, too."
    return _remove(request, services.remove_passkey, words, key_id=pk)


def _remove(request: PersonRequest, service: Callable[..., None], words: str, **which: int) -> HttpResponse:
    keep, caller, now = request.signed_in, caller_of(request), timezone.now()
    try:
        service(user=request.user, keep=keep, caller=caller, now=now, **which)
    except LastWayIn as refusal:
        messages.error(request, refusal.words)
    else:
        toast(request, words)
    return redirect("settings-sign-in")
