"""Letters about what happened to an account, to its owner, who may not be the one who did it."""

import uuid
from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.domain.activity import in_words
from accounts.models import SecurityEvent
from accounts.selectors.zones import person_clock
from timeflow.lib.words import calendar_day

NO_YEAR = date.min


def send_notice(*, user_id: uuid.UUID, event_id: uuid.UUID) -> None:
    """Send the letter about an entry of the account's log. Raises what the mail server raises.

    Shrugs at an entry that is gone, and at a sign-in from where the person signed in before. If it is sent again after
    an error, it may arrive twice.
    """
    event = SecurityEvent.objects.select_related("user").filter(user_id=user_id, pk=event_id).first()
    if event is None or (event.kind == SecurityEvent.Kind.SIGNED_IN and not _is_new(event)):
        return
    subject, _, body = render_to_string(f"accounts/letters/{event.kind}.txt", _context(event)).partition("\n")
    for address in _addresses(event):
        send_mail(subject.strip(), body.strip() + "\n", None, [address])


def _is_new(event: SecurityEvent) -> bool:
    """Whether the device and place were not there before; of the very first sign-in the person needs no word."""
    earlier = SecurityEvent.objects.filter(user=event.user, kind=SecurityEvent.Kind.SIGNED_IN).exclude(pk=event.pk)
    earlier = earlier.filter(at__lte=event.at)
    return earlier.exists() and not earlier.filter(device=event.device, place=event.place).exists()


def _addresses(event: SecurityEvent) -> list[str]:
    """Where an address changed, the former one too: whoever took an account over reads only the new one."""
    return list(dict.fromkeys([event.user.email, *filter(None, [event.facts.get("was")])]))


def _context(event: SecurityEvent) -> dict[str, object]:
    clock, due_at = person_clock(event.user, event.at), event.user.deletion_due_at
    pages = {"devices": "settings-sessions", "activity": "settings-activity", "sign_in": "account_login"}
    return {
        "event": event,
        "facts": in_words(event.facts),
        "name": event.user.display_name,
        "time": f"{calendar_day(clock.date_of(event.at), NO_YEAR)}, {clock.time(event.at)} ({clock.zone_at(event.at)})",
        "until": f"{clock.day(due_at)} at {clock.time(due_at)}" if due_at else "",
        **{name: f"{settings.PUBLIC_URL}{reverse(route)}" for name, route in pages.items()},
    }
