"""Rate limits at the doors: who is stopped, how they are told, and what goes on without the shared counter."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.conf import settings as configured
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from accounts.domain.callers import Caller
from accounts.services.sessions import open_session
from accounts.tests.factories import UserFactory
from accounts.tests.signing_in import sign_in
from timeflow.lib.limits import PAUSE

pytestmark = pytest.mark.django_db


@pytest.fixture
def proxy(settings):
    """The test client stands behind a proxy that may say where requests come from."""
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]


@pytest.fixture
def dead_redis(settings, limits):
    """Redis is set, and nothing listens where it should be."""
    redis = "django.core.cache.backends.redis.RedisCache"
    nowhere = {"BACKEND": redis, "LOCATION": "redis://127.0.0.1:1/0", "OPTIONS": configured.CACHE_TIMEOUTS}
    settings.CACHES = configured.CACHES | {"default": nowhere}
    settings.RATELIMIT_USE_CACHE = "default"


def opened(user) -> Client:
    """A browser of the user's with both tokens."""
    client = Client()
    tokens = open_session(user=user, caller=Caller(), method="password", now=timezone.now())
    client.cookies[configured.ACCESS_COOKIE_NAME] = tokens.access
    client.cookies[configured.REFRESH_COOKIE_NAME] = tokens.refresh
    return client


def codes(client, address, times, **more) -> list[int]:
    return [client.get(address, **more).status_code for _ in range(times)]


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_at_once_exactly_ten_get_through(limits):
    limits(ip=10)
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: Client().get("/api/nothing").status_code, range(100)))
    assert (got.count(404), got.count(429)) == (10, 90)


def test_an_address_is_stopped_before_anybody_asks_who_it_is(limits, alice, django_assert_num_queries):
    limits(ip=0)
    client = Client(enforce_csrf_checks=True)
    sign_in(client, alice)
    with django_assert_num_queries(0):
        answer = client.post("/settings", {"name": "x"})
    assert answer.status_code == 429


@pytest.mark.parametrize("made_up", ["203.0.113.7", "127.0.0.1, 203.0.113.8", "nonsense"])
def test_what_a_stranger_writes_into_x_forwarded_for_does_not_help(limits, made_up):
    limits(ip=1)
    client = Client()
    assert codes(client, "/", 1) == [200]
    assert codes(client, "/", 1, headers={"X-Forwarded-For": made_up}) == [429]


def test_behind_a_proxy_only_the_last_hop_counts(limits, proxy):
    limits(ip=1)
    client = Client()
    assert codes(client, "/", 1, headers={"X-Forwarded-For": "203.0.113.7"}) == [200]
    assert codes(client, "/", 1, headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}) == [429]
    assert codes(client, "/", 1, headers={"X-Forwarded-For": "203.0.113.8"}) == [200]


def test_hopping_through_the_addresses_of_one_ipv6_network_does_not_help(limits, proxy):
    limits(ip=1)
    client = Client()
    assert codes(client, "/", 1, headers={"X-Forwarded-For": "2001:db8:0:1::1"}) == [200]
    assert codes(client, "/", 1, headers={"X-Forwarded-For": "2001:db8:0:1:ffff::9"}) == [429]
    assert codes(client, "/", 1, headers={"X-Forwarded-For": "2001:db8:0:2::1"}) == [200]


@pytest.mark.parametrize(("scope", "address"), [("page", "/tasks"), ("api", "/api/tasks")])
def test_one_persons_exhaustion_is_not_anothers(limits, alice_client, bob_client, scope, address):
    limits(**{scope: 2})
    assert codes(alice_client, address, 3) == [200, 200, 429]
    assert codes(bob_client, address, 1) == [200]


def test_two_browsers_and_a_token_of_one_person_share_their_limit(limits, alice, alice_client):
    other = Client()
    sign_in(other, alice)
    limits(api=1)
    assert codes(alice_client, "/api/tasks", 1) == [200]
    assert codes(other, "/api/tasks", 1) == [429]


def test_a_program_is_told_how_much_is_left_and_when_to_come_back(limits, alice_api):
    limits(api=1)
    answer = alice_api.get("/api/tasks")
    assert answer.status_code == 200
    assert answer["RateLimit-Policy"] == '"api-86400";q=1;w=86400'
    assert answer["RateLimit"].startswith('"api-86400";r=0;t=')
    refused = alice_api.get("/api/tasks")
    assert refused.status_code == 429
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "too_many_requests"
    assert "Try again in" in refused.json()["detail"]
    assert 1 <= int(refused["Retry-After"]) <= 86_400
    assert refused["RateLimit-Policy"] == answer["RateLimit-Policy"]
    assert refused["Cache-Control"] == "no-store"


def test_windows_are_stacked(settings, limits, alice_api):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"api": [(100, 60), (1, 86_400)]}
    answer = alice_api.get("/api/tasks")
    assert answer["RateLimit-Policy"] == '"api-60";q=100;w=60, "api-86400";q=1;w=86400'
    assert alice_api.get("/api/tasks").status_code == 429


def test_what_the_short_window_refuses_does_not_wear_down_the_long_one(settings, limits, alice_api):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"api": [(1, 86_400), (10, 2 * 86_400)]}
    for _ in range(20):
        alice_api.get("/api/tasks")
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"api": [(10, 2 * 86_400)]}
    assert "r=8;" in alice_api.get("/api/tasks")["RateLimit"]


