"""Many hands on one person's tasks at once."""

from functools import partial

import pytest
import time_machine

from scheduling.errors import DependencyCycle
from scheduling.models import Dependency, HabitCheck, Label, Task
from scheduling.services.dependencies import set_dependencies
from scheduling.services.habits import check_habit
from scheduling.services.labels import labels_named
from scheduling.services.recurrence import bring_recurring_tasks
from scheduling.services.tasks import complete_task, create_task
from scheduling.tests.factories import NOW, TODAY, HabitFactory, TaskFactory
from scheduling.tests.test_parallel_edits import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.usefixtures("no_worker"),
]


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_series_goes_on_once_however_often_its_task_is_finished_and_looked_for(alice):
    yesterday = TODAY.fromordinal(TODAY.toordinal() - 1)
    task = create_task(user=alice, now=NOW, title="Water", rrule="FREQ=DAILY", due_on=yesterday)
    finish = partial(complete_task, user=alice, task_id=task.pk, now=NOW)
    bring = partial(bring_recurring_tasks, now=NOW)
    assert at_once(*[finish] * 4, *[bring] * 4) == []
    assert sorted(Task.objects.values_list("occurs_on", flat=True)) == [yesterday, TODAY]
    assert Task.objects.exclude(rrule="").get().occurs_on == TODAY


def test_of_two_dependencies_that_close_a_circle_one_is_refused(alice):
    one, other = TaskFactory(user=alice), TaskFactory(user=alice)
    raised = at_once(
        partial(set_dependencies, user=alice, task_id=one.pk, predecessor_ids=[other.pk], now=NOW),
        partial(set_dependencies, user=alice, task_id=other.pk, predecessor_ids=[one.pk], now=NOW),
    )
    assert [type(error) for error in raised] == [DependencyCycle]
    assert Dependency.objects.count() == 1


def test_the_same_label_and_the_same_check_are_made_once(alice):
    habit = HabitFactory(user=alice)
    label = partial(labels_named, user=alice, names=["thesis"])
    check = partial(check_habit, user=alice, habit_id=habit.pk, on=TODAY, now=NOW)
    assert at_once(*[label] * 4, *[check] * 4) == []
    assert (Label.objects.count(), HabitCheck.objects.count()) == (1, 1)
