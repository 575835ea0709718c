"""Staying signed in: tokens are replaced as they are used, and a copied one ends the session."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from accounts.domain.callers import Caller
from accounts.models import SecurityEvent, Session, User
from accounts.models.sessions import IDLE_LIFE, WHOLE_LIFE
from accounts.services.sessions import FRESH, confirm_identity, drop_old_sessions, open_session
from accounts.tests.signing_in import is_in
from accounts.tokens import ACCESS_LIFE

AT, RT = settings.ACCESS_COOKIE_NAME, settings.REFRESH_COOKIE_NAME
START = datetime(2026, 4, 21, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
JSON = "application/json"


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(START, tick=False)
    return lambda since: time_machine.move_to(START + since, tick=False)


@pytest.fixture
def browser(alice, clock) -> Client:
    """alice's browser, signed in at START, with cookies as a browser keeps them."""
    return opened(alice)


def opened(user: User, **caller: str) -> Client:
    client = Client()
    tokens = open_session(user=user, caller=Caller(**caller), method="password", now=START)
    client.cookies[AT], client.cookies[RT] = tokens.access, tokens.refresh
    return client


def refresh(client: Client) -> int:
    return client.post("/api/auth/refresh", content_type=JSON).status_code


def copy_of(client: Client) -> Client:
    """Another browser with the same cookies."""
    thief = Client()
    for name in (AT, RT):
        thief.cookies[name] = client.cookies[name].value
    return thief


def test_a_refresh_replaces_both_tokens_and_shows_them_to_no_script(browser):
    before = [browser.cookies[name].value for name in (AT, RT)]
    answer = browser.post("/api/auth/refresh", content_type=JSON)
    assert (answer.status_code, answer.content) == (204, b"")
    after = [answer.cookies[name] for name in (AT, RT)]
    assert not set(before) & {cookie.value for cookie in after}
    for cookie, seconds in zip(after, (600, 14 * 86_400), strict=True):
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
        assert cookie["max-age"] == seconds
    assert is_in(browser)
    assert answer["Cache-Control"] == "no-store"


def test_the_database_knows_digests_only(browser):
    session = Session.objects.get()
    kept = " ".join(str(value) for value in Session.objects.values_list().get())
    for name in (AT, RT):
        for part in browser.cookies[name].value.split("."):
            assert part not in kept
    assert len(session.current_digest) == 64


def test_access_ends_after_ten_minutes_and_comes_back_with_a_refresh(browser, clock):
    clock(11 * MINUTE)
    assert not is_in(browser)
    assert refresh(browser) == 204
    assert is_in(browser)


def test_two_tabs_that_refresh_at_once_both_stay_in(browser, clock):
    other_tab = copy_of(browser)
    assert refresh(browser) == 204
    clock(timedelta(seconds=9))
    answer = other_tab.post("/api/auth/refresh", content_type=JSON)
    assert answer.status_code == 204
    assert set(answer.cookies) == {AT}
    assert is_in(other_tab)
    assert refresh(browser) == 204


def test_an_answer_that_was_lost_is_given_again_and_the_lost_one_is_worth_nothing(browser, clock):
    lost = copy_of(browser)
    assert refresh(lost) == 204
    clock(30 * MINUTE)
    assert refresh(browser) == 204
    assert is_in(browser)
    assert refresh(lost) == 401
    assert not is_in(browser)


def test_a_copied_token_ends_the_session_for_the_thief_and_the_owner(browser, clock):
    thief = copy_of(browser)
    assert refresh(browser) == 204
    clock(MINUTE)
    assert refresh(browser) == 204
    clock(2 * MINUTE)
    answer = thief.post("/api/auth/refresh", content_type=JSON)
    assert answer.status_code == 401
    assert answer.json()["code"] == "signed_out"
    assert [answer.cookies[name]["max-age"] for name in (AT, RT)] == [0, 0]
    assert not is_in(thief)
    assert not is_in(browser)
    assert Session.objects.get().revoked_because == Session.Reason.COPIED
    assert SecurityEvent.objects.filter(kind=SecurityEvent.Kind.SESSION_STOLEN).count() == 1


def test_a_copy_shown_to_a_page_ends_the_session_too(browser, clock):
    thief = copy_of(browser)
    refresh(browser)
    clock(MINUTE)
    refresh(browser)
    clock(20 * MINUTE)
    answer = thief.get("/settings")
    assert answer.status_code == 302
    assert answer.cookies[RT]["max-age"] == 0
    assert Session.objects.get().revoked_because == Session.Reason.COPIED


def test_other_sessions_of_the_person_outlive_a_theft(browser, alice, clock):
    elsewhere = opened(alice)
    thief = copy_of(browser)
    refresh(browser)
    refresh(browser)
    clock(MINUTE)
    refresh(thief)
    assert is_in(elsewhere)


def test_a_page_asked_for_late_comes_at_once_and_the_refresh_token_stays(browser, clock):
    clock(11 * MINUTE)
    answer = browser.get("/settings")
    assert answer.status_code == 200
    assert set(answer.cookies) >= {AT}
    assert RT not in answer.cookies
    assert is_in(browser)


def test_a_form_sent_late_is_done(browser, alice, clock):
    clock(11 * MINUTE)
    form = {"name": "Alice", "time_zone": "Asia/Tokyo", "clock": "24", "week_start": 0}
    assert browser.post("/settings", form).headers["Location"] == "/settings"
    alice.refresh_from_db()
    assert alice.time_zone == "Asia/Tokyo"


