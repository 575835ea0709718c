from datetime import UTC, date, datetime, timedelta

import pytest

from availability.models import Event
from scheduling.errors import DependencyCycle, TooMany, TooManyOpenTasks
from scheduling.models import ChecklistItem, Dependency, Task
from scheduling.selectors.inputs import waiting
from scheduling.services.checklists import add_item, edit_item, remove_item, reorder_items
from scheduling.services.dependencies import set_dependencies
from scheduling.services.tasks import complete_task, create_task, delete_task, reopen_task, update_task
from scheduling.tests.factories import (
    NOW,
    TODAY,
    BlockFactory,
    ChecklistItemFactory,
    LabelFactory,
    PreferencesFactory,
    TaskFactory,
)
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db


def create(user, **fields):
    return create_task(user=user, now=NOW, **{"title": "Report", "minutes": 60, **fields})


def reasons(refused) -> dict:
    return {name: list(found) for name, found in refused.value.fields.items()}


def test_a_new_task_keeps_what_was_said_and_raises_the_data_version(alice):
    label, first = LabelFactory(user=alice), TaskFactory(user=alice)
    steps = ["Read", "Write"]
    task = create(alice, title="  Write   report ", label_ids=[label.pk], depends_on=[first.pk], checklist=steps)
    assert (task.title, task.created_at, task.updated_at) == ("Write report", NOW, NOW)
    assert list(task.labels.all()) == [label]
    assert list(task.predecessors.all()) == [first]
    assert list(task.checklist.order_by("position").values_list("text", flat=True)) == steps
    version = alice.data_version
    alice.refresh_from_db()
    assert alice.data_version > version


def test_a_task_without_minutes_takes_the_persons_usual_time(alice):
    assert create_task(user=alice, now=NOW, title="Call").minutes == 30
    PreferencesFactory(user=alice, default_minutes=45)
    assert create_task(user=alice, now=NOW, title="Call").minutes == 45


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "   "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"notes": "x" * 10_001}, "notes"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": -5}, "minutes"),
        ({"minutes": 10_001}, "minutes"),
        ({"priority": 5}, "priority"),
        ({"due_kind": "firm"}, "due_kind"),
        ({"preferred": "night"}, "preferred"),
        ({"due_on": date(1800, 1, 1)}, "due_on"),
        ({"due_on": date.max}, "due_on"),
        ({"due_at": datetime(9999, 12, 31, tzinfo=UTC)}, "due_at"),
        ({"due_on": TODAY, "due_at": NOW}, "due_on"),
        ({"due_on": TODAY, "earliest_on": TODAY + timedelta(days=1)}, "due_on"),
        ({"due_at": NOW, "earliest_at": NOW}, "due_at"),
        ({"min_block_minutes": 4}, "min_block_minutes"),
        ({"min_block_minutes": 90, "max_block_minutes": 60}, "max_block_minutes"),
        ({"max_block_minutes": 1441}, "max_block_minutes"),
        ({"minutes": 50, "is_splittable": True, "min_block_minutes": 30, "max_block_minutes": 40}, "min_block_minutes"),
        ({"minutes": 120, "is_splittable": True, "max_minutes_per_day": 20}, "max_minutes_per_day"),
        ({"rrule": "FREQ=SECONDLY"}, "rrule"),
        ({"rrule": "FREQ=DAILY;UNTIL=20200101"}, "rrule"),
        ({"flavour": "sweet"}, "flavour"),
    ],
)
def test_a_broken_rule_is_refused_with_its_field_and_nothing_is_written(alice, fields, field):
    with pytest.raises(Invalid) as refused:
        create(alice, **fields)
    assert list(reasons(refused)) == [field]
    assert refused.value.fields[field][0]
    assert not Task.objects.exists()


def test_due_on_the_first_possible_day_is_fine(alice):
    assert create(alice, due_on=TODAY, earliest_on=TODAY).due_on == TODAY


def test_fifty_minutes_can_be_made_of_two_blocks_of_twenty_five(alice):
    assert create(alice, minutes=50, is_splittable=True, min_block_minutes=25, max_block_minutes=40).is_splittable


