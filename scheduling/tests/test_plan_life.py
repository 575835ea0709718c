"""A plan is proposed, applied, undone or discarded, and an edit repairs it at once."""

from datetime import timedelta
from itertools import pairwise

import pytest

from availability.models import Event
from availability.services.events import create_event
from scheduling.errors import NotTheNewest, PlanOutOfDate
from scheduling.models import Block, Plan, PlanJob, Task
from scheduling.selectors.worked import remaining_minutes
from scheduling.services import blocks, jobs, plans
from scheduling.services.events import add_event
from scheduling.tests.factories import TaskFactory
from scheduling.tests.planning import HOUR, MINUTE, applied, proposed, week_of, works_nine_to_five
from scheduling.tests.planning import MONDAY as NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(alice):
    return works_nine_to_five(alice)


def test_a_request_becomes_a_proposal_and_changes_no_calendar(worker):
    TaskFactory(user=worker, title="Report", minutes=60)
    plan = proposed(worker)
    assert plan.state == Plan.State.PROPOSED
    assert [(b["title"], b["start"], b["state"]) for b in plan.blocks] == [
        ("Report", "2026-04-13T09:00:00+00:00", "new")
    ]
    assert not Event.objects.of(worker).exists()


def test_applying_writes_every_block_once_and_applying_again_answers_the_same(worker):
    TaskFactory(user=worker, title="Report", minutes=60)
    TaskFactory(user=worker, title="Slides", minutes=90)
    plan = proposed(worker)
    first = plans.apply_plan(user=worker, plan_id=plan.pk, now=NOW)
    week = week_of(worker)
    second = plans.apply_plan(user=worker, plan_id=plan.pk, now=NOW + HOUR)
    assert len(week) == 2
    assert week_of(worker) == week
    assert (second.pk, second.state, second.decided_at) == (first.pk, first.state, first.decided_at)


def test_undo_puts_the_week_back_exactly(worker):
    TaskFactory(user=worker, minutes=60)
    applied(worker)
    before = week_of(worker)
    TaskFactory(user=worker, minutes=30, priority=1)
    second = applied(worker)
    assert len(week_of(worker)) == 2
    plans.undo_plan(user=worker, plan_id=second.pk, now=NOW)
    assert week_of(worker) == before


def test_only_the_newest_applied_plan_can_be_undone(worker):
    TaskFactory(user=worker, minutes=60)
    first = applied(worker)
    TaskFactory(user=worker, minutes=30)
    applied(worker)
    with pytest.raises(NotTheNewest):
        plans.undo_plan(user=worker, plan_id=first.pk, now=NOW)


