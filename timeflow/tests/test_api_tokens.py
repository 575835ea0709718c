"""Personal API tokens: made with a fresh sign-in, shown once, good for their scope and for nothing of the account."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.domain.callers import Caller
from accounts.errors import NotForTokens
from accounts.models import ApiToken, SecurityEvent, Session, User
from accounts.permissions import BrowserOnly
from accounts.services.api_tokens import create_api_token
from scheduling.models import Task
from timeflow.tests.routes import all_routes

NOW = datetime(2026, 4, 21, 8, tzinfo=UTC)
WANTED = {"name": "My script", "scope": "write", "days": 30}


def token_of(user: User, scope: str = "write", now: datetime | None = None) -> str:
    return create_api_token(user=user, name="Script", scope=scope, days=30, caller=Caller(), now=now or timezone.now())[
        1
    ]


def program(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def test_a_token_is_shown_once_and_kept_as_a_digest(alice_api):
    answer = alice_api.post("/api/auth/tokens", WANTED)
    assert answer.status_code == 201
    secret = answer.json()["secret"]
    assert re.fullmatch(r"tfp_[\w-]{43}", secret)
    assert answer["Cache-Control"] == "no-store"
    listed = alice_api.get("/api/auth/tokens").json()["results"]
    assert [row["name"] for row in listed] == ["My script"]
    assert secret not in str(listed)
    assert secret[8:] not in str(ApiToken.objects.values().get())


def test_a_token_does_what_its_person_may(alice, alice_api):
    client = program(token_of(alice))
    assert client.post("/api/tasks", {"title": "Report", "minutes": 60}).status_code == 201
    assert Task.objects.get().user == alice
    assert client.get("/api/auth/me").json()["email"] == alice.email


def test_a_token_that_may_only_read_changes_nothing(alice):
    client = program(token_of(alice, "read"))
    assert client.get("/api/tasks").status_code == 200
    answer = client.post("/api/tasks", {"title": "Report", "minutes": 60})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_too_small")
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer tfp_",
        "Bearer tfp_" + "x" * 43,
        "Bearer nonsense",
        "Bearer tfp_é",
        "Bearer \x00",
        "Bearer " + "tfp_" + "x" * 4000,
        "Basic YWxpY2U6eA==",
        "tfp_x",
    ],
)
def test_a_bad_bearer_is_refused_even_beside_good_cookies(alice_api, header):
    answer = alice_api.get("/api/tasks", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_ends_when_its_days_are_over_or_it_is_revoked(alice, alice_api, time_machine):
    time_machine.move_to(NOW)
    client = program(token_of(alice, now=NOW))
    assert client.get("/api/tasks").status_code == 200
    time_machine.move_to(NOW + timedelta(days=30))
    assert client.get("/api/tasks").status_code == 401
    time_machine.move_to(NOW)
    token = ApiToken.objects.get()
    assert alice_api.delete(f"/api/auth/tokens/{token.pk}").status_code == 204
    assert client.get("/api/tasks").status_code == 401
    assert alice_api.delete(f"/api/auth/tokens/{token.pk}").status_code == 404
    assert alice_api.get("/api/auth/tokens").json()["results"] == []


def test_the_token_of_somebody_who_is_switched_off_opens_nothing(alice):
    client = program(token_of(alice))
    User.objects.update(is_active=False)
    assert client.get("/api/tasks").status_code == 401


def test_the_last_use_is_noted_by_the_minute(alice, time_machine, django_assert_num_queries):
    time_machine.move_to(NOW, tick=False)
    client = program(token_of(alice, now=NOW))
    client.get("/api/auth/me")
    assert ApiToken.objects.get().last_used_at == NOW
    time_machine.move_to(NOW + timedelta(seconds=59), tick=False)
    with django_assert_num_queries(1):
        client.get("/api/auth/me")
    assert ApiToken.objects.get().last_used_at == NOW


def test_a_token_reaches_nothing_of_the_account(alice):
    client = program(token_of(alice))
    for path in ("sessions", "tokens"):
        answer = client.get(f"/api/auth/{path}")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_for_tokens")
    for path in ("logout", "logout-all", "tokens"):
        assert client.post(f"/api/auth/{path}", content_type="application/json").status_code == 403
    assert client.patch("/api/auth/me", {"name": "Eve"}).status_code == 403
    alice.refresh_from_db()
    assert alice.name == "Alice"


def test_every_route_of_the_account_is_closed_to_tokens():
    """A new one below /api/auth/ is for browsers until somebody says why not."""
    open_to_tokens = {"api-me": "reading who one is", "api-csrf": "for nobody", "api-refresh": "for cookies only"}
    routes = [route for route in all_routes() if route.pattern.startswith(("api/auth/", "api/account"))]
    assert len(routes) >= 9
    for route in routes:
        if route.name not in open_to_tokens:
            assert route.view.cls.permission_classes == [BrowserOnly], route.name


def test_making_a_token_needs_a_fresh_sign_in(alice_api):
    Session.objects.update(authenticated_at=timezone.now() - timedelta(minutes=10))
    answer = alice_api.post("/api/auth/tokens", WANTED)
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_sign_in_needed")
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 61), ("scope", "admin"), ("days", 0), ("days", 366), ("days", "x"), ("user", "x")],
)
def test_a_bad_wish_is_refused_at_its_field(alice_api, field, value):
    answer = alice_api.post("/api/auth/tokens", {**WANTED, field: value})
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {field}


def test_fifty_tokens_are_enough(alice, alice_api):
    for _ in range(50):
        token_of(alice)
    assert "At most 50" in alice_api.post("/api/auth/tokens", WANTED).json()["detail"]


def test_bob_neither_sees_nor_revokes_alices_token(alice, bob_api):
    secret = token_of(alice)
    token = ApiToken.objects.get()
    assert bob_api.get("/api/auth/tokens").json()["results"] == []
    assert bob_api.delete(f"/api/auth/tokens/{token.pk}").status_code == 404
    assert bob_api.delete(f"/api/auth/tokens/{uuid.uuid4()}").status_code == 404
    assert program(secret).get("/api/tasks").status_code == 200


def test_the_page_shows_the_secret_once(alice_client, alice):
    page = alice_client.post("/settings/tokens", {"name": "Script", "scope": "read", "days": 90}).content.decode()
    secret = re.search(r"tfp_[\w-]{43}", page).group()
    assert program(secret).get("/api/tasks").status_code == 200
    again = alice_client.get("/settings/tokens").content.decode()
    assert secret not in again
    assert secret[:8] in again
    made = alice.security_events.get()
    assert (made.kind, made.facts) == (SecurityEvent.Kind.TOKEN_CREATED, {"name": "Script", "scope": "read"})


def test_the_page_revokes(alice_client, alice):
    secret = token_of(alice)
    answer = alice_client.post(f"/settings/tokens/{ApiToken.objects.get().pk}/revoke", follow=True)
    assert "The token is revoked." in answer.content.decode()
    assert program(secret).get("/api/tasks").status_code == 401


def test_the_page_asks_who_it_is_first_and_then_goes_on_with_what_was_typed(alice_client, alice):
    alice.set_password("four plain words here")
    alice.save()
    Session.objects.update(authenticated_at=timezone.now() - timedelta(hours=1))
    answer = alice_client.post("/settings/tokens", {"name": "Script", "scope": "read", "days": 90})
    assert answer.headers["Location"] == "/accounts/reauthenticate/?next=%2Fsettings%2Ftokens"
    assert not ApiToken.objects.exists()
    answer = alice_client.post(
        "/accounts/reauthenticate/", {"password": "four plain words here", "next": "/settings/tokens"}
    )
    assert re.search(r"tfp_[\w-]{43}", answer.content.decode())
    assert ApiToken.objects.get().name == "Script"
    assert not answer.cookies[settings.SESSION_COOKIE_NAME].value, "what was needed on the way is kept"


def test_an_operator_makes_a_token_by_command(alice, capsys):
    call_command("create_api_token", "--email", "ALICE@example.com", "--scope", "read", "--days", "7")
    secret = capsys.readouterr().out.strip()
    assert program(secret).get("/api/tasks").status_code == 200
    assert ApiToken.objects.get().name == "Made by an operator"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (["--email", "nobody@example.com", "--scope", "read", "--days", "7"], "Nobody here has the address"),
        (["--email", "alice@example.com", "--scope", "read", "--days", "0"], "1 to 365 days"),
        (["--email", "alice@example.com", "--scope", "all", "--days", "7"], "invalid choice"),
    ],
)
def test_the_command_says_what_is_wrong(alice, wish, words):
    with pytest.raises(CommandError, match=words):
        call_command("create_api_token", *wish)
    assert not ApiToken.objects.exists()


def test_a_refusal_for_tokens_says_what_to_do():
    assert "browser" in NotForTokens.detail
