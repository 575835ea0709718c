import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from availability.models import Calendar
from availability.tests.domain.calendar_files import HERE
from scheduling.models import Task
from scheduling.tests.factories import NOW
from scheduling.tests.test_task_import import PLAIN

pytestmark = pytest.mark.django_db
PATH = "/settings/import"
OUTLOOK = (HERE / "calendars" / "outlook.ics").read_bytes()


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def send(client, what, content, **fields):
    return client.post(PATH, {"what": what, "file": SimpleUploadedFile("f", content), **fields}, follow=True)


def test_the_page_offers_both_files(alice_client):
    answer = alice_client.get(PATH)
    assert answer.status_code == 200
    assert b"Import the calendar" in answer.content
    assert b"Import the tasks" in answer.content


def test_a_calendar_comes_in_and_the_page_says_so(alice_client, alice):
    answer = send(alice_client, "calendar", OUTLOOK, name="Office")
    assert answer.redirect_chain == [(PATH, 302)]
    assert "Imported Office: 4 events with " in answer.content.decode()
    assert Calendar.objects.get(user=alice, kind="file").name == "Office"


def test_what_was_read_otherwise_than_written_is_told_once(alice_client):
    answer = send(alice_client, "calendar", OUTLOOK.replace(b"TZID=Our office", b"TZID=Their office"))
    assert "“Their office” is not known" in answer.content.decode()
    assert "“Their office”" not in alice_client.get(PATH).content.decode()


def test_tasks_come_in_and_can_be_taken_out_again(alice_client):
    answer = send(alice_client, "tasks", PLAIN)
    page = answer.content.decode()
    assert "Imported 2 tasks." in page
    undo = re.search(r'action="(/plan/[^"]*/undo)"', page)[1]
    alice_client.post(undo)
    assert not Task.objects.exists()


def test_a_bad_file_is_a_list_of_what_is_wrong(alice_client):
    answer = send(alice_client, "tasks", PLAIN.replace(b"2h", b"<b>soon</b>"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Nothing was imported." in page
    assert "&lt;b&gt;soon&lt;/b&gt;" in page
    assert "<td>2</td>" in page
    answer = send(alice_client, "calendar", b"<html>")
    assert "This is a web page and not a calendar file" in answer.content.decode()
    assert not Task.objects.exists()
    assert not Calendar.objects.exists()


def test_a_missing_or_huge_file_is_told_at_its_field(alice_client):
    assert b"This is needed." in alice_client.post(PATH, {"what": "tasks"}).content
    assert b"larger than 5 MB" in send(alice_client, "tasks", b"x" * (5 * 1024 * 1024 + 1)).content
    assert send(alice_client, "tasks", b"x" * (6 * 1024 * 1024)).status_code == 400


def test_charlie_is_asked_to_sign_in(charlie_client):
    assert charlie_client.get(PATH).status_code == 302
    assert send(charlie_client, "tasks", PLAIN).redirect_chain[0][0].startswith("/accounts/login/")
    assert not Task.objects.exists()
