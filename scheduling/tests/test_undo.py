"""What stands in the way of an undo is a refusal, and then nothing was touched."""

import pytest

from scheduling.errors import ChangedSince
from scheduling.models import Label, Task
from scheduling.services import plans, task_edits
from scheduling.services.labels import create_label
from scheduling.tests.factories import NOW, LabelFactory, TaskFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]


def test_a_label_does_not_come_back_beside_a_new_one_of_its_name(alice):
    label = LabelFactory(user=alice, name="Thesis")
    task = TaskFactory(user=alice, labels=[label])
    edit = task_edits.remove_label(user=alice, label_id=label.pk, now=NOW)
    fresh = create_label(user=alice, name="thesis")
    with pytest.raises(ChangedSince):
        plans.undo_plan(user=alice, plan_id=edit.plan.pk, now=NOW)
    assert list(Label.objects.all()) == [fresh]
    assert not task.labels.exists()


def test_a_label_put_back_by_hand_is_not_put_back_again(alice):
    label = LabelFactory(user=alice)
    task = TaskFactory(user=alice, labels=[label])
    edit = task_edits.change_all(user=alice, task_ids=[task.pk], action="remove_label", value=label.pk, now=NOW)
    task_edits.change(user=alice, task_id=task.pk, label_ids=[label.pk], now=NOW)
    with pytest.raises(ChangedSince):
        plans.undo_plan(user=alice, plan_id=edit.plan.pk, now=NOW)
    assert list(Task.objects.get().labels.all()) == [label]
