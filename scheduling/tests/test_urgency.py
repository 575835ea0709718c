"""What a person waits for is taken up before what TimeFlow does by itself."""

from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings

from accounts.tests.factories import UserFactory
from scheduling.models import Plan, PlanJob
from scheduling.services.jobs import PlanRequest, request_plan, run_job, sweep_jobs
from scheduling.services.task_edits import complete
from scheduling.tests.factories import TaskFactory
from scheduling.tests.planning import HOUR, MONDAY, applied, works_nine_to_five

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_queues(no_worker):
    waiting()


@pytest.fixture
def planned(alice, no_worker):
    """A person whose week is planned."""
    works_nine_to_five(alice)
    TaskFactory.create_batch(4, user=alice, minutes=60)
    applied(alice)
    return alice


def waiting() -> dict[str, int]:
    """How many messages wait in each queue. They are taken out."""
    with current_app.connection_for_read() as broker:
        return {
            queue.name: queue(broker.default_channel).purge() or 0
            for queue in settings.CELERY_TASK_QUEUES
            if queue(broker.default_channel).declare()
        }


def test_a_plan_that_was_asked_for_is_urgent(alice):
    TaskFactory(user=alice)
    request_plan(user=alice, wish=PlanRequest(), now=MONDAY)
    assert waiting() == {"asked": 1, "default": 0, "later": 0}
    assert sweep_jobs(now=MONDAY + HOUR) == 1
    assert waiting() == {"asked": 1, "default": 0, "later": 0}


def test_a_search_that_nobody_asked_for_waits_until_the_edits_have_paused_and_is_sent_as_the_least_urgent(planned):
    waiting()
    complete(user=planned, task_id=planned.tasks.first().pk, now=MONDAY)
    assert sweep_jobs(now=MONDAY + timedelta(seconds=19)) == 0
    assert waiting() == {"asked": 0, "default": 0, "later": 0}
    assert sweep_jobs(now=MONDAY + timedelta(seconds=21)) == 1
    assert waiting() == {"asked": 0, "default": 0, "later": 1}


def test_of_a_burst_of_edits_only_the_last_is_searched_behind(planned):
    for task in planned.tasks.all()[:3]:
        complete(user=planned, task_id=task.pk, now=MONDAY)
    jobs = PlanJob.objects.of(planned).filter(origin=Plan.Origin.SEARCH).order_by("created_at", "pk")
    assert [job.state for job in jobs] == ["cancelled", "cancelled", "queued"]


def test_an_edit_leaves_a_plan_alone_that_the_person_asked_for(planned):
    asked = request_plan(user=planned, wish=PlanRequest(), now=MONDAY)
    complete(user=planned, task_id=planned.tasks.first().pk, now=MONDAY)
    assert [job.pk for job in PlanJob.objects.of(planned).open()] == [asked.pk]


def effort_of_a_plan(user) -> int:
    """How often the search looked at its stopwatch: once in so many tries."""
    looks = []
    job = request_plan(user=user, wish=PlanRequest(), now=MONDAY)
    run_job(job_id=job.pk, clock=lambda: MONDAY, tick=lambda: looks.append(0) or 0.0)
    job.refresh_from_db()
    assert job.state == PlanJob.State.DONE, job.error
    return len(looks)


def test_while_many_wait_each_gets_a_shorter_search_and_whoever_is_alone_a_whole_one(alice):
    works_nine_to_five(alice)
    TaskFactory.create_batch(12, user=alice, minutes=45)
    alone = effort_of_a_plan(alice)
    for other in UserFactory.create_batch(3):
        TaskFactory(user=other)
        request_plan(user=other, wish=PlanRequest(), now=MONDAY)
    in_company = effort_of_a_plan(alice)
    assert alone / 6 < in_company < alone / 3


def test_whoever_asked_for_a_plan_does_not_care_about_searches_that_wait(alice):
    works_nine_to_five(alice)
    TaskFactory.create_batch(12, user=alice, minutes=45)
    alone = effort_of_a_plan(alice)
    PlanJob.objects.bulk_create(
        PlanJob(user=other, origin=Plan.Origin.SEARCH, created_at=MONDAY) for other in UserFactory.create_batch(3)
    )
    assert effort_of_a_plan(alice) == alone
