"""Many tabs, one token: real threads and real row locks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.domain.callers import Caller
from accounts.models import Session
from accounts.services.sessions import open_session

AT, RT = settings.ACCESS_COOKIE_NAME, settings.REFRESH_COOKIE_NAME
TABS = 12
JSON = "application/json"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def at_once(deeds):
    """All deeds in threads of their own, begun together; each thread leaves its connection closed."""
    gate = Barrier(len(deeds))

    def run(deed):
        try:
            gate.wait()
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [done.result() for done in [pool.submit(run, deed) for deed in deeds]]


def tab(access: str, refresh: str) -> Client:
    client = Client()
    client.cookies[AT], client.cookies[RT] = access, refresh
    return client


def test_twelve_tabs_that_refresh_one_token_at_once_rotate_it_once_and_all_stay_in(alice):
    tokens = open_session(user=alice, caller=Caller(), method="password", now=timezone.now())
    tabs = [tab(tokens.access, tokens.refresh) for _ in range(TABS)]
    answers = at_once([lambda client=client: client.post("/api/auth/refresh", content_type=JSON) for client in tabs])
    assert [answer.status_code for answer in answers] == [204] * TABS
    assert sum(RT in answer.cookies for answer in answers) == 1
    assert Session.objects.filter(revoked_at=None).count() == Session.objects.count() == 1
    assert all(client.get("/api/auth/me").status_code == 200 for client in tabs)
    winner = next(client for client, answer in zip(tabs, answers, strict=True) if RT in answer.cookies)
    assert winner.post("/api/auth/refresh", content_type=JSON).status_code == 204


def test_a_copy_shown_twelve_times_at_once_ends_the_session_once(alice):
    tokens = open_session(user=alice, caller=Caller(), method="password", now=timezone.now())
    owner = tab(tokens.access, tokens.refresh)
    assert owner.post("/api/auth/refresh", content_type=JSON).status_code == 204
    assert owner.post("/api/auth/refresh", content_type=JSON).status_code == 204
    thieves = [tab(tokens.access, tokens.refresh) for _ in range(TABS)]
    answers = at_once([lambda client=client: client.post("/api/auth/refresh", content_type=JSON) for client in thieves])
    assert {answer.status_code for answer in answers} == {401}
    assert owner.get("/api/auth/me").status_code == 401
    assert owner.post("/api/auth/refresh", content_type=JSON).status_code == 401
    assert alice.security_events.filter(kind="session_stolen").count() == 1


def test_a_refresh_and_signing_out_at_once_leave_nobody_in(alice):
    tokens = open_session(user=alice, caller=Caller(), method="password", now=timezone.now())
    tabs = [tab(tokens.access, tokens.refresh) for _ in range(4)]
    leaving = tab(tokens.access, tokens.refresh)
    deeds = [lambda client=client: client.post("/api/auth/refresh", content_type=JSON) for client in tabs]
    at_once([*deeds, lambda: leaving.post("/api/auth/logout", content_type=JSON)])
    assert all(client.get("/api/auth/me").status_code == 401 for client in [*tabs, leaving])
    assert not Session.objects.live(timezone.now() + timedelta(seconds=1)).exists()
