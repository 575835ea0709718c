from datetime import date

import pytest

from scheduling.models import Label, Task
from scheduling.tests.factories import NOW, LabelFactory

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 4, 24)


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def quick(client, text, **headers):
    return client.post("/api/tasks/quick", {"text": text}, headers=headers)


def test_a_line_becomes_a_task(alice_api, alice):
    thesis = LabelFactory(user=alice, name="Thesis")
    answer = quick(alice_api, "report 2h !1 fri #thesis #new")
    assert answer.status_code == 201
    task = Task.objects.get()
    assert (task.title, task.minutes, task.priority, task.due_on) == ("report", 120, 1, FRIDAY)
    assert {label.name for label in task.labels.all()} == {"Thesis", "new"}
    assert thesis in task.labels.all()


def test_a_time_makes_the_due_an_instant_in_the_persons_zone(alice_api):
    assert quick(alice_api, "call fri 17:00").json()["due_at"] == "2026-04-24T15:00:00Z"


def test_a_line_may_recur_and_wish(alice_api):
    found = quick(alice_api, "water plants 15m every mon @morning").json()
    assert (found["rrule"], found["due_on"], found["preferred"]) == ("FREQ=WEEKLY;BYDAY=MO", "2026-04-27", "morning")
    assert found["recurrence"] == "every Monday"


def test_a_short_task_is_not_split_whatever_was_asked(alice_api):
    assert quick(alice_api, "tidy 20m split").json()["is_splittable"] is False
    assert quick(alice_api, "paint 3h split").json()["is_splittable"] is True


@pytest.mark.parametrize("text", ["", "   ", "2h !1 fri", "x" * 1001])
def test_a_line_without_a_title_makes_nothing(alice_api, text):
    answer = quick(alice_api, text)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["text"]
    assert not Task.objects.exists()
    assert not Label.objects.exists()


def test_the_same_key_makes_one_task(alice_api):
    answers = [quick(alice_api, "report 2h", **{"Idempotency-Key": "a"}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert Task.objects.count() == 1


def test_parsing_says_what_was_understood_and_saves_nothing(alice_api):
    found = alice_api.post("/api/tasks/parse", {"text": "report 2h !1 fri #thesis"}).json()
    assert (found["title"], found["minutes"], found["due_on"], found["due_at"]) == ("report", 120, "2026-04-24", None)
    assert [chip["kind"] for chip in found["chips"]] == ["minutes", "priority", "due", "label"]
    assert not Task.objects.exists()
    assert not Label.objects.exists()
    assert alice_api.post("/api/tasks/parse", {"text": "2h"}).json()["error"]


def test_a_line_needs_a_person(charlie_api):
    assert quick(charlie_api, "report").status_code == 401
    assert charlie_api.post("/api/tasks/parse", {"text": "report"}).status_code == 401
