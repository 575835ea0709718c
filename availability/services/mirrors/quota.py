"""Calls to providers: counted, and let pass as long as there is quota for them."""

from collections import Counter
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import F

from availability.models import CallCount


class Lane(StrEnum):
    """How urgent a call is, from the most to the least."""

    BOOKING = "booking"
    CLICK = "click"
    PUSH = "push"
    SAFETY = "safety"
    BACKFILL = "backfill"


class CountingMeter:
    """Counts calls by kind until they are noted down."""

    def __init__(self) -> None:
        self.calls, self.refusals = Counter[str](), Counter[str]()

    def admit(self, kind: str) -> None:
        self.calls[kind] += 1

    def refused(self, kind: str) -> None:
        self.refusals[kind] += 1


def note_calls(provider: str, lane: Lane, meter: CountingMeter, now: datetime) -> None:
    """Add what was counted to the day's numbers."""
    for kind, calls in meter.calls.items():
        day = {"on": now.date(), "provider": provider, "kind": kind, "lane": lane}
        more = {"calls": F("calls") + calls, "refused": F("refused") + meter.refusals[kind]}
        if CallCount.objects.filter(**day).update(**more):
            continue
        try:
            with transaction.atomic():
                CallCount.objects.create(**day, calls=calls, refused=meter.refusals[kind])
        except IntegrityError:
            CallCount.objects.filter(**day).update(**more)
