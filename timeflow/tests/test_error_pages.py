import pytest
from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views import defaults
from psycopg.errors import DiskFull

from accounts.tests.signing_in import sign_in
from timeflow.lib import error_pages


def test_an_unknown_address_gets_a_page_of_ours(charlie_client):
    answer = charlie_client.get("/nothing/here")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_an_unknown_address_of_the_api_gets_problem_json(charlie_client):
    answer = charlie_client.get("/api/nothing")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("view", "error", "status", "words"),
    [
        (defaults.bad_request, BadRequest(), 400, "could not be understood"),
        (defaults.permission_denied, PermissionError(), 403, "not yours to open"),
    ],
)
def test_refusals_of_the_framework_get_pages_of_ours(rf, view, error, status, words):
    answer = view(rf.get("/"), error)
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_form_without_its_token_is_explained(alice):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, alice)
    answer = client.post("/settings", {"name": "x"})
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.content.decode()


def test_our_own_mistakes_are_said_without_a_database():
    answer = error_pages.server_error(RequestFactory().get("/week"))
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert error_pages.server_error(RequestFactory().get("/api/auth/me"))["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("address", ["/today", "/api/tasks", "/"])
@pytest.mark.parametrize("error", [OperationalError("server closed the connection"), InterfaceError("is closed")])
def test_while_the_database_is_away_everybody_hears_that_and_when_to_come_back(alice_client, address, error):
    alice_client.raise_request_exception = False

    def away(*_args):
        raise error

    with connection.execute_wrapper(away):
        answer = alice_client.get(address)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    told = answer.json()["detail"] if address.startswith("/api/") else answer.content.decode()
    assert "database does not answer" in told
    assert alice_client.get(address).status_code < 400


def on_postgres(words: str) -> OperationalError:
    error = OperationalError(words)
    error.__cause__ = DiskFull(words)
    return error


@pytest.mark.parametrize("address", ["/today", "/api/tasks"])
@pytest.mark.parametrize(
    "error",
    [OperationalError("database or disk is full"), on_postgres("could not extend file: No space left on device")],
)
def test_a_disk_that_is_full_is_told_as_that(alice_client, address, error):
    alice_client.raise_request_exception = False

    def refuse(*_args):
        raise error

    with connection.execute_wrapper(refuse):
        answer = alice_client.get(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    told = answer.json()["detail"] if address.startswith("/api/") else answer.content.decode()
    assert "disk is full, so nothing was changed" in told


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html", "503.html"]
)
def test_error_pages_need_neither_a_request_nor_a_person(name):
    assert "To the start" in render_to_string(name)
