"""The account's log, for its owner to read."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator

from accounts.domain.activity import sentence
from accounts.models import SecurityEvent, User

PAGE_SIZE = 50


@dataclass(frozen=True)
class Entry:
    words: str
    at: datetime
    device: str
    place: str
    is_sign_in: bool


def activity(user: User, page: str) -> tuple[Page, list[Entry]]:
    """A page of the log, newest first, and its entries in words. Two queries."""
    events = SecurityEvent.objects.filter(user=user).order_by("-at", "-pk")
    found = Paginator(events, PAGE_SIZE).get_page(page)
    return found, [_entry(event) for event in found]


def _entry(event: SecurityEvent) -> Entry:
    return Entry(
        words=sentence(event.kind, event.get_kind_display(), event.facts),
        at=event.at,
        device=event.device,
        place=event.place,
        is_sign_in=event.kind == SecurityEvent.Kind.SIGNED_IN,
    )
