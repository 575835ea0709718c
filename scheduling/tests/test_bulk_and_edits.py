import uuid
from datetime import timedelta

import pytest

from scheduling.errors import TooMany
from scheduling.models import Habit, Label, Task
from scheduling.services import task_edits
from scheduling.services.bulk import change_many
from scheduling.services.labels import create_label, delete_label, labels_named, update_label
from scheduling.services.preferences import update_preferences
from scheduling.tests.factories import NOW, TODAY, LabelFactory, TaskFactory
from timeflow.lib.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db


def bulk(user, tasks, action, value=None):
    return change_many(user=user, task_ids=[task.pk for task in tasks], action=action, value=value, now=NOW)


@pytest.fixture
def three(alice):
    return TaskFactory.create_batch(3, user=alice)


@pytest.mark.parametrize("action", ["complete", "delete", "priority", "due", "add_label", "remove_label"])
def test_one_strange_id_among_many_changes_nothing(alice, bob, three, action):
    label = LabelFactory(user=alice)
    value = {"priority": 1, "due": TODAY, "add_label": label.pk, "remove_label": label.pk}.get(action)
    before = list(Task.objects.order_by("pk").values())
    for stranger in (TaskFactory(user=bob).pk, uuid.uuid4()):
        with pytest.raises(NotFound):
            change_many(user=alice, task_ids=[*(t.pk for t in three), stranger], action=action, value=value, now=NOW)
    assert list(Task.objects.of(alice).order_by("pk").values()) == before
    assert not Task.labels.through.objects.exists()


def test_many_tasks_are_finished_and_recurring_ones_return(alice, three):
    Task.objects.filter(pk=three[0].pk).update(rrule="FREQ=DAILY", occurs_on=TODAY, recurrence_root=three[0].pk)
    following = bulk(alice, three, "complete")
    assert Task.objects.of(alice).completed().count() == 3
    assert [task.occurs_on for task in following] == [TODAY + timedelta(days=1)]


def test_many_tasks_get_a_priority_a_due_and_a_label(alice, three):
    label = LabelFactory(user=alice)
    bulk(alice, three, "priority", 1)
    bulk(alice, three, "due", TODAY)
    bulk(alice, three, "add_label", label.pk)
    assert set(Task.objects.values_list("priority", "due_on", "labels")) == {(1, TODAY, label.pk)}
    bulk(alice, three, "due", None)
    bulk(alice, three, "remove_label", label.pk)
    assert set(Task.objects.values_list("due_on", "labels")) == {(None, None)}


def test_one_task_that_breaks_a_rule_keeps_all_as_they_were(alice, three):
    late = TaskFactory(user=alice, title="Later", earliest_on=TODAY + timedelta(days=3))
    with pytest.raises(Invalid, match="“Later”"):
        bulk(alice, [*three, late], "due", TODAY)
    assert set(Task.objects.values_list("due_on", flat=True)) == {None}


@pytest.mark.parametrize(
    ("action", "value"), [("explode", None), ("priority", 9), ("priority", None), ("add_label", 1)]
)
def test_a_bulk_change_needs_a_known_action_and_a_fitting_value(alice, three, action, value):
    with pytest.raises(Invalid):
        bulk(alice, three, action, value)


def test_a_bulk_change_takes_one_to_two_hundred_tasks(alice):
    with pytest.raises(Invalid):
        bulk(alice, [], "complete")
    with pytest.raises(TooMany):
        change_many(user=alice, task_ids=[uuid.uuid4() for _ in range(201)], action="complete", now=NOW)


def test_a_labels_name_is_unique_whatever_its_case(alice, bob):
    create_label(user=alice, name="#Thesis")
    with pytest.raises(Invalid, match="have that label already"):
        create_label(user=alice, name="thesis ")
    assert create_label(user=bob, name="thesis").name == "thesis"
    other = create_label(user=alice, name="Home")
    with pytest.raises(Invalid):
        update_label(user=alice, label_id=other.pk, name="THESIS")
    assert update_label(user=alice, label_id=other.pk, name="home", tint=8).tint == 8


@pytest.mark.parametrize(("name", "tint"), [(" # ", None), ("x" * 51, None), ("fine", 0), ("fine", 9)])
def test_a_label_needs_a_short_name_and_one_of_eight_tints(alice, name, tint):
    with pytest.raises(Invalid):
        create_label(user=alice, name=name, tint=tint)


def test_new_labels_take_the_least_used_tint(alice):
    tints = [create_label(user=alice, name=f"label {number}").tint for number in range(9)]
    assert tints == [1, 2, 3, 4, 5, 6, 7, 8, 1]


def test_labels_are_found_or_made_by_name(alice):
    thesis = create_label(user=alice, name="Thesis")
    found = labels_named(user=alice, names=["thesis", "New", "new"])
    assert found[0] == thesis
    assert [label.name for label in found] == ["Thesis", "New"]


def test_a_label_that_goes_leaves_its_tasks(alice, bob):
    label = LabelFactory(user=alice)
    task = TaskFactory(user=alice, labels=[label])
    with pytest.raises(NotFound):
        delete_label(user=bob, label_id=label.pk)
    delete_label(user=alice, label_id=label.pk)
    assert not Label.objects.exists()
    assert Task.objects.get() == task


def test_preferences_are_checked_one_by_one(alice):
    with pytest.raises(Invalid) as refused:
        update_preferences(user=alice, horizon_days=0, buffer_minutes=500, auto_repair="yes", default_minutes=True, x=1)
    assert set(refused.value.fields) == {"horizon_days", "buffer_minutes", "auto_repair", "default_minutes", "x"}
    assert update_preferences(user=alice, daily_max_minutes=None, auto_repair=True).auto_repair is True
    assert update_preferences(user=alice, horizon_days=21).auto_repair is True


def test_what_no_plan_depends_on_is_saved_without_an_edit_of_the_week(alice):
    task = TaskFactory(user=alice)
    same = {"minutes": task.minutes, "due_on": None, "depends_on": []}
    label = LabelFactory(user=alice)
    edit = task_edits.change(user=alice, task_id=task.pk, now=NOW, title="New", label_ids=[label.pk], **same)
    assert edit is None
    assert Task.objects.get().title == "New"


def test_a_change_that_matters_returns_the_edit_and_its_new_rows(alice):
    first, task = TaskFactory(user=alice), TaskFactory(user=alice)
    edit = task_edits.change(user=alice, task_id=task.pk, now=NOW, minutes=90, depends_on=[first.pk])
    assert list(edit.created) == [task.dependencies.get()]
    following = task_edits.complete(user=alice, task_id=first.pk, now=NOW)
    assert following.created == ()
    assert Task.objects.get(pk=first.pk).completed_at == NOW
    assert Habit.objects.count() == 0
