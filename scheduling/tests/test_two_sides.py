"""Whatever happens on both sides and in between: in the end both hold the same, nothing twice, nothing lost."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from accounts.models import User
from availability.tests.gateways.dav_server import Radicale, running
from scheduling.models import Preferences
from scheduling.tests.planning import works_nine_to_five
from scheduling.tests.two_sides.google import GoogleSide
from scheduling.tests.two_sides.radicale import RadicaleSide
from scheduling.tests.two_sides.side import Side
from scheduling.tests.two_sides.week import Week
from timeflow.lib.public_addresses import private_host

pytestmark = pytest.mark.django_db(transaction=True)
# Notifications come by the real clock, which the week's must not be behind.
MONDAY = datetime(2046, 6, 11, 6, 0, tzinfo=UTC)
# `WEEKS=5 WEEK_DEEDS=500 pytest …` plays longer ones.
SEEDS = range(int(os.environ.get("WEEKS", "1")))
DEEDS = int(os.environ.get("WEEK_DEEDS", "80"))


@pytest.fixture
def worker(alice, no_worker, settings) -> User:
    # A week passes in a minute.
    settings.GOOGLE_CALLS_PER_MINUTE = settings.GOOGLE_CALLS_PER_MINUTE_AND_USER = 10_000_000
    works_nine_to_five(alice)
    Preferences.objects.create(user=alice, auto_repair=True)
    return alice


@pytest.fixture
def radicale(tmp_path, settings) -> Iterator[Radicale]:
    with running(tmp_path) as server:
        settings.PRIVATE_HOSTS = [private_host(f"127.0.0.1:{server.port}")]
        yield server


def lived(worker: User, side: Side, seed: int) -> None:
    week = Week(worker, side, seed)
    week.live(DEEDS)
    week.settle()
    week.move_a_twin_and_see()
    week.settle()
    assert week.here() == week.there() != []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_week_with_google_ends_in_step(google, worker, seed, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    lived(worker, GoogleSide(google, worker, MONDAY), seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_week_with_a_caldav_server_ends_in_step(radicale, worker, seed):
    lived(worker, RadicaleSide(radicale, worker, MONDAY), seed)
