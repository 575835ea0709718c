from datetime import timedelta

import pytest

from availability.models import DateOverride
from availability.selectors import weekly_hours
from availability.tests.factories import NOW, TODAY, DateOverrideFactory, WorkingHoursFactory

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)
OFF = {name: [] for name in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}
HOURS, DATES = "/api/working-hours", "/api/date-overrides"


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_the_week_is_replaced_and_read(alice_api, alice):
    week = OFF | {"monday": [{"start": "09:00", "end": "12:30"}, {"start": "22:00", "end": "02:00"}]}
    assert alice_api.put(HOURS, week).json() == week
    assert alice_api.get(HOURS).json() == week
    assert weekly_hours(alice) == {0: [(540, 750), (1320, 120)]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"monday": [{"start": "9", "end": "17:00"}]}, "monday[0].start"),
        ({"monday": [{"start": "09:00", "end": "24:01"}]}, "monday[0].end"),
        ({"monday": [{"start": "24:00", "end": "02:00"}]}, "monday[0].start"),
        ({"monday": [{"start": 540, "end": "17:00"}]}, "monday[0].start"),
        ({"monday": [{"start": "09:00"}]}, "monday[0].end"),
        ({"monday": [{"start": "09:00", "end": "17:00", "room": 1}]}, "monday[0].room"),
        ({"monday": [{"start": "09:00", "end": "17:00"}, {"start": "16:00", "end": "18:00"}]}, "monday"),
        ({"monday": [{"start": "22:00", "end": "02:00"}], "tuesday": [{"start": "01:00", "end": "03:00"}]}, "tuesday"),
        ({"monday": [{"start": f"{n:02}:00", "end": f"{n:02}:30"} for n in range(11)]}, "monday"),
        ({"monday": "09:00"}, "monday"),
        ({"holiday": []}, "holiday"),
    ],
)
def test_a_week_that_cannot_be_is_refused_with_its_field(alice_api, alice, change, field):
    WorkingHoursFactory(user=alice)
    answer = alice_api.put(HOURS, OFF | change)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert weekly_hours(alice) == {0: [(540, 1020)]}


def test_no_day_may_be_left_out(alice_api):
    answer = alice_api.put(HOURS, {name: [] for name in OFF if name != "sunday"})
    assert list(answer.json()["fields"]) == ["sunday"]


def test_dates_are_set_listed_and_removed(alice_api):
    made = alice_api.post(DATES, {"first": "2026-12-24", "last": "2026-12-26", "windows": []})
    assert made.status_code == 201
    assert [(one["on"], one["windows"]) for one in made.json()] == [(f"2026-12-{day}", []) for day in (24, 25, 26)]
    evening = [{"start": "18:00", "end": "22:00"}]
    alice_api.post(DATES, {"first": "2026-05-01", "windows": evening})
    found = alice_api.get(DATES).json()["results"]
    assert [one["on"] for one in found] == ["2026-05-01", "2026-12-24", "2026-12-25", "2026-12-26"]
    assert found[0]["windows"] == evening
    narrowed = alice_api.get(f"{DATES}?first=2026-12-25&last=2026-12-25").json()["results"]
    assert [one["on"] for one in narrowed] == ["2026-12-25"]
    assert alice_api.delete(f"{DATES}/{narrowed[0]['id']}").status_code == 204
    assert DateOverride.objects.count() == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"windows": []}, "first"),
        ({"first": "2026-05-01"}, "windows"),
        ({"first": "2026-02-30", "windows": []}, "first"),
        ({"first": "2026-05-02", "last": "2026-05-01", "windows": []}, "last"),
        ({"first": "2026-05-02", "last": "2027-05-03", "windows": []}, "last"),
        ({"first": "2066-05-02", "windows": []}, "first"),
        ({"first": "2026-05-02", "windows": [{"start": "09:00", "end": "09:60"}]}, "windows[0].end"),
        ({"first": "2026-05-02", "windows": [{"start": "09:00", "end": "10:00"}] * 2}, "windows"),
    ],
)
def test_dates_that_cannot_be_are_refused_with_their_field(alice_api, body, field):
    answer = alice_api.post(DATES, body)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not DateOverride.objects.exists()


def test_the_same_request_twice_sets_dates_once(alice_api):
    body = {"first": "2026-05-01", "windows": []}
    answers = [alice_api.post(DATES, body, headers={"Idempotency-Key": "one"}).json() for _ in range(2)]
    assert answers[0] == answers[1]


def test_dates_are_listed_by_the_page_in_a_fixed_number_of_queries(alice_api, alice, django_assert_num_queries):
    for n in range(5):
        DateOverrideFactory(user=alice, on=TODAY + n * ONE_DAY, windows=[(540, 600)])
    with django_assert_num_queries(3):
        page = alice_api.get(f"{DATES}?page_size=2").json()
    assert [one["on"] for one in page["results"]] == ["2026-04-21", "2026-04-22"]
    rest = alice_api.get(page["next"]).json()["results"]
    assert [one["on"] for one in rest] == ["2026-04-23", "2026-04-24"]


def test_hours_and_dates_belong_to_one_person(alice, bob_api, charlie_api):
    WorkingHoursFactory(user=alice)
    override = DateOverrideFactory(user=alice)
    assert bob_api.get(HOURS).json() == OFF
    assert bob_api.get(DATES).json()["results"] == []
    assert bob_api.delete(f"{DATES}/{override.pk}").status_code == 404
    for method, url in [
        ("get", HOURS),
        ("put", HOURS),
        ("get", DATES),
        ("post", DATES),
        ("delete", f"{DATES}/{override.pk}"),
    ]:
        assert getattr(charlie_api, method)(url).status_code == 401, (method, url)
    assert DateOverride.objects.filter(pk=override.pk).exists()
