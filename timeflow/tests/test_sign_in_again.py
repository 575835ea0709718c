"""Pages that outlive their session or their token: nobody loses what they typed, everybody finds the way back."""

import json

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.tests.factories import give_password
from accounts.tests.signing_in import sign_in
from scheduling.models import PlanJob, Task

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}
TASKS = {"Referer": "http://testserver/tasks?state=open"}
WAY_BACK = "/accounts/login/?next=/tasks%3Fstate%3Dopen"


@pytest.fixture
def strict_client(alice) -> Client:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, alice)
    return client


def test_a_page_asked_for_without_a_session_comes_after_signing_in(charlie_client):
    assert charlie_client.get("/tasks?state=done")["Location"] == "/accounts/login/?next=/tasks%3Fstate%3Ddone"


@pytest.mark.parametrize("has_token", [True, False])
def test_a_button_pressed_without_a_session_leads_back_to_its_page(db, has_token):
    client = Client(enforce_csrf_checks=not has_token)
    answer = client.post("/plan", headers=TASKS)
    assert answer["Location"] == WAY_BACK
    assert "You were signed out, so nothing was changed." in client.get(WAY_BACK).content.decode()


@pytest.mark.parametrize("has_token", [True, False])
def test_a_script_without_a_session_is_told_where_to_sign_in(db, has_token):
    answer = Client(enforce_csrf_checks=not has_token).post("/tasks/add", {"text": "x"}, headers={**HTMX, **TASKS})
    assert answer.status_code == 401
    said = json.loads(answer["HX-Trigger"])["page-stale"]
    assert (said["label"], said["address"]) == ("Sign in again", WAY_BACK)
    answer = Client(enforce_csrf_checks=not has_token).post("/week/place", headers={**JSON, **TASKS})
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert answer.json()["link"] == {"label": "Sign in again", "address": WAY_BACK}


def test_nobody_is_led_away_from_here(charlie_client):
    answer = charlie_client.post("/plan", headers={"Referer": "https://elsewhere.example/x"})
    assert answer["Location"] == "/accounts/login/"


def test_a_button_of_a_page_with_an_old_token_leads_back_to_a_fresh_one(strict_client):
    answer = strict_client.post("/plan", {"csrfmiddlewaretoken": "old"}, headers=TASKS)
    assert answer["Location"] == "/tasks?state=open"
    assert "out of date" in strict_client.get("/tasks").content.decode()
    assert not PlanJob.objects.exists()


def test_a_form_with_an_old_token_is_not_thrown_away(strict_client):
    answer = strict_client.post("/settings", {"name": "x"}, headers=TASKS)
    assert answer.status_code == 403
    said = answer.content.decode()
    assert 'href="/tasks?state=open"' in said
    assert f'href="{WAY_BACK}"' in said


def test_a_script_of_a_page_with_an_old_token_is_told_to_load_it_anew(strict_client):
    answer = strict_client.post("/tasks/add", {"text": "x"}, headers={**HTMX, **TASKS})
    assert answer.status_code == 403
    said = json.loads(answer["HX-Trigger"])["page-stale"]
    assert (said["label"], said["address"]) == ("Reload", "/tasks?state=open")
    assert not Task.objects.exists()


def test_signing_in_with_an_old_token_is_explained_and_not_led_in_circles(db):
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.com", "password": "x"})
    assert answer.status_code == 403
    assert "keeps no cookies" in answer.content.decode()


@pytest.fixture
def password(alice: User) -> str:
    give_password(alice, "correct horse battery")
    return "correct horse battery"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_typed_line_outlives_its_session(password, alice_page: Page, live_server, alice: User):
    alice_page.goto(f"{live_server.url}/tasks?state=unplanned")
    alice_page.context.clear_cookies()
    line = alice_page.locator("#quick-text")
    line.fill("report 2h")
    alice_page.keyboard.press("Enter")
    toast = alice_page.locator("[data-toast]")
    expect(toast).to_contain_text("You were signed out, so nothing was changed.")
    expect(line).to_have_value("report 2h")
    line.fill("report 2h #board")
    expect(toast).to_have_count(1)
    toast.get_by_role("link", name="Sign in again").click()
    alice_page.get_by_label("E-mail").fill(alice.email)
    alice_page.get_by_label("Password").fill(password)
    alice_page.get_by_role("button", name="Sign in").click()
    alice_page.wait_for_url("**/tasks?state=unplanned")
    expect(line).to_have_value("report 2h #board")
    expect(alice_page.locator("#understood .chip").first).to_have_text("2 h")
    alice_page.keyboard.press("Enter")
    expect(alice_page.get_by_role("link", name="report", exact=True)).to_be_visible()
    alice_page.reload()
    expect(line).to_have_value("")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_planning_by_key_after_the_session_leads_to_sign_in_and_back(alice_page: Page, live_server):
    alice_page.goto(f"{live_server.url}/tasks")
    alice_page.context.clear_cookies()
    alice_page.keyboard.press("p")
    alice_page.wait_for_url("**/accounts/login/?next=/tasks")
    expect(alice_page.locator("[data-toast]")).to_contain_text("You were signed out")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_page_with_an_old_token_offers_to_load_anew_and_keeps_the_line(alice_page: Page, live_server):
    alice_page.goto(f"{live_server.url}/tasks")
    alice_page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    alice_page.locator("#quick-text").fill("report 2h")
    alice_page.keyboard.press("Enter")
    alice_page.get_by_role("link", name="Reload").click()
    expect(alice_page.locator("#quick-text")).to_have_value("report 2h")
    expect(alice_page.locator("#understood .chip").first).to_have_text("2 h")
