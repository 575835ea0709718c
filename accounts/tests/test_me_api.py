import pytest

from accounts.models import User


def test_a_person_reads_who_they_are_and_how_new_their_data_is(alice, alice_api):
    answer = alice_api.get("/api/auth/me")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(alice.pk),
        "name": "Alice",
        "email": "alice@example.com",
        "time_zone": "Europe/Berlin",
        "clock": "24",
        "week_start": 0,
        "data_version": 0,
    }


def test_a_change_is_kept_and_raises_the_data_version(alice, alice_api):
    answer = alice_api.patch("/api/auth/me", {"clock": "12", "time_zone": "Asia/Tokyo"})
    assert answer.status_code == 200
    assert answer.json()["data_version"] == 1
    alice.refresh_from_db()
    assert (alice.clock, alice.time_zone, alice.name) == ("12", "Asia/Tokyo", "Alice")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "mallory@example.com"),
        ("data_version", 7),
        ("is_staff", True),
        ("time_zone", "Mars/Olympus"),
        ("clock", "13"),
        ("week_start", 7),
        ("name", "x" * 81),
    ],
)
def test_what_may_not_be_changed_is_refused_by_name(alice, alice_api, field, value):
    answer = alice_api.patch("/api/auth/me", {field: value})
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert User.objects.get(pk=alice.pk).data_version == 0


def test_a_stranger_is_told_nothing(charlie_api):
    assert charlie_api.get("/api/auth/me").status_code == 401
    assert charlie_api.patch("/api/auth/me", {"name": "x"}).status_code == 401


def test_everybody_sees_only_themselves(alice, bob_api):
    assert bob_api.get("/api/auth/me").json()["email"] == "bob@example.com"
