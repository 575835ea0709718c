"""Edits of blocks at the edges: clashes that nobody may resolve, blocks on top of each other, odd times."""

from datetime import timedelta

import pytest

from availability.models import Event
from scheduling.errors import BlockOver
from scheduling.models import Block, HabitCheck, Task
from scheduling.services import blocks, plans, task_edits
from scheduling.services.preferences import update_preferences
from scheduling.services.tasks import create_task, update_task
from scheduling.tests.factories import HabitFactory, TaskFactory
from scheduling.tests.planning import HOUR, MINUTE, MONDAY, applied, week_of, works_nine_to_five
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]
NINE = MONDAY + HOUR


@pytest.fixture
def worker(alice):
    return works_nine_to_five(alice)


def first_blocks(user):
    return list(Block.objects.of(user).select_related("event").order_by("event__starts_at"))


def guarded(user):
    return list(Event.objects.filter(user=user, is_exclusive=True).order_by("starts_at"))


def two_hours_planned(user):
    TaskFactory.create_batch(2, user=user, minutes=60)
    applied(user)
    return first_blocks(user)


def test_more_time_may_run_into_a_block_that_is_frozen_and_both_stay(worker):
    update_preferences(user=worker, freeze_minutes=240)
    running, frozen = two_hours_planned(worker)
    blocks.more_time(user=worker, block_id=running.pk, minutes=30, now=NINE + 5 * MINUTE)
    assert [(row[2], row[3]) for row in week_of(worker)] == [(NINE, NINE + 90 * MINUTE), (NINE + HOUR, NINE + 2 * HOUR)]
    assert {event.pk for event in guarded(worker)} <= {frozen.event_id}


def test_a_block_can_be_unpinned_while_it_runs_over_another(worker):
    _, second = two_hours_planned(worker)
    during = NINE + 5 * MINUTE
    blocks.move_block(user=worker, block_id=second.pk, start=during, end=during + HOUR, now=during)
    blocks.set_pin(user=worker, block_id=second.pk, is_pinned=False, now=during + 5 * MINUTE)
    assert not Block.objects.get(pk=second.pk).is_pinned


def test_a_block_can_be_unpinned_although_it_stands_on_a_frozen_one(worker):
    first, second = two_hours_planned(worker)
    blocks.move_block(user=worker, block_id=second.pk, start=NINE + 30 * MINUTE, end=NINE + 90 * MINUTE, now=MONDAY)
    first.refresh_from_db()
    update_preferences(user=worker, freeze_minutes=240)
    now = first.event.starts_at - 10 * MINUTE
    blocks.move_block(user=worker, block_id=second.pk, start=now + 20 * MINUTE, end=now + 80 * MINUTE, now=now)
    edit = blocks.set_pin(user=worker, block_id=second.pk, is_pinned=False, now=now)
    assert not Block.objects.get(pk=second.pk).is_pinned
    assert len(guarded(worker)) == 1
    plans.undo_plan(user=worker, plan_id=edit.plan.pk, now=now)
    assert Block.objects.get(pk=second.pk).is_pinned


def test_a_block_dropped_on_another_of_its_task_gives_up_its_double(worker):
    create_task(
        user=worker,
        now=MONDAY,
        title="Report",
        minutes=120,
        is_splittable=True,
        min_block_minutes=60,
        max_block_minutes=60,
    )
    applied(worker)
    one, other = first_blocks(worker)
    before = week_of(worker)
    edit = blocks.move_block(user=worker, block_id=other.pk, start=NINE, end=NINE + HOUR, now=MONDAY)
    assert [(row[2], row[4]) for row in week_of(worker)] == [(NINE, True), (NINE + HOUR, False)]
    again = blocks.move_block(user=worker, block_id=one.pk, start=NINE, end=NINE + HOUR, now=MONDAY)
    assert [(row[2], row[4]) for row in week_of(worker)] == [(NINE, True), (NINE + HOUR, False)]
    for done in (again, edit):
        plans.undo_plan(user=worker, plan_id=done.plan.pk, now=MONDAY)
    assert week_of(worker) == before


@pytest.mark.parametrize("odd", [timedelta(seconds=30), timedelta(microseconds=1)])
def test_a_block_begins_and_ends_on_whole_minutes(worker, odd):
    TaskFactory(user=worker, minutes=60)
    applied(worker)
    [block] = first_blocks(worker)
    with pytest.raises(Invalid, match="whole minutes"):
        blocks.move_block(user=worker, block_id=block.pk, start=NINE, end=NINE + HOUR + odd, now=MONDAY)
    with pytest.raises(Invalid, match="whole minutes"):
        blocks.place_task(user=worker, task_id=block.task_id, start=NINE + odd, end=NINE + HOUR, now=MONDAY)


def test_what_is_put_off_is_planned_after_the_time_that_it_had(worker):
    TaskFactory(user=worker, minutes=60)
    applied(worker)
    [block] = first_blocks(worker)
    blocks.postpone_block(user=worker, block_id=block.pk, now=NINE + 20 * MINUTE)
    spans = [(row[2], row[3]) for row in week_of(worker)]
    assert spans == [(NINE, NINE + 20 * MINUTE), (NINE + HOUR, NINE + 100 * MINUTE)]


def test_what_is_put_off_before_it_began_leaves_its_place(worker):
    first, second = two_hours_planned(worker)
    blocks.postpone_block(user=worker, block_id=first.pk, now=MONDAY)
    assert [(row[1], row[2]) for row in week_of(worker)] == [
        (second.event.title, NINE + HOUR),
        (first.event.title, NINE + 2 * HOUR),
    ]


