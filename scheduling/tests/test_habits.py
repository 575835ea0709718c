from datetime import timedelta

import pytest
from django.urls import reverse

from scheduling.errors import TooMany
from scheduling.models import Habit, HabitCheck
from scheduling.services.habits import check_habit, create_habit, uncheck_habit, update_habit
from scheduling.tests.factories import NOW, TODAY, BlockFactory, HabitCheckFactory, HabitFactory
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def create(user, **fields):
    return create_habit(user=user, now=NOW, **{"title": "Run", "minutes": 30, "times_per_week": 3, **fields})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"times_per_week": 0}, "times_per_week"),
        ({"times_per_week": 8}, "times_per_week"),
        ({"times_per_week": 3, "weekdays": "01"}, "times_per_week"),
        ({"times_per_week": 4, "min_days_between": 1, "weekdays": "012345"}, "times_per_week"),
        ({"weekdays": "7"}, "weekdays"),
        ({"weekdays": ""}, "weekdays"),
        ({"min_days_between": 7}, "min_days_between"),
        ({"priority": 0}, "priority"),
        ({"preferred": "night"}, "preferred"),
        ({"tint": 9}, "tint"),
        ({"mood": "good"}, "mood"),
    ],
)
def test_a_habit_that_breaks_a_rule_is_refused_with_its_field(alice, fields, field):
    with pytest.raises(Invalid) as refused:
        create(alice, **fields)
    assert list(refused.value.fields) == [field]
    assert not Habit.objects.exists()


def test_a_week_that_has_just_enough_room_is_fine(alice):
    assert create(alice, times_per_week=4, min_days_between=1).weekdays == "0123456"
    assert create(alice, times_per_week=2, weekdays="41").weekdays == "14"


def test_fifty_habits_are_the_limit_and_archived_ones_do_not_count(alice, monkeypatch):
    monkeypatch.setattr(bounds, "ACTIVE_HABITS", 1)
    archived = HabitFactory(user=alice, is_active=False)
    create(alice)
    with pytest.raises(TooMany):
        create(alice)
    with pytest.raises(TooMany):
        update_habit(user=alice, habit_id=archived.pk, is_active=True)


def test_a_full_archive_takes_no_new_habit_but_gives_old_ones_back(alice, monkeypatch):
    monkeypatch.setattr(bounds, "HABITS", 1)
    archived = HabitFactory(user=alice, is_active=False)
    with pytest.raises(TooMany, match="take one from the archive"):
        create(alice)
    assert update_habit(user=alice, habit_id=archived.pk, is_active=True).is_active


def test_checking_a_day_twice_is_checking_it_once(alice):
    habit = create(alice)
    assert check_habit(user=alice, habit_id=habit.pk, on=TODAY, now=NOW) is not None
    assert check_habit(user=alice, habit_id=habit.pk, on=TODAY, now=NOW) is None
    uncheck_habit(user=alice, habit_id=habit.pk, on=TODAY)
    uncheck_habit(user=alice, habit_id=habit.pk, on=TODAY)
    assert not HabitCheck.objects.exists()


@pytest.mark.parametrize("days", [1, -367])
def test_days_to_come_and_days_long_gone_cannot_be_checked(alice, days):
    with pytest.raises(Invalid):
        check_habit(user=alice, habit_id=create(alice).pk, on=TODAY + days * ONE_DAY, now=NOW)


def test_today_is_the_persons_today(alice):
    habit = create(alice)
    # 22:30 UTC on the 21st is half past midnight on the 22nd in Berlin.
    late = NOW.replace(hour=22, minute=30)
    assert check_habit(user=alice, habit_id=habit.pk, on=TODAY + ONE_DAY, now=late)


def test_a_strangers_habit_is_not_there(alice, bob):
    habit = create(alice)
    for attempt in (
        lambda: update_habit(user=bob, habit_id=habit.pk, title="Mine"),
        lambda: check_habit(user=bob, habit_id=habit.pk, on=TODAY, now=NOW),
        lambda: uncheck_habit(user=bob, habit_id=habit.pk, on=TODAY),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_habit_is_made_changed_listed_and_archived_over_the_api(alice_api):
    made = alice_api.post("/api/habits", {"title": "Run", "minutes": 30, "times_per_week": 3}).json()
    url = f"/api/habits/{made['id']}"
    assert alice_api.patch(url, {"title": "Jog"}).json()["edit"] is None
    changed = alice_api.patch(url, {"minutes": 45}).json()
    assert (changed["habit"]["minutes"], changed["edit"]["words"]) == (45, "Changed Jog")
    archived = alice_api.patch(url, {"is_active": False}).json()
    assert archived["edit"]["words"] == "Archived Jog"
    assert alice_api.get("/api/habits").json()["results"] == []
    assert [habit["title"] for habit in alice_api.get("/api/habits?state=archived").json()["results"]] == ["Jog"]
    assert alice_api.get(url).json()["is_active"] is False
    assert alice_api.patch(url, {"times_per_week": 3, "weekdays": "0"}).status_code == 400


def test_days_are_checked_and_read_over_the_api(alice_api, alice):
    habit = HabitFactory(user=alice)
    HabitCheckFactory(habit=habit, on=TODAY - 40 * ONE_DAY)
    url = f"/api/habits/{habit.pk}/checks"
    edit = alice_api.put(f"{url}/2026-04-20").json()["edit"]
    assert edit["words"] == f"{habit.title} done"
    assert alice_api.get(url).json() == {"days": ["2026-04-20"]}
    assert alice_api.get(f"{url}?first=2026-03-01&last=2026-04-01").json() == {"days": ["2026-03-12"]}
    assert alice_api.get(f"{url}?first=2020-03-01").status_code == 400
    alice_api.post(f"/api/plans/{edit['plan']}/undo")
    assert alice_api.get(url).json() == {"days": []}
    alice_api.put(f"{url}/2026-04-20")
    assert alice_api.delete(f"{url}/2026-04-20").status_code == 200
    assert alice_api.get(url).json() == {"days": []}
    assert alice_api.put(f"{url}/2026-04-22").status_code == 400
    assert alice_api.put(f"{url}/2026-02-30").status_code == 404


def test_habits_belong_to_one_person(bob_api, charlie_api, alice):
    habit = HabitFactory(user=alice)
    BlockFactory(habit=habit)
    doors = [
        ("get", reverse("api-habit", args=[habit.pk]), None),
        ("patch", reverse("api-habit", args=[habit.pk]), {"title": "Mine"}),
        ("get", reverse("api-habit-checks", args=[habit.pk]), None),
        ("put", reverse("api-habit-check", args=[habit.pk, TODAY]), None),
        ("delete", reverse("api-habit-check", args=[habit.pk, TODAY]), None),
    ]
    for method, url, body in doors:
        assert getattr(bob_api, method)(url, body).status_code == 404, (method, url)
    for method, url, body in [*doors, ("get", "/api/habits", None), ("post", "/api/habits", {})]:
        assert getattr(charlie_api, method)(url, body).status_code == 401, (method, url)
    assert bob_api.get("/api/habits").json()["results"] == []
