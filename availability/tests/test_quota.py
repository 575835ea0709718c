"""Calls to Google are held back before Google has to, urgent ones last, and all are counted."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import caches
from django.utils import timezone

from availability.domain.quota import Bucket, Lane, Limit, take
from availability.gateways.faults import Slow
from availability.models import CallCount
from availability.services.mirrors import quota
from availability.services.mirrors.quota import CountingMeter, GoogleMeter, note_calls
from availability.tests.at_google import AtGoogle
from timeflow.lib.metrics.together import counted

MONDAY = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
needs_redis = pytest.mark.skipif(not django_settings.REDIS_URL, reason="needs REDIS_URL")
names = count(1)


@pytest.fixture(autouse=True)
def _everything_is_left():
    for name in django_settings.CACHES:
        caches[name].clear()


@pytest.fixture
def tight(settings, monkeypatch):
    """Ten calls at once of one account, which come back in half an hour; the project has plenty."""
    settings.GOOGLE_CALLS_PER_MINUTE_AND_USER = 0.334
    monkeypatch.setattr(quota, "BURST", 2_000)
    with time_machine.travel(MONDAY, tick=False):
        yield f"somebody-{next(names)}-{random.random()}"


def passed(meter: GoogleMeter, tries: int, kind: str = "list_events") -> int:
    number = 0
    for _ in range(tries):
        try:
            meter.admit(kind)
        except Slow:
            continue
        number += 1
    return number


def test_an_account_gets_what_it_has_and_another_is_not_touched(tight):
    assert passed(GoogleMeter(tight, Lane.BOOKING, timezone.now), 30) == 10
    assert passed(GoogleMeter(f"{tight} too", Lane.BOOKING, timezone.now), 5) == 5


@pytest.mark.parametrize("lane", Lane)
def test_the_least_limit_that_may_be_set_lets_any_call_pass_in_the_end(settings, lane):
    settings.GOOGLE_CALLS_PER_MINUTE = settings.GOOGLE_CALLS_PER_MINUTE_AND_USER = settings.LEAST_CALLS
    settings.GOOGLE_CALLS_PER_DAY = settings.LEAST_CALLS
    caches["memory"].clear()
    assert passed(GoogleMeter(f"least-{next(names)}", lane, timezone.now), 1, "update_event") == 1


def test_a_change_of_an_event_takes_three_times_as_much_as_google_charges_for_it(tight):
    assert passed(GoogleMeter(tight, Lane.BOOKING, timezone.now), 30, "update_event") == 3
    assert passed(GoogleMeter(tight, Lane.BOOKING, timezone.now), 30) == 1


def test_who_is_held_back_is_told_for_how_long(tight):
    meter = GoogleMeter(tight, Lane.BOOKING, timezone.now)
    passed(meter, 30)
    with pytest.raises(Slow) as refusal:
        meter.admit("list_events")
    assert 150 < refusal.value.after < 250


def test_a_look_that_nobody_waits_for_stops_while_a_click_still_gets_through(tight):
    assert passed(GoogleMeter(tight, Lane.BACKFILL, timezone.now), 30) == 4
    assert passed(GoogleMeter(tight, Lane.CLICK, timezone.now), 30) == 5
    assert passed(GoogleMeter(tight, Lane.BOOKING, timezone.now), 30) == 1


@pytest.mark.parametrize("lane", [Lane.BOOKING, Lane.SAFETY])
def test_many_at_once_get_no_more_than_one_after_the_other(tight, lane):
    with ThreadPoolExecutor(8) as threads:
        together = sum(threads.map(lambda _: passed(GoogleMeter(tight, lane, timezone.now), 10), range(8)))
    assert together == {Lane.BOOKING: 10, Lane.SAFETY: 5}[lane]


@needs_redis
def test_redis_reckons_as_the_rule_does():
    chance, now = random.Random(7), 1_000_000.0
    limits = {"minute": Limit(3, 40), "day": Limit(0.5, 300), "user": Limit(1, 9)}
    keys = {name: f"rule-{chance.random()}" for name in limits}
    buckets: dict[str, Bucket] = {}
    for _ in range(300):
        now += chance.uniform(0, 0.8)
        lane = chance.choice(list(Lane))
        units = chance.choice([1, 3])
        buckets, expected = take(buckets, limits, lane, now, units)
        assert quota._take_from_redis(keys, limits, lane, units, now) == pytest.approx(expected, abs=1e-6)


@needs_redis
def test_a_process_whose_clock_is_ahead_stops_nothing_from_coming_back(settings, monkeypatch):
    # Nine calls at once, which come back within a millionth of a second.
    monkeypatch.setattr(quota, "BURST", 1e-6)
    settings.GOOGLE_CALLS_PER_MINUTE = settings.GOOGLE_CALLS_PER_MINUTE_AND_USER = 6e8
    subject = f"ahead-{next(names)}-{random.random()}"
    assert passed(GoogleMeter(subject, Lane.BOOKING, lambda: timezone.now() + timedelta(minutes=10)), 5) == 5
    assert passed(GoogleMeter(subject, Lane.BOOKING, timezone.now), 100) > 50


@pytest.mark.django_db
def test_calls_are_counted_by_day_kind_and_lane():
    for _ in range(2):
        meter = CountingMeter()
        meter.admit("list_events")
        meter.admit("list_events")
        meter.refused("watch")
        note_calls("google", Lane.PUSH, meter, MONDAY)
    rows = CallCount.objects.order_by("kind").values_list("kind", "lane", "calls", "refused")
    assert list(rows) == [("list_events", "push", 4, 0), ("watch", "push", 0, 2)]


@pytest.mark.django_db
def test_calls_are_told_as_metrics():
    labels = {"provider": "google", "kind": "list_events", "lane": "push"}
    names = ("timeflow_provider_calls_total", "timeflow_provider_refusals_total")
    before = [counted().get_sample_value(name, labels) or 0 for name in names]
    meter = CountingMeter()
    meter.admit("list_events")
    meter.admit("list_events")
    meter.refused("list_events")
    note_calls("google", Lane.PUSH, meter, MONDAY)
    assert [counted().get_sample_value(name, labels) - told for name, told in zip(names, before, strict=True)] == [2, 1]


@pytest.mark.django_db(transaction=True)
def test_a_calendar_for_which_there_is_no_quota_waits_and_keeps_what_it_has(google, alice, no_worker, settings):
    there = AtGoogle(google, alice, MONDAY)
    there.look_around()
    there.add("Meeting", 3)
    there.step()
    settings.GOOGLE_CALLS_PER_DAY = 0.1
    settings.GOOGLE_CALLS_PER_MINUTE = 0.1
    google.forget()
    mirror = there.step()
    assert not google.calls.total()
    assert mirror.rests_until > there.now
    assert "patience" in mirror.fault
    assert there.titles() == ["Meeting"]
