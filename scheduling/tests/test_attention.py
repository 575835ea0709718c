"""What is late or left out gets a reason and one step that helps."""

import pytest

from scheduling.errors import NothingToHelp
from scheduling.models import Task
from scheduling.selectors.plans import needing_attention, newest_applied
from scheduling.services.attention import accept_lateness, allow_splitting, let_go
from scheduling.services.events import add_event
from scheduling.tests.factories import TaskFactory
from scheduling.tests.planning import HOUR, MONDAY, applied, works_nine_to_five

pytestmark = pytest.mark.django_db


def test_allowing_a_split_places_a_task_that_was_too_long(alice):
    works_nine_to_five(alice)
    task = TaskFactory(user=alice, title="Report", minutes=600, due_at=MONDAY + 33 * HOUR)
    applied(alice)
    [missed] = needing_attention(alice, newest_applied(alice))
    assert (missed["title"], missed["status"]) == ("Report", "unscheduled")
    edit = allow_splitting(user=alice, task_id=task.pk, now=MONDAY)
    assert edit.words.startswith("Split Report")
    assert task.blocks.count() > 1
    assert needing_attention(alice, newest_applied(alice)) == []


def test_accepting_lateness_moves_the_due_date_to_the_planned_end(alice):
    works_nine_to_five(alice)
    task = TaskFactory(user=alice, minutes=60, due_at=MONDAY - HOUR)
    applied(alice)
    accept_lateness(user=alice, task_id=task.pk, now=MONDAY)
    assert Task.objects.get().due_at == MONDAY + 2 * HOUR
    assert needing_attention(alice, newest_applied(alice)) == []
    with pytest.raises(NothingToHelp):
        accept_lateness(user=alice, task_id=task.pk, now=MONDAY)


def test_letting_a_pinned_block_go_ends_its_clash(alice):
    works_nine_to_five(alice)
    task = TaskFactory(user=alice, title="Report", minutes=60)
    applied(alice)
    task.blocks.update(is_pinned=True)
    add_event(user=alice, now=MONDAY, title="Call", starts_at=MONDAY + HOUR, ends_at=MONDAY + 2 * HOUR)
    [missed] = needing_attention(alice, newest_applied(alice))
    assert missed["reason"]["code"] == "PIN_CONFLICT"
    let_go(user=alice, task_id=task.pk, now=MONDAY)
    assert task.blocks.get().event.starts_at == MONDAY + 2 * HOUR
    assert needing_attention(alice, newest_applied(alice)) == []
