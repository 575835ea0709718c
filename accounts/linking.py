"""Linking a Google account to the person who is signed in, at once or as soon as they are.

A link that waits for its owner to sign in to the account that has its address already lies in the short session: it
is this browser's alone, is gone after minutes, and holds no token.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest

from accounts.models import User
from accounts.requests import BrowserRequest, caller_of
from accounts.services.ways_in import link_google
from timeflow.lib.errors import Refusal
from timeflow.lib.http import toast

KEY = "google_link"


@dataclass(frozen=True)
class PendingLink:
    user_id: str
    subject: str
    email: str


def remember(request: HttpRequest, link: PendingLink) -> None:
    request.session[KEY] = asdict(link)


def waiting(request: HttpRequest) -> PendingLink | None:
    kept = request.session.get(KEY)
    return PendingLink(**kept) if kept else None


def link(request: BrowserRequest, user: User, *, subject: str, email: str, now: datetime) -> None:
    """The next page says whether it could be done."""
    keep, caller = request.signed_in, caller_of(request)
    try:
        link_google(user=user, subject=subject, email=email, keep=keep, caller=caller, now=now)
    except Refusal as refusal:
        messages.error(request, refusal.words)
    else:
        toast(request, "Google is linked: you can sign in with it from now on.")
