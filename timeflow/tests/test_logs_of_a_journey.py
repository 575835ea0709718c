"""What the log keeps of a person's day with TimeFlow: ids and events, and nothing of what they wrote."""

import io
import json
import logging
import re
from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from allauth.account.models import EmailAddress
from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from rest_framework.test import APIClient

from accounts.models import SecurityEvent, User
from accounts.tests.letters import link_in
from accounts.tests.signing_in import access_to, sign_in
from timeflow import urls
from timeflow.lib.logs import Suspicion, formatter
from timeflow.lib.redaction import WithoutSecrets
from timeflow.tests.routes import World

ADDRESS, PASSWORD = "charlie.brown@mail.example", "four plain words here"
TITLE, NOTES = "Zahnarztbesuch", "Wurzelbehandlung"
UNKNOWN_TOKEN = "tfp_Zm9yZ290dGVuLXRva2VuLW9mLW5vYm9keQ"


@login_not_required
def break_down(request: HttpRequest) -> HttpResponse:
    raise ValueError(f"this is no number: '{request.POST['title']}'")


@login_not_required
def break_a_constraint(_request: HttpRequest) -> HttpResponse:
    """Databases show the row that they refuse."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO lib_lease (name, held_until) VALUES (%s, NULL)", [TITLE])
    raise AssertionError("the database took it")


urlpatterns = [
    *urls.urlpatterns,
    path("breaks", break_down, name="breaks"),
    path("api/breaks", break_a_constraint, name="api-breaks"),
]
handler404, handler500 = urls.handler404, urls.handler500


class Log:
    """What the installation's handler writes, in JSON."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def lines(self, event: str = "") -> list[dict]:
        lines = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in lines if line["event"] == event or not event]


@pytest.fixture
def log() -> Iterator[Log]:
    # Celery's first look at its tasks sets up Django anew, and with it the handlers of the log.
    current_app.loader.import_default_modules()
    log, root = Log(), logging.getLogger()
    handler = logging.StreamHandler(log.stream)
    handler.setFormatter(formatter(as_json=True))
    handler.addFilter(WithoutSecrets())
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield log
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def breaking(settings) -> Client:
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


def sign_up(browser: Client) -> User:
    """The whole way in: a wrong password, too, and the links of the letter."""
    browser.post("/accounts/signup/", {"email": ADDRESS, "password1": PASSWORD})
    browser.post("/accounts/login/", {"login": ADDRESS, "password": "not this one"})
    browser.get(link_in(mail.outbox[0]))
    browser.post(link_in(mail.outbox[0]))
    return EmailAddress.objects.get(email=ADDRESS).user


def test_a_whole_journey_leaves_ids_and_nothing_that_was_written(db, log, breaking):
    user = sign_up(breaking)
    session = sign_in(breaking, user)
    breaking.post("/tasks/add", {"text": f"{TITLE} 30m"})
    breaking.get("/tasks", {"q": TITLE})
    breaking.get(f"/nothing/{ADDRESS}/{UNKNOWN_TOKEN}", {"title": TITLE})
    breaking.post("/settings/account/export")
    breaking.post("/breaks", {"title": TITLE})
    api = APIClient(raise_request_exception=False)
    api.cookies = breaking.cookies
    secret = api.post("/api/auth/tokens", {"name": TITLE, "scope": "write", "days": 30}).json()["secret"]
    program = APIClient(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})
    assert program.post("/api/tasks", {"title": TITLE, "notes": NOTES, "minutes": 60}).status_code == 201
    program.post("/api/tasks", {"title": TITLE, "notes": NOTES, "minutes": TITLE, NOTES: 1})
    program.get("/api/breaks")
    APIClient(headers={"Authorization": f"Bearer {UNKNOWN_TOKEN}"}).get("/api/tasks")
    stranger = Client(enforce_csrf_checks=True, headers={"Referer": f"http://testserver/tasks?q={TITLE}"})
    stranger.cookies[settings.ACCESS_COOKIE_NAME] = access_to(session)[:-3]
    stranger.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})

    assert len(log.lines("request")) > 12
    assert {line["user"] for line in log.lines("request") if "user" in line} == {str(user.pk)}
    kept = log.text.lower()
    letter = link_in(mail.outbox[0]).rstrip("/").rpartition("/")[2]
    tokens = [UNKNOWN_TOKEN[4:], secret[4:], access_to(session), letter]
    for written in (ADDRESS, "charlie.brown", PASSWORD, TITLE, NOTES, *tokens):
        assert written.lower() not in kept, written
    security = {line["event"] for line in log.lines() if line["event"].startswith("security.")}
    told = {"sign_in_failed", "exported", "token_created", "api_token_refused", "csrf_refused", "token_refused"}
    assert security >= {f"security.{kind}" for kind in told}


