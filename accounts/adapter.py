"""How allauth makes, greets, lets in and lets out people here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils import timezone

from accounts.middleware import enter, leave
from accounts.models import User
from accounts.requests import BrowserRequest, caller_of
from accounts.services.sessions import open_session, sign_out
from timeflow.lib.client_address import client_address
from timeflow.lib.http import toast


class AccountAdapter(DefaultAccountAdapter):
    """A new person is led through the first-run guide. Whoever signs in gets a session of ours, and no Django login."""

    def get_signup_redirect_url(self, request: BrowserRequest) -> str:
        return reverse("welcome")

    def get_client_ip(self, request: BrowserRequest) -> str:
        return client_address(request)

    def login(self, request: BrowserRequest, user: User) -> None:
        now = timezone.now()
        former = request.signed_in if request.signed_in and request.signed_in.user_id == user.pk else None
        if request.signed_in and not former:
            sign_out(session=request.signed_in, caller=caller_of(request), now=now)
        method = _method(request)
        tokens = open_session(user=user, caller=caller_of(request), method=method, now=now, instead_of=former)
        request.is_flow_over = True
        rotate_token(request)
        enter(request, tokens.session, tokens)
        if user.deletion_due_at:
            toast(request, "Welcome back. Your account stays; nothing will be deleted.")

    def logout(self, request: BrowserRequest) -> None:
        if request.signed_in:
            sign_out(session=request.signed_in, caller=caller_of(request), now=timezone.now())
        request.is_flow_over = True
        leave(request)


def _method(request: BrowserRequest) -> str:
    """The last step by which the person showed who they are, as allauth noted it on the way."""
    steps = request.session.get("account_authentication_methods") or [{}]
    return str(steps[-1].get("method", "password"))
