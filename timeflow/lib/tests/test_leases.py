"""However many beats and workers there are, and whatever their clocks say: what is regular is done once a tick."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app, shared_task
from django.conf import settings
from django.db import connection

from timeflow.lib.models import Errand, Lease
from timeflow.lib.queue import leases, periodic, run_errand, sweep_errands

NOON = datetime(2026, 4, 20, 12, 0, tzinfo=UTC)
TWO_MINUTES, A_DAY = timedelta(minutes=2), timedelta(days=1)


@pytest.fixture
def runs(time_machine, monkeypatch):
    """The periodic task of this test, as the list of the times at which it was done."""
    monkeypatch.setattr("timeflow.lib.queue._leases", {})
    done = []

    @periodic("a deed", lease=timedelta(seconds=50))
    def deed(*, now):
        done.append(now)

    def tick(at):
        time_machine.move_to(at, tick=False)
        deed()

    return tick, done


def test_beats_that_tick_at_different_times_do_nothing_twice(db, runs):
    tick, done = runs
    for minute in range(10):
        for second_of_beat in (0, 20, 45):
            tick(NOON + timedelta(minutes=minute, seconds=second_of_beat))
    assert len(done) == 10


def test_each_lease_lasts_for_most_of_the_time_until_the_next_tick():
    entries = settings.CELERY_BEAT_SCHEDULE
    shares = {name: lease.total_seconds() / entries[name]["schedule"] for name, lease in leases().items()}
    assert shares.keys() == entries.keys()
    assert all(0.75 < share < 1 for share in shares.values()), shares


def test_a_clock_that_was_a_year_ahead_stops_nothing_once_it_is_right(db, runs):
    tick, done = runs
    for at in (NOON + timedelta(days=365), NOON):
        tick(at)
    assert done == [NOON + timedelta(days=365), NOON]


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_two_workers_whose_clocks_are_five_minutes_apart_do_a_deed_as_often_as_one_would(db, runs, ahead):
    tick, done = runs
    tick(NOON)
    for minute in range(1, 10):
        tick(NOON + timedelta(minutes=minute) + ahead)
        tick(NOON + timedelta(minutes=minute))
    assert len(done) == 10


@pytest.fixture
def errand(transactional_db, no_worker, request):
    """An errand whose task waits until it is let go; with what it did, and the two events."""
    began, may_end, done = threading.Event(), threading.Event(), []

    @shared_task(name=f"tests.{uuid.uuid4()}")
    def deliver():
        began.set()
        assert may_end.wait(20)
        done.append("letter")

    made = Errand.objects.create(task=deliver.name, args=[], created_at=NOON)
    yield made, began, may_end, done
    may_end.set()
    current_app.tasks.pop(deliver.name)


def test_an_errand_that_came_twice_is_run_once(errand):
    made, began, may_end, done = errand

    def other_worker():
        try:
            run_errand(made.pk, now=NOON)
        finally:
            connection.close()

    other = threading.Thread(target=other_worker)
    other.start()
    assert began.wait(20)
    run_errand(made.pk, now=NOON + timedelta(seconds=59))
    assert done == []
    may_end.set()
    other.join()
    run_errand(made.pk, now=NOON + timedelta(seconds=59))
    assert done == ["letter"]
    assert not Errand.objects.exists()
    assert not Lease.objects.exists()


def test_an_errand_of_a_worker_that_was_killed_is_run_by_another_one_soon(errand):
    made, _, may_end, done = errand
    may_end.set()
    killed = Lease.objects.create(name=f"errand-{made.pk}", held_until=NOON + TWO_MINUTES)
    run_errand(made.pk, now=NOON + TWO_MINUTES - timedelta(seconds=1))
    assert done == []
    run_errand(made.pk, now=killed.held_until)
    assert done == ["letter"]


def test_leases_of_errands_that_are_gone_are_forgotten(db, no_worker):
    Lease.objects.create(name=f"errand-{uuid.uuid4()}", held_until=NOON)
    sweep_errands(now=NOON + A_DAY + TWO_MINUTES)
    assert not Lease.objects.exists()
