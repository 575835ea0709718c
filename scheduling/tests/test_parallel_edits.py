"""Many hands on one week at once: nothing is lost, nothing overlaps, nothing fails."""

import threading
from functools import partial
from itertools import pairwise

import pytest
import time_machine
from django.db import connection

from availability.models import Event
from scheduling.errors import NotTheNewest, PlanGone, PlanOutOfDate
from scheduling.models import Block, Plan, PlanJob, Task
from scheduling.services import blocks, jobs, plans, tasks
from scheduling.services.events import add_event
from scheduling.tests.factories import TaskFactory
from scheduling.tests.planning import HOUR, works_nine_to_five
from scheduling.tests.planning import MONDAY as NOW

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_worker"),
]
EXPECTED = (PlanOutOfDate, PlanGone, NotTheNewest)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def week(alice):
    works_nine_to_five(alice)
    for number in range(12):
        TaskFactory(user=alice, title=f"Task {number}", minutes=60)
    plan_and_apply(alice)
    return alice


def plan_and_apply(user):
    job = jobs.request_plan(user=user, wish=jobs.PlanRequest(effort="greedy"), now=NOW)
    jobs.run_job(job_id=job.pk, clock=lambda: NOW, tick=lambda: 0.0)
    job.refresh_from_db()
    if job.plan:
        plans.apply_plan(user=user, plan_id=job.plan_id, now=NOW)


def at_once(*deeds):
    """Run every deed in a thread of its own, all released together; what they raised."""
    barrier, raised = threading.Barrier(len(deeds)), []

    def run(deed):
        barrier.wait()
        try:
            deed()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def call(user, start):
    add_event(user=user, now=NOW, title="Call", starts_at=start, ends_at=start + HOUR)


def drag_by_two_days(user, block):
    start, end = (edge + 48 * HOUR for edge in (block.event.starts_at, block.event.ends_at))
    blocks.move_block(user=user, block_id=block.pk, start=start, end=end, now=NOW)


def unpinned_spans(user):
    rows = Block.objects.of(user).filter(is_pinned=False).select_related("event")
    return sorted((row.event.starts_at, row.event.ends_at) for row in rows)


def test_twenty_parallel_edits_and_plans_lose_nothing_and_overlap_nowhere(week):
    before = Event.objects.of(week).exclude(source=Event.Source.BLOCK).count()
    held = list(Block.objects.of(week).select_related("event").order_by("event__starts_at"))
    calls = [partial(call, week, NOW + (25 + number) * HOUR) for number in range(6)]
    drags = [partial(drag_by_two_days, week, block) for block in held[:5]]
    new = [partial(tasks.create_task, user=week, now=NOW, title=f"New {n}", minutes=30) for n in range(5)]
    replans = [partial(plan_and_apply, week) for _ in range(4)]
    deeds = [*calls, *drags, *new, *replans]
    raised = at_once(*deeds)
    assert [error for error in raised if not isinstance(error, EXPECTED)] == []
    assert Event.objects.of(week).exclude(source=Event.Source.BLOCK).count() == before + 6
    assert Task.objects.of(week).filter(title__startswith="New").count() == 5
    assert all(Block.objects.get(pk=b.pk).is_pinned for b in held[:5])
    assert all(end <= start for (_, end), (start, _) in pairwise(unpinned_spans(week)))
    assert Event.objects.filter(source=Event.Source.BLOCK, block=None).count() == 0


def test_two_requests_at_once_make_one_job(week):
    raised = at_once(*(lambda: jobs.request_plan(user=week, wish=jobs.PlanRequest(), now=NOW) for _ in range(8)))
    assert raised == []
    assert PlanJob.objects.of(week).filter(state__in=jobs.OPEN).count() == 1


def test_two_workers_on_one_job_make_one_proposal(week):
    TaskFactory(user=week, minutes=30)
    job = jobs.request_plan(user=week, wish=jobs.PlanRequest(effort="greedy"), now=NOW)
    plans_before = Plan.objects.of(week).count()
    raised = at_once(*(lambda: jobs.run_job(job_id=job.pk, clock=lambda: NOW, tick=lambda: 0.0) for _ in range(4)))
    assert raised == []
    assert Plan.objects.of(week).count() == plans_before + 1


def test_applying_one_proposal_from_many_tabs_writes_it_once(week):
    TaskFactory(user=week, title="Last", minutes=30)
    job = jobs.request_plan(user=week, wish=jobs.PlanRequest(effort="greedy"), now=NOW)
    jobs.run_job(job_id=job.pk, clock=lambda: NOW, tick=lambda: 0.0)
    job.refresh_from_db()
    raised = at_once(*(lambda: plans.apply_plan(user=week, plan_id=job.plan_id, now=NOW) for _ in range(8)))
    assert raised == []
    assert Block.objects.of(week).filter(task__title="Last").count() == 1


def test_more_time_asked_for_twice_at_once_counts_twice(week):
    block = Block.objects.of(week).select_related("event").order_by("event__starts_at").first()
    deeds = [partial(blocks.more_time, user=week, block_id=block.pk, minutes=15, now=NOW + HOUR) for _ in range(4)]
    assert at_once(*deeds) == []
    after = Block.objects.select_related("event", "task").get(pk=block.pk)
    assert after.task.minutes == 120
    assert after.event.ends_at == block.event.ends_at + HOUR
