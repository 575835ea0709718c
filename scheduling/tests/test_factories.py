import pytest

from scheduling.tests.factories import BlockFactory, HabitFactory, TaskFactory

pytestmark = pytest.mark.django_db


def test_a_block_stands_in_the_plan_calendar_of_its_owner(alice):
    task = TaskFactory(user=alice, after=[TaskFactory(user=alice)])
    block = BlockFactory(task=task, event__minutes=30)
    assert (block.user, block.event.user, block.event.title) == (alice, alice, task.title)
    habit_block = BlockFactory(habit=HabitFactory(user=alice), event__starts_at=block.event.ends_at)
    assert habit_block.task is None
    assert habit_block.event.calendar == block.event.calendar
