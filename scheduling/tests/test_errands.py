"""The broker may lose every message; what the person's change asked for still happens."""

from datetime import date, timedelta

import pytest
from celery import current_app

from availability.models import Event
from scheduling.models import Block
from scheduling.tests.factories import TaskFactory
from scheduling.tests.planning import HOUR, MONDAY, applied, works_nine_to_five
from timeflow.lib.models import Errand
from timeflow.lib.queue import run_errand, sweep_errands

pytestmark = pytest.mark.django_db(transaction=True)
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture
def planned(alice, no_worker):
    works_nine_to_five(alice)
    TaskFactory(user=alice, minutes=60)
    applied(alice)
    return alice


def meet_at_nine(api):
    span = {"starts_at": (MONDAY + HOUR).isoformat(), "ends_at": (MONDAY + 2 * HOUR).isoformat()}
    return api.post("/api/events", {"title": "Call", **span})


def nine_is_free():
    return not Block.objects.filter(event__starts_at=MONDAY + HOUR).exists()


def test_a_repair_whose_message_got_lost_is_made_when_errands_are_swept(planned, alice_api):
    assert meet_at_nine(alice_api).status_code == 201
    assert not nine_is_free()
    current_app.conf.task_always_eager = True
    assert sweep_errands(now=MONDAY) == 0
    assert sweep_errands(now=MONDAY + A_MINUTE) == 1
    assert nine_is_free()
    assert not Errand.objects.exists()


def test_all_day_events_follow_a_new_zone_although_the_message_got_lost(planned, alice_api):
    day = {"is_all_day": True, "starts_on": date(2026, 4, 20), "ends_on": date(2026, 4, 21)}
    assert alice_api.post("/api/events", {"title": "Fair", **day}).status_code == 201
    assert alice_api.patch("/api/auth/me", {"time_zone": "Asia/Tokyo"}).status_code == 200
    current_app.conf.task_always_eager = True
    sweep_errands(now=MONDAY + A_MINUTE)
    assert Event.objects.get(title="Fair").starts_at.hour == 15


def test_a_change_that_is_refused_asks_for_nothing(planned, alice_api):
    span = {"starts_at": (MONDAY + HOUR).isoformat(), "ends_at": MONDAY.isoformat()}
    assert alice_api.post("/api/events", {"title": "Call", **span}).status_code == 400
    assert not Errand.objects.exists()


def test_an_errand_that_fails_stays_for_a_day_and_no_longer(planned):
    errand = Errand.objects.create(task="scheduling.tasks.repair", args=["no id"], created_at=MONDAY)
    with pytest.raises(Exception, match="no id"):
        run_errand(errand.pk, now=MONDAY)
    assert Errand.objects.get() == errand
    assert sweep_errands(now=MONDAY + A_DAY + A_MINUTE) == 0
    assert not Errand.objects.exists()