def test_a_person_sees_a_page_that_says_when(limits, alice_client):
    limits(page=0)
    answer = alice_client.get("/tasks")
    assert answer.status_code == 429
    assert "Try again in" in answer.content.decode()
    assert answer["Retry-After"]


def test_htmx_says_it_in_a_toast_and_leaves_what_was_typed_where_it_is(limits, alice_client):
    limits(page=0)
    answer = alice_client.post("/tasks/add", {"line": "Report"}, headers={"HX-Request": "true"})
    assert answer.status_code == 429
    assert answer["HX-Reswap"] == "none"
    assert "Try again in" in json.loads(answer["HX-Trigger"])["refused"]["words"]


def test_a_script_of_ours_gets_words_for_its_toast(limits, alice_client):
    limits(page=0)
    answer = alice_client.post("/week/place", {}, headers={"Accept": "application/json"})
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_requests"


def test_steps_of_signing_in_are_counted_by_address_whatever_name_is_tried(limits, charlie_client):
    limits(auth=2)
    tries = [charlie_client.post("/accounts/login/", {"login": f"{n}@example.com", "password": "x"}) for n in range(3)]
    assert [answer.status_code for answer in tries] == [200, 200, 429]
    assert charlie_client.get("/accounts/login/").status_code == 200
    assert charlie_client.get("/api/auth/csrf").status_code == 429


def test_allauths_own_limits_stay_and_say_when_to_come_back(settings, charlie_client):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}
    first, second = (charlie_client.post("/accounts/signup/", {}) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 429)
    assert second["Retry-After"]
    assert "Try again in" in second.content.decode()


def test_planning_is_stricter_and_shared_by_page_and_program(limits, alice_client, alice_api):
    limits(schedule=1)
    assert alice_client.post("/plan").status_code == 302
    assert alice_api.post("/api/schedule", {}).status_code == 429
    assert alice_api.get("/api/tasks").status_code == 200


def test_refreshing_is_counted_for_each_session(limits, alice, bob):
    limits(refresh=1)
    hers, his = opened(alice), opened(bob)
    assert hers.post("/api/auth/refresh", content_type="application/json").status_code == 204
    assert hers.post("/api/auth/refresh", content_type="application/json").status_code == 429
    assert his.post("/api/auth/refresh", content_type="application/json").status_code == 204


def test_made_up_refresh_tokens_are_counted_by_address(limits):
    limits(refresh=1)
    got = []
    for made_up in ("a.b.c", "x" * 5000, ""):
        client = Client()
        client.cookies[configured.REFRESH_COOKIE_NAME] = made_up
        got.append(client.post("/api/auth/refresh", content_type="application/json").status_code)
    assert got == [401, 429, 429]


def test_staff_are_exempt_from_everyday_limits_alone(limits, db):
    client = Client()
    sign_in(client, UserFactory(is_staff=True))
    limits(page=0, api=0, schedule=0)
    assert codes(client, "/tasks", 1) == codes(client, "/api/tasks", 1) == [200]
    assert client.post("/plan").status_code == 429


def test_health_checks_are_exempt(limits, charlie_client):
    limits(ip=0, page=0)
    assert 429 not in codes(charlie_client, "/healthz", 2) + codes(charlie_client, "/readyz", 2)
    assert codes(charlie_client, "/healthz/more", 1) == [429]


def test_without_redis_reading_and_writing_go_on_behind_a_limit_of_this_process(dead_redis, limits, alice):
    alice_client = opened(alice)
    assert codes(alice_client, "/tasks", 1) == codes(alice_client, "/api/tasks", 1) == [200]
    assert alice_client.post("/tasks/add", {"line": "Report"}).status_code == 302
    assert alice_client.post("/api/auth/refresh", content_type="application/json").status_code == 204
    limits(api=1)
    assert codes(alice_client, "/api/tasks", 2) == [200, 429]


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/plan", "/api/schedule"]
)
def test_without_redis_signing_in_and_planning_are_closed_for_a_moment(dead_redis, alice_client, address):
    for _ in range(2):
        answer = alice_client.post(address, {"login": "alice@example.com", "password": "x"})
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) == PAUSE


def test_without_redis_a_flow_that_needs_to_be_remembered_answers_503(dead_redis):
    client = Client(raise_request_exception=False)
    answer = client.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer["Retry-After"]


def test_nothing_waits_long_for_a_redis_that_is_silent():
    assert sum(configured.CACHE_TIMEOUTS.values()) < 0.5
    assert timedelta(seconds=PAUSE) < timedelta(seconds=10)


def test_the_counter_is_asked_again_after_a_pause(dead_redis, limits, alice_client, settings):
    assert alice_client.post("/plan").status_code == 503
    settings.RATELIMIT_USE_CACHE = "memory"
    assert alice_client.post("/plan").status_code == 503
    caches["memory"].clear()
    assert alice_client.post("/plan").status_code == 302


def test_deployment_page_says_the_limits_that_are_set():
    page = (configured.BASE_DIR / "docs" / "DEPLOYMENT.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) \| ([\d,]+) \|", page, re.MULTILINE)
    said = {
        scope: [(int(n.replace(",", "")), window) for n, window in ((minute, 60), (hour, 3600))]
        for scope, minute, hour in rows
    }
    assert said == configured.RATE_LIMITS