def test_more_time_cannot_make_a_block_longer_than_a_day(worker):
    HabitFactory(user=worker, times_per_week=1)
    applied(worker)
    block = first_blocks(worker)[0]
    for _ in range(2):
        blocks.more_time(user=worker, block_id=block.pk, minutes=480, now=NINE)
    with pytest.raises(Invalid, match="at most a day"):
        blocks.more_time(user=worker, block_id=block.pk, minutes=480, now=NINE)


def test_pins_beyond_all_measure_are_still_planned_around(worker):
    task = create_task(user=worker, now=MONDAY, title="Book", minutes=1440, is_splittable=True, max_block_minutes=1440)
    for day in range(1, 9):
        start = MONDAY + day * 24 * HOUR
        blocks.place_task(user=worker, task_id=task.pk, start=start, end=start + 24 * HOUR, now=MONDAY)
    assert sum((row[3] - row[2]) // MINUTE for row in week_of(worker)) > bounds.TASK_MINUTES.most
    assert Task.objects.get(pk=task.pk).minutes <= bounds.TASK_MINUTES.most


def test_what_is_put_off_beyond_its_due_can_still_be_edited(worker):
    task = TaskFactory(user=worker, minutes=60, due_at=NINE + HOUR)
    applied(worker)
    [block] = first_blocks(worker)
    blocks.postpone_block(user=worker, block_id=block.pk, now=MONDAY)
    assert Block.objects.get(task=task).event.starts_at == NINE + HOUR
    assert update_task(user=worker, task_id=task.pk, now=MONDAY, title="Late").title == "Late"


def test_a_habit_that_is_put_off_leaves_its_place(worker):
    HabitFactory(user=worker, times_per_week=1, weekdays="0")
    applied(worker)
    block = first_blocks(worker)[0]
    blocks.postpone_block(user=worker, block_id=block.pk, now=MONDAY)
    assert first_blocks(worker)[0].event.starts_at == block.event.ends_at


def all_of(user):
    """Every block with its end, answer and minutes worked, and what an undo must bring back with them."""
    rows = Block.objects.of(user).select_related("event").order_by("event__starts_at")
    checks = list(HabitCheck.objects.values_list("pk", "on"))
    return [(row.pk, row.event.ends_at, row.outcome, row.worked_minutes) for row in rows], checks


@pytest.mark.parametrize("finish", ["from the list", "with others", "from its block"])
def test_a_task_that_is_finished_while_it_runs_keeps_what_was_worked(worker, finish):
    task = TaskFactory(user=worker, minutes=60)
    applied(worker)
    [block] = first_blocks(worker)
    before, now = all_of(worker), NINE + 20 * MINUTE
    if finish == "from the list":
        edit = task_edits.complete(user=worker, task_id=task.pk, now=now)
    elif finish == "with others":
        edit = task_edits.change_all(user=worker, task_ids=[task.pk], action="complete", now=now)
    else:
        edit = blocks.finish_block(user=worker, block_id=block.pk, now=now)
    assert all_of(worker)[0] == [(block.pk, now, "done", 60)]
    plans.undo_plan(user=worker, plan_id=edit.plan.pk, now=now)
    assert all_of(worker) == before


def test_a_task_that_is_finished_before_its_block_begins_gives_the_time_back(worker):
    task = TaskFactory(user=worker, minutes=60)
    applied(worker)
    task_edits.complete(user=worker, task_id=task.pk, now=MONDAY)
    assert first_blocks(worker) == []


@pytest.mark.parametrize("answer", ["not", "partly"])
def test_a_habit_that_was_not_done_after_all_loses_its_check(worker, answer):
    HabitFactory(user=worker, times_per_week=1)
    applied(worker)
    block = first_blocks(worker)[0]
    now = block.event.ends_at + HOUR
    blocks.answer_block(user=worker, block_id=block.pk, outcome="done", now=now)
    answered = all_of(worker)
    assert [on for _, on in answered[1]] == [MONDAY.date()]
    edit = blocks.answer_block(user=worker, block_id=block.pk, outcome=answer, now=now)
    assert all_of(worker)[1] == []
    plans.undo_plan(user=worker, plan_id=edit.plan.pk, now=now)
    assert all_of(worker) == answered


def test_a_check_that_no_block_stands_for_stays_when_a_block_was_missed(worker):
    habit = HabitFactory(user=worker, times_per_week=1)
    applied(worker)
    block = first_blocks(worker)[0]
    HabitCheck.objects.create(habit=habit, on=MONDAY.date())
    blocks.answer_block(user=worker, block_id=block.pk, outcome="not", now=block.event.ends_at + HOUR)
    assert HabitCheck.objects.count() == 1


def test_a_block_that_is_started_now_is_pinned_there_and_the_others_make_room(worker):
    first, second = two_hours_planned(worker)
    now = NINE - 20 * MINUTE + timedelta(seconds=30)
    edit = blocks.start_block(user=worker, block_id=second.pk, now=now)
    assert edit.words.startswith(f"Started {second.event.title}")
    second.refresh_from_db()
    assert (second.is_pinned, second.event.starts_at) == (True, NINE - 20 * MINUTE)
    assert second.event.ends_at == NINE + 40 * MINUTE
    assert Block.objects.get(pk=first.pk).event.starts_at >= second.event.ends_at
    with pytest.raises(BlockOver):
        blocks.start_block(user=worker, block_id=second.pk, now=NINE + HOUR)
