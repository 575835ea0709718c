"""What is answered to a person is stored nowhere between here and them, whatever the answer is."""

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from timeflow.tests.every_route.walking import EVERY, ask, browser_of, named, undone, walks
from timeflow.tests.routes import Route, World, unknown_values, values_for

# Answers that are the same for everybody and may be stored, with the reason.
MAY_BE_STORED = {
    "healthz": "probes are nobody and read no stored answers",
    "readyz": "probes are nobody and read no stored answers",
    "metrics": "Prometheus is nobody and reads no stored answers; it says no-store",
}
pytestmark = walks


def storable(answer: HttpResponse) -> list[str]:
    """What an answer's headers lack to be kept by nobody."""
    faults = []
    if "no-store" not in answer.headers.get("Cache-Control", ""):
        faults.append(f"Cache-Control: {answer.headers.get('Cache-Control')} lacks no-store")
    if "cookie" not in answer.headers.get("Vary", "").lower():
        faults.append(f"Vary: {answer.headers.get('Vary')} lacks Cookie")
    return faults


def faults_of_answers(route: Route, owner: User) -> list[str]:
    values = values_for(route, World(owner))
    address, missing = route.address(values), route.address(unknown_values(values))
    insider, stranger = browser_of(owner, route), browser_of(None, route)
    asked = {
        "GET": (insider, "GET", address),
        "GET by a stranger": (stranger, "GET", address),
        "GET of what is not there": (insider, "GET", missing),
        "GET with a query that nobody knows": (insider, "GET", f"{address}?page=%00&surprise=1"),
        "a method that nobody knows": (insider, "PROPFIND", address),
        "POST": (insider, "POST", address),
        "POST to what is not there": (insider, "POST", missing),
    }
    faults = []
    for what, (client, method, where) in asked.items():
        with undone():
            answer = ask(client, method, where)
        faults += [
            f"{what} was answered {answer.status_code} with headers that let others keep it: {fault}. Leave "
            f"Cache-Control to PersonalAnswersMiddleware, or name “{route.name}” in MAY_BE_STORED with the reason."
            for fault in storable(answer)
        ]
    return faults


@pytest.mark.parametrize("route", named([route for route in EVERY if route.name not in MAY_BE_STORED]))
def test_no_answer_to_a_person_is_stored(route: Route, alice):
    assert not faults_of_answers(route, alice)


@pytest.mark.parametrize(
    ("address", "status"), [("/nowhere", 404), ("/api/nowhere", 404), ("/accounts/login", 301), ("/tasks/%00", 404)]
)
def test_nor_is_what_no_view_answered(address, status, alice_client):
    answer = alice_client.get(address)
    assert answer.status_code == status
    assert not storable(answer)


def test_nor_what_was_refused_before_a_view(alice, alice_client, limits):
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = alice_client.cookies
    assert (refused := forged.post("/tasks/add")).status_code == 403
    assert not storable(refused)
    limits(page=0, api=0, ip=5)
    answers = [alice_client.get(address) for address in ("/tasks", "/api/tasks", "/", "/", "/", "/")]
    assert {answer.status_code for answer in answers[:2]} | {answers[-1].status_code} == {429}
    assert not [fault for answer in answers for fault in storable(answer)]


def test_what_is_the_same_for_everybody_may_be_stored_but_brings_no_cookie(alice_client):
    answer = alice_client.get("/static/js/app.js")
    assert "no-store" not in answer.headers["Cache-Control"]
    assert "cookie" not in answer.headers.get("Vary", "").lower()
    assert not answer.cookies


def test_list_of_exceptions_names_routes_that_exist():
    assert set(MAY_BE_STORED) <= {route.name for route in EVERY}
