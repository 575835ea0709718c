"""What happens when somebody comes back from Google: they are in, are linked, or read why not."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.linking import PendingLink, link, remember
from accounts.models import User
from accounts.requests import BrowserRequest
from accounts.selectors.ways_in import holder_of
from accounts.services.people import release_address
from accounts.services.sessions import FRESH
from timeflow.lib.time import UnknownZone, zone

CANCELLED = "access_denied"
# What a flow is for besides signing in; its state names the session that began it.
CONNECT, CONFIRM = "connect", "confirm"
CLOCKS_DIFFER = timedelta(minutes=1)


class SocialAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list:
        """Google by the environment, never from the table of apps, which would hold its secret in clear."""
        if not settings.GOOGLE_CLIENT_ID or provider not in (None, "google"):
            return []
        app = SocialApp(provider="google", name="Google", client_id=settings.GOOGLE_CLIENT_ID)
        app.secret = settings.GOOGLE_CLIENT_SECRET
        return [app]

    def pre_social_login(self, request: BrowserRequest, sociallogin: SocialLogin) -> None:
        """Google has said who it is, and nothing has happened yet. Its token has served, and is kept nowhere."""
        sociallogin.token = None
        process, kept = sociallogin.state.get("process"), sociallogin.state.get("data") or {}
        if not kept.get("nonce") or sociallogin.said.nonce != kept["nonce"]:
            raise ImmediateHttpResponse(failed(request, "broken"))
        if process in (CONNECT, CONFIRM):
            began = kept.get("sid")
            if not request.signed_in or str(request.signed_in.pk) != began:
                raise ImmediateHttpResponse(failed(request, "foreign"))
            answer = (
                _connect(request, request.signed_in.user, sociallogin)
                if process == CONNECT
                else _confirm(request, sociallogin)
            )
            raise ImmediateHttpResponse(answer)
        if not sociallogin.is_existing:
            _check_address(request, sociallogin)

    def on_authentication_error(
        self,
        request: BrowserRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        state = (extra_context or {}).get("state")
        reason = "foreign" if not state else "cancelled" if request.GET.get("error") == CANCELLED else "broken"
        raise ImmediateHttpResponse(failed(request, reason))

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user = super().populate_user(request, sociallogin, data)
        user.name = str(data.get("name") or "")[:80]
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """A new person lives where their browser is."""
        name = str((sociallogin.state.get("data") or {}).get("time_zone", ""))
        try:
            zone(name)
        except UnknownZone:
            pass
        else:
            sociallogin.user.time_zone = name
        with transaction.atomic():
            return super().save_user(request, sociallogin, form)


def failed(request: BrowserRequest, reason: str) -> Any:
    """The page that ends a flow which led nowhere; nothing of it is kept."""
    request.is_flow_over = True
    status = 200 if reason == "cancelled" else 403
    return render(request, "account/google_failed.html", {"reason": reason}, status=status)


def _check_address(request: BrowserRequest, sociallogin: SocialLogin) -> None:
    """An address that Google vouches for is the newcomer's, unless an account has it: then that one is asked first."""
    found = next(iter(sociallogin.email_addresses), None)
    if found is None:
        raise ImmediateHttpResponse(failed(request, "no_address"))
    release_address(email=found.email)
    if found.verified and (holder := holder_of(found.email)):
        remember(request, PendingLink(str(holder.pk), sociallogin.account.uid, found.email))
        raise ImmediateHttpResponse(redirect("google_link"))


def _connect(request: BrowserRequest, user: User, sociallogin: SocialLogin) -> Any:
    account = sociallogin.account
    link(request, user, subject=account.uid, email=account.extra_data["email"], now=timezone.now())
    return redirect("settings-sign-in")


def _confirm(request: BrowserRequest, sociallogin: SocialLogin) -> Any:
    """The signed-in person showed by Google that it is them, if it is the account that is linked to theirs."""
    if sociallogin.account.pk is None or sociallogin.user != request.user:
        return failed(request, "other_account")
    doubt = _doubt(request, sociallogin.said.signed_in_at)
    if doubt:
        return failed(request, doubt)
    record_authentication(request, request.user, method="socialaccount", provider="google", reauthenticated=True)
    return redirect(f"{reverse('google_confirm')}?{urlencode({'next': sociallogin.state.get('next') or '/'})}")


def _doubt(request: BrowserRequest, signed_in_at: datetime | None) -> str:
    """Why Google's answer does not show that it is them now, or "".

    Google is asked to let them sign in anew, and may not do it: only `signed_in_at` tells. Where it is silent, its word
    counts for those alone who have no other way to show who they are.
    """
    if signed_in_at:
        return "" if -CLOCKS_DIFFER <= timezone.now() - signed_in_at < FRESH else "long_ago"
    others = [way for way in get_adapter().get_reauthentication_methods(request.user) if way["id"] != "google"]
    return "unproven" if others else ""
