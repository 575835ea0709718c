"""One task open in two windows: the later save never undoes the earlier one silently."""

from datetime import timedelta

import pytest
import time_machine

from scheduling.tests.factories import NOW, TaskFactory

pytestmark = pytest.mark.django_db


def test_a_sheet_that_was_opened_before_another_window_saved_overwrites_nothing_silently(alice, alice_client):
    task = TaskFactory(user=alice, title="Buy milk")
    opened = task.updated_at.isoformat()
    fields = {"minutes": 60, "priority": 2, "seen": opened}
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        alice_client.post(f"/tasks/{task.pk}", fields | {"title": "Tab one"})
    answer = alice_client.post(f"/tasks/{task.pk}", fields | {"title": "Buy milk", "notes": "Tab two"})
    task.refresh_from_db()
    assert (answer.status_code, task.title, task.notes) == (422, "Tab one", "")
    page = answer.content.decode()
    assert "changed in another window" in page
    assert "Tab two" in page
    alice_client.post(f"/tasks/{task.pk}", fields | {"title": "Both", "seen": task.updated_at.isoformat()})
    task.refresh_from_db()
    assert task.title == "Both"
