"""Old plans are forgotten, but never what is in force, what waits for a word, or what is recent."""

from datetime import timedelta

import pytest

from scheduling.errors import NotTheNewest
from scheduling.models import Plan, PlanJob
from scheduling.services import plans
from scheduling.services.forgetting import forget_old_plans
from scheduling.tasks import forget_old_plans as beat
from scheduling.tests.factories import TaskFactory
from scheduling.tests.planning import MONDAY, applied, proposed, week_of, works_nine_to_five
from timeflow.lib import bounds

pytestmark = pytest.mark.django_db
LONG_AFTER = MONDAY + bounds.OLDEST_PLAN + timedelta(seconds=1)


@pytest.fixture
def worker(alice):
    return works_nine_to_five(alice)


def plan_again(user):
    """Something new to do, and a plan with it in force."""
    TaskFactory(user=user, minutes=30)
    return applied(user)


def test_four_weeks_after_it_was_replaced_a_plan_is_gone_with_the_job_that_asked_for_it(worker):
    old, current = plan_again(worker), plan_again(worker)
    assert forget_old_plans(now=MONDAY + bounds.OLDEST_PLAN) == 0
    assert forget_old_plans(now=LONG_AFTER) == 1
    assert list(Plan.objects.all()) == [current]
    assert not PlanJob.objects.filter(plan=old.pk).exists()


def test_the_plan_in_force_can_be_undone_however_old_it_is(worker):
    plan_again(worker)
    before, current = week_of(worker), plan_again(worker)
    forget_old_plans(now=LONG_AFTER)
    plans.undo_plan(user=worker, plan_id=current.pk, now=MONDAY)
    assert week_of(worker) == before


def test_a_proposal_waits_for_its_word_however_long(worker):
    TaskFactory(user=worker)
    waiting = proposed(worker)
    forget_old_plans(now=LONG_AFTER)
    assert plans.apply_plan(user=worker, plan_id=waiting.pk, now=MONDAY).state == Plan.State.APPLIED


def test_what_was_discarded_or_undone_is_forgotten_too(worker):
    TaskFactory(user=worker)
    plans.discard_plan(user=worker, plan_id=proposed(worker).pk, now=MONDAY)
    plans.undo_plan(user=worker, plan_id=applied(worker).pk, now=MONDAY)
    assert forget_old_plans(now=LONG_AFTER) == 2
    assert not Plan.objects.exists()


def test_of_one_persons_plans_the_newest_stay_and_nobody_elses_are_counted_with_them(worker, bob, monkeypatch):
    monkeypatch.setattr(bounds, "PLANS", 2)
    monkeypatch.setattr("scheduling.services.forgetting.BATCH", 1)
    works_nine_to_five(bob)
    kept_of_bob = [plan_again(bob) for _ in range(2)]
    mine = [plan_again(worker) for _ in range(5)]
    assert forget_old_plans(now=MONDAY) == 2
    assert set(Plan.objects.all()) == {*kept_of_bob, *mine[2:]}
    with pytest.raises(NotTheNewest):
        plans.undo_plan(user=worker, plan_id=mine[3].pk, now=MONDAY)
    assert plans.undo_plan(user=worker, plan_id=mine[4].pk, now=MONDAY).state == Plan.State.UNDONE


def test_a_job_that_is_still_open_is_no_old_one(worker, monkeypatch):
    monkeypatch.setattr(bounds, "PLANS", 0)
    job = PlanJob.objects.create(user=worker, state=PlanJob.State.RUNNING, created_at=MONDAY)
    forget_old_plans(now=LONG_AFTER)
    assert PlanJob.objects.get() == job


def test_plans_are_deleted_without_reading_what_they_hold(worker, django_assert_num_queries):
    for _ in range(4):
        plan_again(worker)
    with django_assert_num_queries(10) as asked:
        forget_old_plans(now=LONG_AFTER)
    assert not [query for query in asked.captured_queries if '"outcomes"' in query["sql"]]


def test_the_beat_forgets_by_the_clock(worker):
    plan_again(worker)
    plan_again(worker)
    assert Plan.objects.filter(decided_at=MONDAY).count() == 2
    beat()
    assert Plan.objects.count() == 1
