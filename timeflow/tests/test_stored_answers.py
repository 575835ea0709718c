"""What was made for one person is kept by no cache on the way, nor by the browser, where the next one would see it."""

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.http import HttpResponse
from django.test import RequestFactory

from timeflow.lib.http import PersonalAnswersMiddleware


def assert_kept_by_nobody(answer: HttpResponse) -> None:
    assert "no-store" in answer.headers.get("Cache-Control", "")
    assert "Cookie" in answer.headers.get("Vary", "")


@pytest.mark.parametrize("address", ["/", "/today", "/settings/account", "/nowhere", "/api/auth/me", "/api/tasks"])
def test_nothing_said_to_a_person_is_kept(alice_client, address):
    assert_kept_by_nobody(alice_client.get(address))


def test_the_last_page_of_a_person_who_leaves_is_not_kept(alice_client, alice):
    answer = alice_client.post("/settings/account/delete")
    assert alice.email in answer.content.decode()
    assert_kept_by_nobody(answer)


def test_a_page_behind_a_link_from_a_letter_is_not_kept(alice, charlie_client):
    key = EmailConfirmationHMAC(EmailAddress.objects.create(user=alice, email=alice.email)).key
    answer = charlie_client.get(f"/accounts/confirm-email/{key}/")
    assert alice.email in answer.content.decode()
    assert_kept_by_nobody(answer)


def test_neither_is_a_csrf_token(charlie_client):
    assert_kept_by_nobody(charlie_client.get("/api/auth/csrf"))


def test_a_view_may_say_that_its_answer_is_for_everybody():
    public = HttpResponse(headers={"Cache-Control": "public, max-age=60"})
    answer = PersonalAnswersMiddleware(lambda _request: public)(RequestFactory().get("/"))
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert not answer.has_header("Vary")
