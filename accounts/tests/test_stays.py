from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import Stay
from accounts.selectors.zones import person_clock, stays
from accounts.services.stays import add_stay

NOW = datetime(2026, 4, 21, 8, tzinfo=UTC)
JOURNEY = {"starts_on": "2026-05-04", "time_zone": "Europe/Lisbon"}


@pytest.fixture
def stay(alice) -> Stay:
    return add_stay(user=alice, starts_on=date(2026, 5, 4), time_zone="Europe/Lisbon")


def test_a_journey_changes_the_clock_from_its_first_day_on(alice, stay):
    clock = person_clock(alice, NOW)
    assert clock.zone_at(datetime(2026, 5, 3, 12, tzinfo=UTC)) == ZoneInfo("Europe/Berlin")
    assert clock.zone_at(datetime(2026, 5, 4, 12, tzinfo=UTC)) == ZoneInfo("Europe/Lisbon")


def test_the_journey_one_is_on_is_marked(alice, stay):
    add_stay(user=alice, starts_on=date(2026, 5, 20), time_zone="Europe/Berlin")
    during = stays(alice, datetime(2026, 5, 10, tzinfo=UTC))
    assert [(entry.place, entry.is_now) for entry in during] == [
        ("Lisbon time (GMT+1)", True),
        ("Berlin time (GMT+2)", False),
    ]
    assert not any(entry.is_now for entry in stays(alice, NOW))


def test_a_program_adds_lists_and_removes_journeys(alice, alice_api):
    made = alice_api.post("/api/stays", JOURNEY)
    assert made.status_code == 201
    assert alice_api.get("/api/stays").json()["results"] == [made.json()]
    assert alice_api.delete(f"/api/stays/{made.json()['id']}").status_code == 204
    assert not alice.stays.exists()


def test_the_same_key_adds_a_journey_once(alice, alice_api):
    first = alice_api.post("/api/stays", JOURNEY, headers={"Idempotency-Key": "k"})
    again = alice_api.post("/api/stays", JOURNEY, headers={"Idempotency-Key": "k"})
    assert first.json() == again.json()
    assert alice.stays.count() == 1


@pytest.mark.parametrize(
    ("field", "value"), [("starts_on", "soon"), ("starts_on", None), ("time_zone", "Lisbon"), ("nonsense", 1)]
)
def test_a_journey_that_makes_no_sense_is_refused_by_name(alice, alice_api, field, value):
    answer = alice_api.post("/api/stays", {**JOURNEY, field: value})
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not alice.stays.exists()


def test_another_persons_journey_is_nowhere(stay, bob_api, bob_client):
    assert bob_api.get("/api/stays").json()["results"] == []
    assert bob_api.delete(f"/api/stays/{stay.pk}").status_code == 404
    assert bob_client.post(f"/settings/travel/{stay.pk}/remove").status_code == 404
    assert Stay.objects.filter(pk=stay.pk).exists()


def test_strangers_are_sent_away(stay, charlie_api, charlie_client):
    assert charlie_api.get("/api/stays").status_code == 401
    assert charlie_api.post("/api/stays", JOURNEY).status_code == 401
    answer = charlie_client.post(f"/settings/travel/{stay.pk}/remove")
    assert answer.headers["Location"].startswith("/accounts/login/")


@time_machine.travel(NOW, tick=False)
def test_the_travel_page_lists_journeys_in_words(stay, alice_client):
    page = alice_client.get("/settings/travel").content.decode()
    assert "Lisbon time (GMT+1)" in page
    assert "Mon 4 May" in page
    assert "2026-05-04" not in page


def test_a_form_that_is_refused_keeps_what_was_typed(alice, alice_client):
    page = alice_client.post("/settings/travel", {"starts_on": "2026-05-04", "time_zone": "Lisboa"}).content.decode()
    assert 'value="Lisboa"' in page
    assert 'value="2026-05-04"' in page
    assert "That is not a time zone" in page
    assert not alice.stays.exists()


def test_adding_and_removing_a_journey_can_be_taken_back(alice, alice_client):
    added = alice_client.post("/settings/travel", JOURNEY, follow=True).content.decode()
    stay = alice.stays.get()
    assert f'action="/settings/travel/{stay.pk}/remove"' in added
    removed = alice_client.post(f"/settings/travel/{stay.pk}/remove", follow=True).content.decode()
    back = "/settings/travel/restore/2026-05-04/Europe/Lisbon"
    assert f'action="{back}"' in removed
    alice_client.post(back)
    assert alice.stays.get().time_zone == "Europe/Lisbon"


@pytest.mark.parametrize("place", ["2026-13-01/Europe/Lisbon", "2026-05-04/../etc/passwd"])
def test_a_way_back_that_nobody_offered_changes_nothing(alice, alice_client, place):
    assert alice_client.post(f"/settings/travel/restore/{place}").status_code in {302, 404}
    assert not alice.stays.exists()
