"""Text with characters that only steer a machine is refused at its field, at every door."""

import pytest
from django.urls import reverse

from scheduling.models import Task
from timeflow.lib.plain_text import REASON, is_plain

BAD = ["bell\x07 rings", "escape\x1b[31m", "nul\x00", "delete\x7f", "next\x85line", "half \ud83d"]


@pytest.mark.parametrize("text", ["", "plain", "two\nlines\r\n\tand a tab", "Grüße 👋🏽 עברית ٣", "zero\u200dwidth"])
def test_what_people_write_is_plain(text):
    assert is_plain(text)


@pytest.mark.parametrize("text", BAD)
def test_what_steers_a_machine_is_not(text):
    assert not is_plain(text)


@pytest.mark.parametrize("text", BAD[:1] + BAD[3:5])
def test_programs_are_told_at_the_field(alice_api, text):
    answer = alice_api.post("/api/tasks", {"title": text, "minutes": 30, "checklist": ["fine", text]})
    assert answer.status_code == 400
    assert answer.json()["fields"] == {"title": [REASON], "checklist[1]": [REASON]}
    assert alice_api.get("/api/tasks", {"q": text}).json()["fields"] == {"q": [REASON]}
    assert not Task.objects.exists()


@pytest.mark.parametrize("text", BAD[:1] + BAD[3:5])
def test_people_are_told_at_the_field(alice_client, text):
    answer = alice_client.post(reverse("settings"), {"name": text, "time_zone": "UTC", "clock": "24", "week_start": 0})
    assert REASON in answer.content.decode()


def test_so_are_people_who_sign_up(charlie_client):
    form = {"email": "a\x07@example.com", "password1": "four plain words here"}
    assert charlie_client.post("/accounts/signup/", form).status_code == 200