def test_an_error_of_ours_is_one_line_that_the_answer_names(db, log, breaking):
    answer = breaking.post("/breaks", {"title": TITLE})
    (line,) = [line for line in log.lines() if "exception" in line]
    assert answer.status_code == 500
    assert answer["X-Request-ID"] == line["request_id"]
    assert line["request_id"] in answer.content.decode()
    assert line["exception"][0]["words"] == "this is no number: …"
    assert line["exception"][0]["way"][-1].endswith("break_down")


def test_a_program_reads_the_id_of_its_request_in_the_problem(db, log, breaking):
    answer = breaking.get("/api/breaks")
    (line,) = [line for line in log.lines() if "exception" in line]
    assert answer.json()["request_id"] == answer["X-Request-ID"] == line["request_id"]
    assert line["exception"][0]["error"] == IntegrityError.__name__


def test_each_request_is_one_line_with_the_name_of_its_route(alice, alice_client, log):
    task = World(alice).task()
    answer = alice_client.get(f"/tasks/{task.pk}?q=x")
    (line,) = log.lines("request")
    assert line.pop("duration_ms") >= 0
    del line["time"]
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "timeflow.requests",
        "request_id": answer["X-Request-ID"],
        "user": str(alice.pk),
        "method": "GET",
        "route": "task",
        "status": 200,
    }


def test_the_person_of_an_api_token_is_named_too(alice, alice_api, log):
    secret = alice_api.post("/api/auth/tokens", {"name": "x", "scope": "read", "days": 30}).json()["secret"]
    APIClient(headers={"Authorization": f"Bearer {secret}"}).get("/api/tasks")
    assert [line["user"] for line in log.lines("request")] == [str(alice.pk)] * 2


def test_whoever_reaches_for_what_is_not_theirs_is_written_down(alice, bob, bob_client, bob_api, log):
    task = World(alice).task()
    bob_client.get(f"/tasks/{task.pk}")
    bob_api.get(f"/api/tasks/{task.pk}")
    secret = bob_api.post("/api/auth/tokens", {"name": "x", "scope": "read", "days": 30}).json()["secret"]
    program = APIClient(headers={"Authorization": f"Bearer {secret}"})
    program.post("/api/tasks", {"title": TITLE, "minutes": 30})
    program.get("/api/auth/sessions")
    lines = log.lines("security.access_refused")
    assert [line["reason"] for line in lines] == ["not_found", "not_found", "scope_too_small", "not_for_tokens"]
    assert {line["user"] for line in lines} == {str(bob.pk)}


def test_whoever_asks_too_often_is_written_down_with_the_scope(limits, alice, alice_api, log):
    limits(api=1)
    assert [alice_api.get("/api/tasks").status_code for _ in range(2)] == [200, 429]
    (line,) = log.lines("security.rate_refused")
    assert (line["reason"], line["user"]) == ("api", str(alice.pk))


def test_a_request_of_nobody_follows_one_of_alice(alice_client, charlie_client, log):
    alice_client.get("/")
    charlie_client.get("/")
    assert ["user" in line for line in log.lines("request")] == [True, False]


@pytest.mark.parametrize(
    ("sender", "given", "is_taken"),
    [
        ("10.0.0.9", "0123abcd-Proxy", True),
        ("10.0.0.9", "short", False),
        ("10.0.0.9", "x" * 65, False),
        ("10.0.0.9", "01234567\n", False),
        ("10.0.0.9", "0123 4567", False),
        ("192.0.2.1", "0123abcd-Proxy", False),
    ],
)
def test_only_a_trusted_proxy_names_a_request(db, settings, sender, given, is_taken):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    answer = Client(REMOTE_ADDR=sender).get("/", headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == given) is is_taken
    assert re.fullmatch(r"[A-Za-z0-9-]{8,64}", answer["X-Request-ID"])


def test_a_background_task_is_one_line_and_gives_the_request_its_name_back(transactional_db, alice, alice_client, log):
    alice_client.post("/settings/account/export")
    (task,), (request,) = log.lines("task"), log.lines("request")
    assert (task["task"], task["errand"]) == ("timeflow.lib.tasks.run_errand", "accounts.tasks.send_notice")
    assert task["state"] == "SUCCESS"
    assert task["task_id"]
    assert task["request_id"] == request["request_id"]
    assert {"task", "task_id", "errand"}.isdisjoint(request)


def test_these_are_the_names_to_count_for_security():
    ours = "token_refused api_token_refused csrf_refused sign_in_failed request_refused access_refused rate_refused "
    ours += "metrics_refused"
    of_accounts = (
        "signed_in signed_out session_ended sessions_ended session_stolen password_changed email_changed method_added "
        "method_removed token_created token_revoked connection_added connection_removed connection_broken exported "
        "plan_shared plan_unshared deletion_asked deletion_undone staff_viewed staff_changed"
    )
    assert {*Suspicion} == {*ours.split()}
    assert {*SecurityEvent.Kind} == {*of_accounts.split()}
    page = (settings.BASE_DIR / "docs" / "MONITORING.md").read_text()
    assert all(f"`{kind}`" in page for kind in Suspicion)