def test_five_thousand_open_tasks_are_the_limit_and_finished_ones_do_not_count(alice, monkeypatch):
    monkeypatch.setattr(bounds, "OPEN_TASKS", 2)
    done = TaskFactory(user=alice, completed_at=NOW)
    create(alice)
    create(alice)
    with pytest.raises(TooManyOpenTasks):
        create(alice)
    with pytest.raises(TooManyOpenTasks):
        reopen_task(user=alice, task_id=done.pk, now=NOW)
    done.refresh_from_db()
    assert done.completed_at == NOW


def test_so_many_tasks_are_kept_with_the_finished_ones_and_these_may_open_again(alice, monkeypatch):
    monkeypatch.setattr(bounds, "TASKS", 1)
    done = TaskFactory(user=alice, completed_at=NOW)
    with pytest.raises(TooMany, match="delete some first"):
        create(alice)
    assert list(Task.objects.all()) == [done]
    assert reopen_task(user=alice, task_id=done.pk, now=NOW).completed_at is None


def test_a_change_sets_the_given_fields_alone(alice):
    task = create(alice, notes="Keep", priority=1, label_ids=[LabelFactory(user=alice).pk])
    later = NOW + timedelta(hours=1)
    update_task(user=alice, task_id=task.pk, now=later, minutes=90)
    task.refresh_from_db()
    assert (task.minutes, task.notes, task.priority, task.updated_at) == (90, "Keep", 1, later)
    assert task.labels.count() == 1


def test_a_due_date_replaces_a_due_moment_and_the_other_way_round(alice):
    task = create(alice, due_at=NOW + timedelta(days=1))
    task = update_task(user=alice, task_id=task.pk, now=NOW, due_on=TODAY)
    assert (task.due_at, task.due_on) == (None, TODAY)
    task = update_task(user=alice, task_id=task.pk, now=NOW, due_at=NOW + timedelta(days=2))
    assert (task.due_at, task.due_on) == (NOW + timedelta(days=2), None)


def test_a_new_title_is_also_the_title_of_its_blocks(alice):
    block = BlockFactory(task=TaskFactory(user=alice))
    update_task(user=alice, task_id=block.task_id, now=NOW, title="Better name")
    block.event.refresh_from_db()
    assert block.event.title == "Better name"


def test_a_refused_change_leaves_the_task_as_it_was(alice):
    task = create(alice)
    with pytest.raises(NotFound):
        update_task(user=alice, task_id=task.pk, now=NOW, title="New", label_ids=[LabelFactory().pk])
    task.refresh_from_db()
    assert task.title == "Report"


def test_completing_twice_is_completing_once(alice):
    task = create(alice)
    complete_task(user=alice, task_id=task.pk, now=NOW)
    assert complete_task(user=alice, task_id=task.pk, now=NOW + timedelta(hours=1)) is None
    task.refresh_from_db()
    assert task.completed_at == NOW
    assert reopen_task(user=alice, task_id=task.pk, now=NOW).completed_at is None


def test_deleting_a_task_takes_its_blocks_and_their_events_along(alice):
    kept, gone = BlockFactory(task=TaskFactory(user=alice)), TaskFactory(user=alice)
    BlockFactory(task=gone, event__starts_at=kept.event.ends_at)
    delete_task(user=alice, task_id=gone.pk)
    assert list(Event.objects.all()) == [kept.event]
    assert list(Task.objects.all()) == [kept.task]


