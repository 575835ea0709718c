"""How allauth makes, greets, lets in and lets out people here."""

import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils import timezone

from accounts import linking
from accounts.middleware import enter, leave
from accounts.models import User
from accounts.requests import BrowserRequest, caller_of
from accounts.services.sessions import open_session, sign_out
from timeflow.lib.client_address import client_address
from timeflow.lib.http import toast
from timeflow.lib.pages import is_ours


class AccountAdapter(DefaultAccountAdapter):
    """A new person is led through the first-run guide. Whoever signs in gets a session of ours, and no Django login."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This address and this password do not belong together.",
        "incorrect_password": "That is not your password.",
        "too_many_login_attempts": "Too many tries. Try again in 5 minutes.",
    }

    def get_signup_redirect_url(self, request: BrowserRequest) -> str:
        return reverse("welcome")

    def get_client_ip(self, request: BrowserRequest) -> str:
        return client_address(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links lead to where people reach us, whatever port the request named that asked for the letter."""
        if settings.IS_PUBLIC:
            links = {name: link for name, link in context.items() if name.endswith("_url")}
            context = context | {
                name: settings.PUBLIC_URL.rstrip("/") + urlsplit(link).path for name, link in links.items()
            }
        super().send_mail(template_prefix, email, context)

    def is_safe_url(self, url: str | None) -> bool:
        return is_ours(context.request, url or "")

    def is_reauthentication_required(self, *, app: str, **_more: Any) -> bool:
        """`FreshSignInMiddleware` asks, by our session; allauth by its own, and never whoever has no password."""
        return False

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """Each way by which the person can show again who they are; the first one is offered first."""
        if not user.is_authenticated:
            return []
        methods = super().get_reauthentication_methods(user)
        words = {"mfa_reauthenticate": "Use a code", "mfa_reauthenticate:webauthn": "Use a passkey"}
        methods = [{**method, "description": words.get(method["id"], "Use your password")} for method in methods]
        if not settings.PASSWORD_SIGN_IN:
            methods = [method for method in methods if method["id"] != "reauthenticate"]
        if settings.GOOGLE_CLIENT_ID and SocialAccount.objects.filter(user=user, provider="google").exists():
            methods.append({"id": "google", "description": "Use Google", "url": reverse("google_confirm")})
        # A code alone is the second step; whoever has something better is asked for that first.
        return sorted(methods, key=lambda method: method["id"] == "mfa_reauthenticate")

    def login(self, request: BrowserRequest, user: User) -> None:
        now = timezone.now()
        former = request.signed_in if request.signed_in and request.signed_in.user_id == user.pk else None
        if request.signed_in and not former:
            sign_out(session=request.signed_in, caller=caller_of(request), now=now)
        method, link = _method(request), linking.waiting(request)
        tokens = open_session(user=user, caller=caller_of(request), method=method, now=now, instead_of=former)
        request.is_flow_over = True
        rotate_token(request)
        enter(request, tokens.session, tokens)
        if user.deletion_due_at:
            toast(request, "Welcome back. Your account stays; nothing will be deleted.")
        if link and link.user_id == str(user.pk):
            linking.link(request, user, subject=link.subject, email=link.email, now=now)

    def logout(self, request: BrowserRequest) -> None:
        if request.signed_in:
            sign_out(session=request.signed_in, caller=caller_of(request), now=timezone.now())
        request.is_flow_over = True
        leave(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Who tries in vain is counted by a digest of the address: the cache tells nobody who has an account."""
        address = str(credentials.get("email", "")).strip().lower()
        return hmac.new(settings.CACHE_KEY, address.encode(), hashlib.sha256).hexdigest()


def _method(request: BrowserRequest) -> str:
    """The last step by which the person showed who they are, as allauth noted it on the way."""
    steps = request.session.get("account_authentication_methods") or [{}]
    last = steps[-1]
    return str(last.get("type") or last.get("method", "password"))
