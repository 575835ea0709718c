import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from availability.models import Calendar, Event
from availability.tests.domain.calendar_files import HERE
from availability.tests.test_imports import CHOIR, NOW

pytestmark = pytest.mark.django_db
PATH = "/api/calendars/import"


@pytest.fixture(autouse=True)
def _september(time_machine):
    time_machine.move_to(NOW, tick=False)


def send(client, content=CHOIR, headers=None, **fields):
    upload = SimpleUploadedFile("choir.ics", content, "text/calendar")
    return client.post(PATH, {"file": upload, **fields}, format="multipart", headers=headers or {})


def test_a_program_imports_a_calendar(alice_api):
    answer = send(alice_api, name="Singing", tint=3)
    assert answer.status_code == 201
    found = Calendar.objects.get()
    assert answer.json() == {
        "calendar": str(found.pk),
        "name": "Singing",
        "events": 4,
        "series": 2,
        "occurrences": 16,
        "cancelled": 1,
        "is_replaced": False,
        "notes": [],
        "words": "Imported Singing: 2 events with 16 dates (14 August – 2 April 2027); 1 cancelled one is left out",
    }
    assert found.tint == 3


def test_a_refusal_lists_what_is_wrong_and_where(alice_api):
    answer = send(alice_api, CHOIR.replace(b"DTSTART:20261107T173000Z", b"DTSTART:soon"))
    assert answer.status_code == 400
    body = answer.json()
    assert body["code"] == "file_refused"
    assert body["problems"][0]["line"] == 41
    assert body["fields"]["file"] == ["Line 41: DTSTART holds “soon”, which is not understood."]
    assert not Calendar.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"tint": 9}, "tint"), ({"calendar": "x"}, "calendar"), ({"name": "n" * 101}, "name"), ({"colour": 1}, "colour")],
)
def test_bad_fields_are_named(alice_api, fields, field):
    answer = send(alice_api, **fields)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not Calendar.objects.exists()


def test_the_file_must_be_there_and_small_enough(alice_api):
    assert alice_api.post(PATH, {}, format="multipart").json()["fields"] == {"file": ["Choose a file."]}
    assert alice_api.post(PATH, {"file": "text"}, format="multipart").status_code == 400
    assert alice_api.post(PATH, {"file": "text"}, format="json").status_code == 415
    assert send(alice_api, b"x" * (6 * 1024 * 1024)).status_code == 413
    assert send(alice_api, b"x" * (5 * 1024 * 1024 + 1)).status_code == 400


def test_the_same_key_and_file_import_once_and_another_file_is_another_request(alice_api):
    key = {"Idempotency-Key": "k"}
    first, second = (send(alice_api, headers=key) for _ in range(2))
    assert first.json() == second.json()
    assert second.json()["is_replaced"] is False
    assert send(alice_api, CHOIR + b"\r\n", headers=key).status_code == 409


def test_bobs_calendar_is_none_of_alices(alice_api, bob_api):
    theirs = send(bob_api).json()["calendar"]
    assert send(alice_api, calendar=theirs).status_code == 404
    assert Calendar.objects.count() == 1


def test_charlie_imports_nothing(charlie_api):
    assert send(charlie_api).status_code == 401
    assert not Calendar.objects.exists()


def test_the_command_imports_a_file(alice):
    out = io.StringIO()
    call_command("import_calendar", str(HERE / "calendars" / "exceptions.ics"), email="ALICE@example.com", stdout=out)
    assert (
        out.getvalue()
        == "Imported Choir: 2 events with 16 dates (14 August – 2 April 2027); 1 cancelled one is left out.\n"
    )
    assert Event.objects.filter(user=alice).count() == 16


def test_the_command_lists_what_is_wrong_and_exits_with_2(alice, tmp_path):
    path = tmp_path / "bad.ics"
    path.write_bytes(b"<html>")
    for file, email, words in (
        (path, "alice@example.com", "line 1: This is a web page"),
        (tmp_path / "none.ics", "alice@example.com", "No such file"),
        (path, "nobody@example.com", "Nobody has an account"),
    ):
        err = io.StringIO()
        with pytest.raises(SystemExit) as end:
            call_command("import_calendar", str(file), email=email, stderr=err)
        assert end.value.code == 2
        assert words in err.getvalue()
    assert not Calendar.objects.exists()
