"""The line that adds tasks, as the Tasks page sends it: what it refuses, what it says, what a yes would cost."""

from datetime import timedelta

import pytest

from availability.models import Event, WorkingHours
from availability.services.events import create_event
from scheduling.models import Plan, Task
from scheduling.tests.factories import NOW, PreferencesFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _tuesday_with_one_free_morning(time_machine, alice):
    """Nine to half past ten in Berlin is free, and nothing after that."""
    time_machine.move_to(NOW, tick=False)
    WorkingHours.objects.create(user=alice, weekday=1, start_minute=540, end_minute=630)


def busy(alice, start, end):
    create_event(user=alice, now=NOW, title="Meeting", starts_at=start, ends_at=end)


def add_and_plan(client, text):
    return client.post("/tasks/add", {"text": text, "plan": "yes"}, follow=True).content.decode()


def test_a_task_that_is_planned_at_once_and_does_not_fit_says_why(alice_client, alice):
    said = add_and_plan(alice_client, "report 2h today")
    assert "Added report. It does not fit: the longest gap before the end of today is 1 h 30, but it needs 2 h." in said
    assert Task.objects.get().title == "report"
    assert not Event.objects.exists()


def test_a_task_that_fits_only_in_part_says_how_much_and_why(alice_client):
    said = add_and_plan(alice_client, "report 20h split")
    assert "Only 3 h of 20 h can be planned: it needs 20 h, but only 3 h can be used before" in said


def test_a_task_that_gets_late_at_once_says_by_how_much_and_why(alice_client, alice):
    busy(alice, NOW, NOW + HOUR)
    said = add_and_plan(alice_client, "report 45m today")
    assert "Added report · 1 block planned. It will be 6 days late: the longest gap before the end of today" in said


def test_the_way_back_stands_beside_the_reason(alice_client):
    said = add_and_plan(alice_client, "report 2h")
    assert f'action="/plan/{Plan.objects.get().pk}/undo"' in said


def test_the_price_of_a_line_that_does_not_fit_gives_the_reason(alice_client):
    said = alice_client.get("/tasks/price", {"text": "report 2h today"}, headers=HTMX).content.decode()
    assert said == "report does not fit: the longest gap before the end of today is 1 h 30, but it needs 2 h"


def test_the_price_of_a_line_that_may_be_split_counts_its_parts(alice_client):
    said = alice_client.get("/tasks/price", {"text": "report 150m split"}, headers=HTMX).content.decode()
    assert said.startswith("report fits today 9:00")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("report 0m", "A task takes at least 1 minute."),
        ("report 10001m", "A task takes at most 10,000 minutes, which are 166 h 40."),
        ("report 99999999 min", "A task takes at most 10,000 minutes, which are 166 h 40."),
        ("2h", "Say what is to be done; there is no title left."),
        ("x" * 201, "A title has at most 200 characters."),
    ],
)
def test_a_line_that_cannot_be_kept_has_no_price_and_says_which_field_and_why(alice_client, alice_api, text, reason):
    for answer in (
        alice_client.get("/tasks/price", {"text": text}, headers=JSON),
        alice_api.post("/api/schedule/consequences", {"text": text}),
        alice_api.post("/api/tasks/quick", {"text": text}),
    ):
        assert (answer.status_code, answer.json()["fields"]) == (400, {"text": [reason]})
    said = alice_client.get("/tasks/understood", {"text": text}).content.decode()
    assert reason in said
    assert "understood-price" not in said
    assert not Task.objects.exists()


@pytest.mark.parametrize("minutes", [0, 10_001])
def test_no_price_is_asked_for_minutes_that_a_task_cannot_have(alice_api, minutes):
    answer = alice_api.post("/api/schedule/consequences", {"task": {"minutes": minutes}})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["task.minutes"])


def test_the_default_length_shows_where_none_was_typed(alice_client, alice):
    assert "30 min, your default" in alice_client.get("/tasks/understood", {"text": "report fri"}).content.decode()
    PreferencesFactory(user=alice, default_minutes=45)
    assert "45 min, your default" in alice_client.get("/tasks/understood", {"text": "report"}).content.decode()
    assert "your default" not in alice_client.get("/tasks/understood", {"text": "report 2h"}).content.decode()


def test_yesterday_is_a_due_that_has_passed(alice_client):
    said = alice_client.get("/tasks/understood", {"text": "report yesterday"}).content.decode()
    assert "due yesterday" in said
    assert "It is due on a day that has passed." in said
