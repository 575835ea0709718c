from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from availability.services.events import create_event
from scheduling.tests.factories import NOW, HabitFactory, TaskFactory


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


def shown(client, text: str) -> str:
    return client.get("/palette", {"q": text}).content.decode()


def test_without_words_it_offers_places_and_a_plan(alice_client):
    page = shown(alice_client, "")
    assert 'href="/today"' in page
    assert 'href="/week"' in page
    assert "Plan my week" in page


def test_a_place_is_found_by_what_people_call_it(alice_client):
    assert 'href="/settings/travel"' in shown(alice_client, "journey")
    assert 'href="/today"' not in shown(alice_client, "journey")


def test_tasks_habits_and_events_are_found_by_a_part_of_their_title(alice, alice_client):
    TaskFactory(user=alice, title="Quarterly report")
    HabitFactory(user=alice, title="Read reports", minutes=75)
    create_event(
        user=alice,
        now=NOW,
        title="Report to the board",
        starts_at=NOW + timedelta(hours=3),
        ends_at=NOW + timedelta(hours=4),
    )
    page = shown(alice_client, "report")
    assert "Quarterly report" in page
    assert "Read reports" in page
    assert "1 h 15" in page
    assert "Report to the board" in page
    assert "today 12:00" in page


def test_open_tasks_come_before_done_ones_and_are_few(alice, alice_client):
    TaskFactory(user=alice, title="Report, done", completed_at=NOW)
    TaskFactory.create_batch(7, user=alice, title="Report, open")
    page = shown(alice_client, "report")
    assert page.count("Report, open") == 6
    assert "Report, done" not in page


def test_another_persons_things_are_not_found(alice, bob_client):
    TaskFactory(user=alice, title="Secret plan")
    assert "Secret plan" not in shown(bob_client, "secret plan").replace("Add task: secret plan", "")


def test_what_long_ago_was_in_the_calendar_is_left_out(alice, alice_client):
    then = datetime(2026, 1, 5, 9, tzinfo=UTC)
    create_event(user=alice, now=NOW, title="Kick-off", starts_at=then, ends_at=then + timedelta(hours=1))
    assert "/week/events/" not in shown(alice_client, "kick")


def test_strangers_are_sent_to_sign_in(charlie_client):
    assert charlie_client.get("/palette").headers["Location"].startswith("/accounts/login/")


def test_odd_words_are_only_words(alice_client):
    for text in ("<b>", "%", "\x00", "x" * 5000, "\\", "'"):
        answer = alice_client.get("/palette", {"q": text})
        assert answer.status_code == 200
        assert "<b>" not in answer.content.decode()


def test_finding_takes_few_queries_however_much_there_is(alice, alice_client, django_assert_max_num_queries):
    TaskFactory.create_batch(5, user=alice, title="Report")
    HabitFactory.create_batch(3, user=alice, title="Report")
    with django_assert_max_num_queries(8):
        shown(alice_client, "report")


def test_a_line_with_a_length_and_a_day_becomes_a_task_first_of_all(alice, alice_client):
    TaskFactory(user=alice, title="Report to read")
    page = shown(alice_client, "report 2h fri")
    assert page.index("Add task: report") < page.index("Report to read")
    assert '<span class="chip">2 h</span>' in page


def test_a_single_word_finds_before_it_adds(alice, alice_client):
    TaskFactory(user=alice, title="Report to read")
    page = shown(alice_client, "report")
    assert page.index("Report to read") < page.index("Add task: report")


def test_a_line_that_cannot_become_a_task_says_why(alice_client):
    page = shown(alice_client, "report 0m")
    assert "A task takes at least 1 minute." in page
    assert "Add task" not in page
    assert "no title left" not in shown(alice_client, "2h")
