import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from scheduling.models import Habit, Plan, Preferences
from scheduling.tests.factories import NOW, TODAY, BlockFactory, HabitCheckFactory, HabitFactory

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)
RUN = {
    "title": "Run",
    "minutes": "45",
    "times_per_week": "3",
    "weekdays": ["0", "2", "4"],
    "preferred": "morning",
    "min_days_between": "1",
    "priority": "2",
    "tint": "5",
}


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def rows(answer):
    return {row.habit.title: row for row in answer.context["rows"]}


def test_a_row_shows_the_ring_the_streak_and_the_week(alice_client, alice):
    habit = HabitFactory(user=alice, title="Run", times_per_week=1)
    for days in (0, 7, 14):
        HabitCheckFactory(habit=habit, on=TODAY - days * ONE_DAY)
    BlockFactory(habit=habit, event__starts_at=NOW + 2 * ONE_DAY)
    page = alice_client.get("/habits")
    row = rows(page)["Run"]
    assert (row.streak_words, row.percent, row.rhythm) == ("3 weeks in a row", 100, "Once a week")
    assert [day.is_done for day in row.days] == [False, True, False, False, False, False, False]
    assert [day.is_planned for day in row.days] == [False, False, False, True, False, False, False]
    assert [day.is_to_come for day in row.days] == [False, False, True, True, True, True, True]
    assert "3 weeks in a row" in page.content.decode()


@pytest.mark.parametrize(
    ("times", "weekdays", "words"),
    [
        (3, "0123456", "3 times a week"),
        (7, "0123456", "Every day"),
        (1, "0123456", "Once a week"),
        (5, "01234", "Monday to Friday"),
        (3, "01234", "3 times a week, Monday to Friday"),
        (2, "56", "Saturday and Sunday"),
        (1, "56", "Once a week, Saturday or Sunday"),
        (3, "024", "Monday, Wednesday and Friday"),
    ],
)
def test_the_rhythm_is_said_in_words(alice_client, alice, times, weekdays, words):
    HabitFactory(user=alice, title="Run", times_per_week=times, weekdays=weekdays)
    assert rows(alice_client.get("/habits"))["Run"].rhythm == words


def test_many_habits_need_no_more_queries_than_few(alice_client, alice, django_assert_num_queries):
    habit = HabitFactory(user=alice)
    HabitCheckFactory(habit=habit)
    BlockFactory(habit=habit)
    with django_assert_num_queries(7):
        alice_client.get("/habits")
    HabitFactory.create_batch(20, user=alice)
    with django_assert_num_queries(7):
        assert len(rows(alice_client.get("/habits"))) == 21


def test_a_habit_is_made_and_changed_by_form(alice_client):
    page = alice_client.post("/habits/new", RUN, follow=True)
    habit = Habit.objects.get()
    assert (habit.weekdays, habit.min_days_between, habit.preferred, habit.tint) == ("024", 1, "morning", 5)
    assert "Added Run" in page.content.decode()
    page = alice_client.post(f"/habits/{habit.pk}", {**RUN, "minutes": "30"}, follow=True)
    assert "Changed Run" in page.content.decode()
    habit.refresh_from_db()
    assert habit.minutes == 30
    assert 'value="30"' in alice_client.get(f"/habits/{habit.pk}").content.decode()


def test_a_new_habit_can_be_taken_back(alice_client):
    alice_client.post("/habits/new", RUN)
    alice_client.post(reverse("plan-undo", args=[Plan.objects.get().pk]))
    assert not Habit.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"minutes": "0"}, "minutes"),
        ({"weekdays": []}, "weekdays"),
        ({"times_per_week": "4"}, "times_per_week"),
        ({"min_days_between": "9"}, "min_days_between"),
    ],
)
def test_a_wrong_habit_comes_back_with_the_reason_at_its_field(alice_client, change, field):
    answer = alice_client.post("/habits/new", RUN | change)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Habit.objects.exists()


def test_a_day_is_ticked_and_unticked_with_undo(alice_client, alice):
    habit = HabitFactory(user=alice, title="Run")
    url = reverse("habit-day", args=[habit.pk, TODAY])
    page = alice_client.post(url, {"done": "yes"}, follow=True).content.decode()
    assert "Run done" in page
    assert habit.checks.get().on == TODAY
    alice_client.post(url, {"done": "no"})
    assert not habit.checks.exists()
    told = alice_client.post(url, {"done": "yes"}, headers={"HX-Request": "true"})
    assert told["HX-Trigger"] == '{"habits-changed": {}}'
    tomorrow = reverse("habit-day", args=[habit.pk, TODAY + ONE_DAY])
    assert alice_client.post(tomorrow, {"done": "yes"}, headers={"HX-Request": "true"}).status_code == 400


def test_an_archived_habit_is_out_of_sight_and_can_come_back(alice_client, alice):
    habit = HabitFactory(user=alice, title="Run")
    alice_client.post(f"/habits/{habit.pk}/archive")
    page = alice_client.get("/habits")
    assert rows(page) == {}
    assert "Archived" in page.content.decode()
    alice_client.post(f"/habits/{habit.pk}/restore")
    assert list(rows(alice_client.get("/habits"))) == ["Run"]


def test_no_habits_yet_teaches_by_one_action(alice_client):
    assert "Add a habit" in alice_client.get("/habits").content.decode()


def habit_doors(habit_id):
    return [
        ("get", f"/habits/{habit_id}", {}),
        ("post", f"/habits/{habit_id}", RUN),
        ("post", f"/habits/{habit_id}/archive", {}),
        ("post", f"/habits/{habit_id}/restore", {}),
        ("post", f"/habits/{habit_id}/days/2026-04-21", {"done": "yes"}),
    ]


def test_habit_pages_belong_to_one_person(bob_client, charlie_client, alice):
    habit = HabitFactory(user=alice)
    for pk in (habit.pk, uuid.uuid4()):
        for method, url, body in habit_doors(pk):
            assert getattr(bob_client, method)(url, body).status_code == 404, (method, url)
    for method, url, body in [*habit_doors(habit.pk), ("get", "/habits", {}), ("get", "/settings/planning", {})]:
        assert getattr(charlie_client, method)(url, body).status_code == 302, (method, url)
    assert rows(bob_client.get("/habits")) == {}


def test_planning_wishes_are_shown_and_saved(alice_client, alice, bob):
    page = alice_client.get("/settings/planning").content.decode()
    assert "When my day changes" in page
    wishes = {
        "auto_repair": "repair",
        "horizon_days": "21",
        "default_minutes": "45",
        "buffer_minutes": "10",
        "daily_max_minutes": "",
        "freeze_minutes": "60",
    }
    assert alice_client.post("/settings/planning", wishes).status_code == 302
    saved = Preferences.objects.get()
    assert (saved.user, saved.auto_repair, saved.horizon_days, saved.daily_max_minutes) == (alice, True, 21, None)
    refused = alice_client.post("/settings/planning", wishes | {"horizon_days": "400"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["horizon_days"]
    saved.refresh_from_db()
    assert saved.horizon_days == 21
