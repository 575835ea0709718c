"""Whatever happens on both sides and in between: in the end both hold the same, nothing twice, nothing lost."""

import os
from datetime import UTC, datetime

import pytest

from accounts.models import User
from scheduling.models import Preferences
from scheduling.tests.planning import works_nine_to_five
from scheduling.tests.two_sides.google import GoogleSide
from scheduling.tests.two_sides.week import Week

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
# `WEEKS=5 WEEK_DEEDS=500 pytest …` plays longer ones.
SEEDS = range(int(os.environ.get("WEEKS", "1")))
DEEDS = int(os.environ.get("WEEK_DEEDS", "80"))


@pytest.fixture
def worker(alice, no_worker) -> User:
    works_nine_to_five(alice)
    Preferences.objects.create(user=alice, auto_repair=True)
    return alice


@pytest.mark.parametrize("seed", SEEDS)
def test_a_week_of_deeds_and_troubles_ends_in_step(google, worker, seed):
    week = Week(worker, GoogleSide(google, worker, MONDAY), seed)
    week.live(DEEDS)
    week.settle()
    assert week.here() == week.there()
    assert {mark: seen for mark, (_, seen) in week.side.twins().items() if mark in week.blocks()} == week.blocks()
