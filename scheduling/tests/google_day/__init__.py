"""Days of people at the stand-in for Google, by the real services and queues, and what they cost in calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from availability.domain.google_load import Sort
from availability.tests.at_google import AtGoogle
from scheduling.tests.google_day.habits import HABITS
from scheduling.tests.google_day.life import Life
from scheduling.tests.google_day.worker import Worker, calls, ear
from timeflow.fakes.google import Google

MONDAY = datetime(2026, 6, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Cost:
    """Calls by lane and kind, `joining` and on an average day after it; units in the `busiest` minute of these days."""

    joining: Mapping[tuple[str, str], int]
    daily: Mapping[tuple[str, str], float]
    busiest: float


def play(google: Google, user: User, settings: Any, *, sort: Sort, has_push: bool, days: int) -> Cost:
    """Somebody connects on a Monday, and lives so many days. Without push Google refuses to tell of changes."""
    # Time runs faster here than where quota comes back.
    settings.GOOGLE_CALLS_PER_MINUTE = settings.GOOGLE_CALLS_PER_MINUTE_AND_USER = settings.GOOGLE_CALLS_PER_DAY = 10**9
    with ear() as (settings.PUBLIC_URL, told):
        if not has_push:
            google.fail(403, "pushNotSupportedForRequestedResource", on="events.watch", count=10**6)
        there = AtGoogle(google, user, MONDAY)
        worker = Worker(there, told)
        life = Life(there, HABITS[sort], worker)
        life.join()
        joining = calls()
        worker.minutes.clear()
        life.live(days)
        daily = {key: number / days for key, number in (calls() - joining).items()}
        return Cost(joining, daily, max(worker.minutes.values()))