def test_somebody_elses_task_is_not_there(alice, bob):
    task = create(alice)
    for attempt in (
        lambda: update_task(user=bob, task_id=task.pk, now=NOW, title="Mine"),
        lambda: complete_task(user=bob, task_id=task.pk, now=NOW),
        lambda: reopen_task(user=bob, task_id=task.pk, now=NOW),
        lambda: delete_task(user=bob, task_id=task.pk),
        lambda: add_item(user=bob, task_id=task.pk, text="Look"),
        lambda: set_dependencies(user=bob, task_id=TaskFactory(user=bob).pk, predecessor_ids=[task.pk], now=NOW),
        lambda: create(bob, depends_on=[task.pk]),
        lambda: create(bob, label_ids=[LabelFactory(user=alice).pk]),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert Task.objects.get(pk=task.pk).title == "Report"


def test_a_cycle_of_dependencies_is_refused_by_name(alice):
    plan, write = TaskFactory(user=alice, title="Plan"), TaskFactory(user=alice, title="Write")
    send = TaskFactory(user=alice, title="Send", after=[write])
    write.predecessors.add(plan)
    with pytest.raises(DependencyCycle) as refused:
        set_dependencies(user=alice, task_id=plan.pk, predecessor_ids=[send.pk], now=NOW)
    assert "“Plan” → “Send” → “Write” → “Plan”" in refused.value.detail
    assert list(refused.value.fields) == ["depends_on"]
    with pytest.raises(DependencyCycle, match="cannot wait for itself"):
        set_dependencies(user=alice, task_id=plan.pk, predecessor_ids=[plan.pk], now=NOW)
    assert Dependency.objects.count() == 2


def test_dependencies_that_stay_keep_their_rows(alice):
    first, second, task = (TaskFactory(user=alice) for _ in range(3))
    set_dependencies(user=alice, task_id=task.pk, predecessor_ids=[first.pk], now=NOW)
    row = task.dependencies.get()
    set_dependencies(user=alice, task_id=task.pk, predecessor_ids=[second.pk, first.pk], now=NOW)
    assert row in task.dependencies.all()
    set_dependencies(user=alice, task_id=task.pk, predecessor_ids=[], now=NOW)
    assert not task.dependencies.exists()


def test_a_task_waits_for_at_most_twenty_others(alice):
    task, others = TaskFactory(user=alice), TaskFactory.create_batch(21, user=alice)
    with pytest.raises(TooMany):
        set_dependencies(user=alice, task_id=task.pk, predecessor_ids=[other.pk for other in others], now=NOW)
    set_dependencies(user=alice, task_id=task.pk, predecessor_ids=[other.pk for other in others[:20]], now=NOW)
    assert task.predecessors.count() == 20


def test_a_checklist_is_written_ticked_reordered_and_shortened(alice):
    task = create(alice)
    first, second = (add_item(user=alice, task_id=task.pk, text=text) for text in ("Read", "Write"))
    edit_item(user=alice, task_id=task.pk, item_id=first.pk, is_done=True)
    edit_item(user=alice, task_id=task.pk, item_id=second.pk, text=" Write  well ")
    reorder_items(user=alice, task_id=task.pk, item_ids=[second.pk, first.pk])
    lines = task.checklist.order_by("position").values_list("text", "is_done")
    assert list(lines) == [("Write well", False), ("Read", True)]
    remove_item(user=alice, task_id=task.pk, item_id=second.pk)
    assert list(task.checklist.all()) == [first]


def test_a_checklist_has_at_most_a_hundred_lines_of_words(alice):
    task = create(alice)
    with pytest.raises(Invalid):
        add_item(user=alice, task_id=task.pk, text="  ")
    ChecklistItem.objects.bulk_create(ChecklistItemFactory.build_batch(100, task=task))
    with pytest.raises(TooMany):
        add_item(user=alice, task_id=task.pk, text="One more")
    with pytest.raises(TooMany):
        create(alice, checklist=["x"] * 101)


def test_a_new_order_names_every_line_once(alice):
    task = create(alice, checklist=["Read", "Write"])
    first, second = task.checklist.order_by("position")
    for order in ([first.pk], [first.pk, first.pk], [first.pk, second.pk, task.pk]):
        with pytest.raises(Invalid):
            reorder_items(user=alice, task_id=task.pk, item_ids=order)


def test_which_tasks_wait_for_which_is_asked_with_one_look_at_tasks(alice, django_assert_num_queries):
    """A second one, at the tasks that are waited for, let old statistics choose a plan that tried each with each."""
    done, first = TaskFactory(user=alice, completed_at=NOW), TaskFactory(user=alice)
    then = TaskFactory(user=alice, after=[done, first])
    with django_assert_num_queries(1) as asked:
        found = waiting(alice)
    assert {task: set(others) for task, others in found.items()} == {str(then.pk): {str(done.pk), str(first.pk)}}
    assert asked.captured_queries[0]["sql"].count('JOIN "scheduling_task"') == 1