def test_a_meeting_that_came_in_between_makes_apply_refuse_with_a_fresh_proposal(worker):
    TaskFactory(user=worker, title="Report", minutes=60)
    plan = proposed(worker)
    create_event(user=worker, now=NOW, title="Dentist", starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    with pytest.raises(PlanOutOfDate) as refusal:
        plans.apply_plan(user=worker, plan_id=plan.pk, now=NOW)
    assert refusal.value.changes == ["Report moves to today 10:00"]
    fresh = Plan.objects.get(user=worker, state=Plan.State.PROPOSED)
    assert str(fresh.pk) == refusal.value.extra["plan"]
    assert fresh.blocks[0]["start"] == "2026-04-13T10:00:00+00:00"
    assert not Block.objects.of(worker).exists()
    assert plans.apply_plan(user=worker, plan_id=fresh.pk, now=NOW).state == Plan.State.APPLIED


def test_a_change_that_touches_nothing_of_a_proposal_does_not_stop_it(worker):
    TaskFactory(user=worker, minutes=60)
    plan = proposed(worker)
    create_event(user=worker, now=NOW, title="Far off", starts_at=NOW + 30 * HOUR, ends_at=NOW + 31 * HOUR)
    assert plans.apply_plan(user=worker, plan_id=plan.pk, now=NOW).state == Plan.State.APPLIED


def test_a_proposal_whose_first_block_has_begun_meanwhile_is_made_afresh(worker):
    TaskFactory(user=worker, minutes=60)
    plan = proposed(worker)
    with pytest.raises(PlanOutOfDate):
        plans.apply_plan(user=worker, plan_id=plan.pk, now=NOW + 90 * MINUTE)


def test_a_new_meeting_moves_only_the_block_that_it_hits_and_can_be_undone(worker):
    for title in ("A", "B", "C"):
        TaskFactory(user=worker, title=title, minutes=60)
    applied(worker)
    before = week_of(worker)
    edit = add_event(user=worker, now=NOW, title="Call", starts_at=NOW + 2 * HOUR, ends_at=NOW + 3 * HOUR)
    after = week_of(worker)
    assert edit.words == "Added Call · 1 block moved"
    assert len(set(after) & set(before)) == 2
    assert {row[0] for row in after} == {row[0] for row in before}
    plans.undo_plan(user=worker, plan_id=edit.plan.pk, now=NOW)
    assert week_of(worker) == before
    assert not Event.objects.filter(title="Call").exists()


def test_dragging_pins_a_block_and_the_others_make_room(worker):
    for title in ("A", "B"):
        TaskFactory(user=worker, title=title, minutes=60)
    applied(worker)
    first, second = Block.objects.of(worker).select_related("event").order_by("event__starts_at")
    edit = blocks.move_block(
        user=worker, block_id=first.pk, start=second.event.starts_at, end=second.event.ends_at, now=NOW
    )
    first.refresh_from_db()
    assert first.is_pinned
    assert first.event.starts_at == NOW + 2 * HOUR
    assert len(edit.difference.moved) == 1
    spans = sorted(Event.objects.of(worker).values_list("starts_at", "ends_at"))
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_finishing_a_running_block_early_frees_the_rest_and_finishes_its_task(worker):
    task = TaskFactory(user=worker, title="A", minutes=60)
    applied(worker)
    block = Block.objects.get(task=task)
    edit = blocks.finish_block(user=worker, block_id=block.pk, now=NOW + 80 * MINUTE)
    task.refresh_from_db()
    block.event.refresh_from_db()
    assert task.completed_at is not None
    assert block.event.ends_at == NOW + 80 * MINUTE
    plans.undo_plan(user=worker, plan_id=edit.plan.pk, now=NOW + 2 * HOUR)
    task.refresh_from_db()
    assert task.completed_at is None


def test_only_not_done_gives_the_time_of_a_block_that_is_over_back(worker):
    task = TaskFactory(user=worker, title="A", minutes=60)
    applied(worker)
    later = NOW + 3 * HOUR
    assert remaining_minutes(task, later) == 0
    block = Block.objects.get(task=task)
    blocks.answer_block(user=worker, block_id=block.pk, outcome="not", now=later)
    assert Block.objects.filter(task=task, event__starts_at__gte=later).count() == 1


def test_more_time_lengthens_the_running_block_and_its_task(worker):
    task = TaskFactory(user=worker, title="A", minutes=60)
    TaskFactory(user=worker, title="B", minutes=60)
    applied(worker)
    block = Block.objects.of(worker).order_by("event__starts_at").first()
    during = NOW + 90 * MINUTE
    edit = blocks.more_time(user=worker, block_id=block.pk, minutes=30, now=during)
    assert Task.objects.get(pk=block.task_id).minutes == 90
    assert len(edit.difference.moved) == 1
    assert task.pk


def test_the_same_wish_while_a_plan_is_made_answers_with_the_running_job(worker):
    wish = jobs.PlanRequest()
    first = jobs.request_plan(user=worker, wish=wish, now=NOW)
    assert jobs.request_plan(user=worker, wish=wish, now=NOW).pk == first.pk


def test_a_job_of_a_killed_worker_is_taken_up_and_finished_once(worker):
    TaskFactory(user=worker, minutes=60)
    job = jobs.request_plan(user=worker, wish=jobs.PlanRequest(), now=NOW)
    PlanJob.objects.filter(pk=job.pk).update(state="running", attempt=1, heartbeat_at=NOW)
    later = NOW + timedelta(minutes=2)
    assert jobs.sweep_jobs(now=later) == 1
    for _ in range(2):
        jobs.run_job(job_id=job.pk, clock=lambda: later, tick=lambda: 0.0)
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("done", 2)
    assert Plan.objects.of(worker).count() == 1


def test_an_edit_drops_what_timeflow_proposed_by_itself_but_not_what_was_asked_for(worker):
    TaskFactory(user=worker, minutes=60)
    applied(worker)
    TaskFactory(user=worker, title="Asked", minutes=60)
    asked = proposed(worker)
    add_event(user=worker, now=NOW, title="Call", starts_at=NOW + 30 * HOUR, ends_at=NOW + 31 * HOUR)
    assert Plan.objects.get(pk=asked.pk).state == Plan.State.PROPOSED
    Plan.objects.filter(pk=asked.pk).update(origin=Plan.Origin.SEARCH)
    add_event(user=worker, now=NOW, title="Call", starts_at=NOW + 32 * HOUR, ends_at=NOW + 33 * HOUR)
    assert Plan.objects.get(pk=asked.pk).state == Plan.State.DISCARDED


def test_a_request_with_nothing_to_plan_leaves_no_proposal(worker):
    job = jobs.request_plan(user=worker, wish=jobs.PlanRequest(), now=NOW)
    jobs.run_job(job_id=job.pk, clock=lambda: NOW, tick=lambda: 0.0)
    job.refresh_from_db()
    assert (job.state, job.plan) == (PlanJob.State.DONE, None)


def test_a_proposal_cannot_smuggle_an_undone_pin_onto_a_meeting(worker):
    """A pin is exempt from being checked, so what counts is whether the block is pinned today."""
    TaskFactory(user=worker, title="Gym", minutes=60)
    add_event(user=worker, now=NOW, title="Call", starts_at=NOW + 3 * HOUR, ends_at=NOW + 4 * HOUR)
    applied(worker)
    block = Block.objects.get()
    drag = blocks.move_block(user=worker, block_id=block.pk, start=NOW + 3 * HOUR, end=NOW + 4 * HOUR, now=NOW)
    TaskFactory(user=worker, title="Other", minutes=30)
    plan = proposed(worker)
    plans.undo_plan(user=worker, plan_id=drag.plan.pk, now=NOW)
    with pytest.raises(PlanOutOfDate):
        plans.apply_plan(user=worker, plan_id=plan.pk, now=NOW)


def test_not_now_means_after_the_time_that_was_set_aside(worker):
    TaskFactory(user=worker, title="A", minutes=60)
    applied(worker)
    block = Block.objects.get()
    blocks.postpone_block(user=worker, block_id=block.pk, now=NOW + 70 * MINUTE)
    later = Block.objects.get(outcome="")
    assert later.event.starts_at >= block.event.ends_at