def test_a_form_sent_late_from_another_site_is_not(alice, clock):
    client = Client(enforce_csrf_checks=True)
    tokens = open_session(user=alice, caller=Caller(), method="password", now=START)
    client.cookies[RT] = tokens.refresh
    clock(11 * MINUTE)
    assert client.post("/settings", {"name": "Eve"}).status_code == 403
    alice.refresh_from_db()
    assert alice.name == "Alice"


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Accept": JSON}])
def test_scripts_and_programs_are_told_to_refresh(browser, clock, headers):
    clock(11 * MINUTE)
    assert browser.get("/tasks", headers=headers).status_code == 401
    assert browser.get("/api/tasks").status_code == 401


def test_a_token_shown_to_a_page_counts_as_seen_so_its_predecessor_is_a_copy(browser, clock):
    thief = copy_of(browser)
    refresh(browser)
    clock(11 * MINUTE)
    browser.get("/settings")
    assert refresh(thief) == 401
    assert not is_in(browser)


def test_a_fortnight_without_a_visit_ends_the_session(browser, clock):
    clock(timedelta(days=13, hours=23))
    assert refresh(browser) == 204
    clock(timedelta(days=27, hours=22))
    assert refresh(browser) == 204
    assert refresh(browser) == 204


def test_a_fortnight_and_a_minute_later_one_signs_in_again(browser, clock):
    clock(timedelta(days=14) + MINUTE)
    assert refresh(browser) == 401
    assert browser.get("/settings").status_code == 302


def test_thirty_days_are_the_end_whatever_one_does(browser, clock):
    for day in range(1, 30):
        clock(timedelta(days=day))
        assert refresh(browser) == 204
    answer = browser.post("/api/auth/refresh", content_type=JSON)
    assert answer.cookies[RT]["max-age"] == 86_400
    clock(timedelta(days=30) - 5 * MINUTE)
    assert browser.post("/api/auth/refresh", content_type=JSON).cookies[AT]["max-age"] == 300
    clock(timedelta(days=30))
    assert refresh(browser) == 401
    assert not is_in(browser)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://testserver"}, 204),
        ({}, 204),
    ],
)
def test_a_refresh_comes_from_our_own_pages_only(alice, clock, headers, status):
    client = Client(enforce_csrf_checks=True)
    tokens = open_session(user=alice, caller=Caller(), method="password", now=START)
    client.cookies[RT] = tokens.refresh
    csrf = client.get("/api/auth/csrf").json()["csrf_token"]
    answer = client.post("/api/auth/refresh", headers={"X-CSRFToken": csrf, **headers}, content_type=JSON)
    assert answer.status_code == status
    assert bool(Session.objects.get().previous_digest) == (status == 204)


@pytest.mark.parametrize("headers", [{}, {"Referer": "https://evil.example/"}])
def test_over_https_a_refresh_without_a_referrer_of_ours_is_refused(alice, clock, headers):
    client = Client(enforce_csrf_checks=True)
    client.cookies[RT] = open_session(user=alice, caller=Caller(), method="password", now=START).refresh
    csrf = client.get("/api/auth/csrf", secure=True).json()["csrf_token"]
    answer = client.post("/api/auth/refresh", headers={"X-CSRFToken": csrf, **headers}, content_type=JSON, secure=True)
    assert answer.status_code == 403
    assert not Session.objects.get().previous_digest


def test_a_refresh_without_a_csrf_token_is_refused(alice, clock):
    client = Client(enforce_csrf_checks=True)
    client.cookies[RT] = open_session(user=alice, caller=Caller(), method="password", now=START).refresh
    assert refresh(client) == 403


def test_the_session_remembers_where_it_was_seen_last(browser, clock):
    clock(11 * MINUTE)
    firefox = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}
    browser.post("/api/auth/refresh", headers=firefox, content_type=JSON)
    session = Session.objects.get()
    assert (session.device, session.place) == ("Firefox on Linux", "127.0.0.0/24")
    assert session.last_seen_at == START + 11 * MINUTE


def test_confirming_who_one_is_in_a_session_that_ended_meanwhile_changes_nothing(browser):
    session = Session.objects.get()
    confirm_identity(session=session, now=START + MINUTE)
    assert Session.objects.get().authenticated_at == START + MINUTE
    Session.objects.all().delete()
    confirm_identity(session=session, now=START + 2 * MINUTE)
    assert not Session.objects.exists()


def test_the_two_ways_to_ask_whether_a_session_lives_agree(browser, clock):
    session = Session.objects.get()
    ends = [START, START + IDLE_LIFE, START + WHOLE_LIFE]
    Session.objects.update(rotated_at=START + timedelta(days=20))
    session.refresh_from_db()
    for now in [end + step for end in (*ends, START + timedelta(days=34)) for step in (-MINUTE, timedelta(0), MINUTE)]:
        assert session.is_live(now) == Session.objects.live(now).exists(), now
    Session.objects.update(revoked_at=START, revoked_because="ended")
    session.refresh_from_db()
    assert not session.is_live(START)
    assert not Session.objects.live(START).exists()


def test_sessions_that_ended_a_month_ago_are_forgotten(browser, alice):
    assert drop_old_sessions(now=START + timedelta(days=59)) == 0
    assert drop_old_sessions(now=START + timedelta(days=61)) == 1


def test_deployment_page_says_the_lifetimes_that_are_set():
    page = (settings.BASE_DIR / "docs" / "DEPLOYMENT.md").read_text().partition("\n## Sessions\n")[2]
    said = re.findall(r"^\| [^|]+ \| (\d+) (minutes|days)", page.partition("\n## ")[0], re.MULTILINE)
    lives = [ACCESS_LIFE, IDLE_LIFE, WHOLE_LIFE, FRESH, timedelta(seconds=settings.SESSION_COOKIE_AGE)]
    assert [timedelta(**{unit: int(number)}) for number, unit in said] == lives
