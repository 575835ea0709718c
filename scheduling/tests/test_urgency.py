"""What a person waits for is taken up before what TimeFlow does by itself."""

import pytest
from celery import current_app
from django.conf import settings

from scheduling.models import Plan
from scheduling.services.jobs import PlanRequest, request_plan, sweep_jobs
from scheduling.tests.factories import TaskFactory
from scheduling.tests.planning import HOUR, MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_queues(no_worker):
    waiting()


def waiting() -> dict[str, int]:
    """How many messages wait in each queue. They are taken out."""
    with current_app.connection_for_read() as broker:
        return {
            queue.name: queue(broker.default_channel).purge() or 0
            for queue in settings.CELERY_TASK_QUEUES
            if queue(broker.default_channel).declare()
        }


@pytest.mark.parametrize(("origin", "queue"), [(Plan.Origin.REQUEST, "asked"), (Plan.Origin.SEARCH, "later")])
def test_a_plan_that_was_asked_for_is_urgent_and_a_search_that_was_not_can_wait(alice, origin, queue):
    TaskFactory(user=alice)
    request_plan(user=alice, wish=PlanRequest(), now=MONDAY, origin=origin)
    assert waiting() == {"asked": 0, "default": 0, "later": 0} | {queue: 1}
    assert sweep_jobs(now=MONDAY + HOUR) == 1
    assert waiting() == {"asked": 0, "default": 0, "later": 0} | {queue: 1}
