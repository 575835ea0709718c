"""What people wrote leaves as data: it begins no property of a calendar, no header and no cookie."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.domain.callers import Caller
from accounts.services.export import export_account
from accounts.tests.factories import UserFactory
from scheduling.tests.factories import TaskFactory
from timeflow.lib.errors import Refusal
from timeflow.lib.pages import back, said_to_script
from timeflow.tests.hostile import JSON, MARKUP

NOW = datetime(2026, 4, 21, 7, 0, tzinfo=UTC)
TITLES = [
    "Choir\r\nATTENDEE:mailto:mallory@example.com",
    "Choir\nEND:VEVENT\nBEGIN:VEVENT\nUID:mallory",
    "Choir\rATTACH:http://192.0.2.1/",
    r"a; b, c\ d: \n \;",
    "x" * 200,
    "ü" * 200,
    "😀👩‍👩‍👧‍👦" * 20,
    "Choir\u2028ATTENDEE:mallory\u2029x",
    '"quoted";VALUE=x:y',
    "\ttab\t",
    MARKUP,
    "=1+1",
]
ELSEWHERE = [
    "//evil.example/",
    "///evil.example/",
    "https://evil.example/",
    "http:evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/week\r\nSet-Cookie: a=b",
    "/week\u2028x",
    "/week\x00",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "http:///evil.example",
    " https://evil.example",
    "\u202e/week",
]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def exported(user) -> zipfile.ZipFile:
    file = io.BytesIO()
    export_account(user=user, caller=Caller("Test", ""), now=NOW, to=file)
    return zipfile.ZipFile(file)


def properties(raw: bytes) -> list[tuple[str, str]]:
    """(name, value) of each line, read as the standard says and by nothing that wrote it."""
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()
    return [(line.partition(":")[0].partition(";")[0], line.partition(":")[2]) for line in _unfolded(raw.decode())]


def _unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def text_of(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


@pytest.mark.parametrize("repeats", [{}, {"repeats": {"every": "week", "times": 3}}], ids=["once", "weekly"])
def test_a_title_begins_no_property_of_a_calendar(repeats, alice, alice_client):
    times = {"starts_at": "2026-05-04T09:00:00Z", "ends_at": "2026-05-04T10:00:00Z", **repeats}
    taken = []
    for title in TITLES:
        body = {"title": title, "location": title, "notes": title, **times}
        answer = alice_client.post("/api/events", json.dumps(body), JSON)
        assert answer.status_code == 201, answer.content
        taken.append("".join(title.split()))
    found = properties(exported(alice).read("calendar.ics"))
    names = [name for name, _value in found]
    assert found.count(("BEGIN", "VEVENT")) == found.count(("END", "VEVENT")) == len(taken)
    assert not {"ATTENDEE", "ATTACH"} & set(names)
    assert sorted("".join(text_of(value).split()) for name, value in found if name == "SUMMARY") == sorted(taken)
    assert sum(value.startswith("mallory") for name, value in found if name == "UID") == 0


def test_the_rest_of_an_export_is_json_whatever_was_written(alice):
    for title in TITLES:
        TaskFactory(user=alice, title=title, notes=title)
    archive = exported(alice)
    for name in archive.namelist():
        assert "/" not in name
        if name.endswith(".json"):
            json.loads(archive.read(name))
    assert {task["title"] for task in json.loads(archive.read("tasks.json"))} == set(TITLES)


def test_the_name_of_a_download_is_ours(alice_client, alice):
    alice.name = 'x"\r\nSet-Cookie: a=b; filename="evil.exe'
    alice.save()
    answer = alice_client.post(reverse("settings-account-export"))
    assert re.fullmatch(r'attachment; filename="timeflow-[0-9-]{10}\.zip"', answer["Content-Disposition"])


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nobody_is_led_elsewhere(address):
    for request in (
        RequestFactory().post("/", {"next": address}),
        RequestFactory().post("/", headers={"Referer": address}),
    ):
        assert back(request, "/week") == "/week"


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nor_by_signing_in(address):
    user = UserFactory(password="four plain words here")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    form = {"login": user.email, "password": "four plain words here", "next": address}
    answer = Client().post("/accounts/login/", form)
    if answer.status_code == 302:
        assert answer["Location"].startswith("/")
        assert "evil" not in answer["Location"]
        assert not answer["Location"].startswith(("//", "/\\"))
    assert "a" not in answer.cookies


@pytest.mark.parametrize("words", TITLES)
def test_what_a_script_is_told_is_one_header(words):
    request = RequestFactory().post("/", headers={"HX-Request": "true"})
    answer = said_to_script(request, Refusal(words))
    assert answer["HX-Trigger"].isascii()
    assert answer["HX-Trigger"].isprintable()
    assert json.loads(answer["HX-Trigger"])["refused"]["words"] == words


@pytest.mark.parametrize("title", TITLES)
def test_a_toast_is_one_cookie(title, alice, alice_client, settings):
    task = TaskFactory(user=alice, title=title)
    answer = alice_client.post(f"/tasks/{task.pk}/complete", {"next": "/tasks"})
    assert answer.status_code in {200, 302}
    for morsel in answer.cookies.values():
        said = morsel.OutputString()
        assert said.isascii()
        assert said.isprintable()
    assert MARKUP not in alice_client.get("/tasks").content.decode()
