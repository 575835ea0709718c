"""What is made to go wrong, does so as often as was said, and where."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from timeflow.fakes.google import Google, running_google
from timeflow.fakes.tests.conftest import ALICE, BOB, asker, meeting, reason

HERE = "calendars/primary/events"


@pytest.mark.parametrize(
    ("status", "usual", "domain"),
    [
        (403, "rateLimitExceeded", "usageLimits"),
        (429, "rateLimitExceeded", "usageLimits"),
        (500, "backendError", "global"),
    ],
)
def test_an_error_comes_as_often_as_was_said_and_then_all_is_well(google, ask, status, usual, domain):
    google.fail(status, count=2)
    answers = [ask("GET", HERE) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    (error,) = answers[0].json()["error"]["errors"]
    assert (error["reason"], error["domain"]) == (usual, domain)


def test_an_error_may_have_another_reason_and_say_when_to_come_again(google, ask):
    google.fail(403, "quotaExceeded", retry_after=7)
    answer = ask("GET", HERE)
    assert reason(answer) == (403, "quotaExceeded")
    assert answer.headers["Retry-After"] == "7"


def test_an_error_may_be_for_one_kind_of_request_or_one_path(google, ask):
    google.fail(500, on="events.insert")
    google.fail(503, on="POST */freeBusy")
    assert ask("GET", HERE).status_code == 200
    assert ask("POST", HERE, meeting()).status_code == 500
    assert google.events(ALICE) == []
    assert ask("POST", "freeBusy", {"items": []}).status_code == 503
    google.fail(500, on="events.*", count=9)
    google.mend()
    assert ask("GET", HERE).status_code == 200


def test_what_was_carried_out_may_be_answered_with_an_error_or_not_at_all(google, ask):
    google.fail(503, on="events.insert", after=True)
    assert ask("POST", HERE, meeting(id="tf000001")).status_code == 503
    google.cut(on="events.insert", after=True)
    with pytest.raises(requests.ConnectionError):
        ask("POST", HERE, meeting(id="tf000002"))
    google.cut(on="events.insert")
    with pytest.raises(requests.ConnectionError):
        ask("POST", HERE, meeting(id="tf000003"))
    assert [one["id"] for one in google.events(ALICE)] == ["tf000001", "tf000002"]


def test_a_slow_answer_lets_others_pass(google, ask):
    google.slow(30, on="events.list")
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(ask, "GET", HERE)
        assert ask("GET", "colors").status_code == 200
        assert not waiting.done()
        google.mend()
        assert waiting.result(timeout=10).status_code == 200


def test_a_token_exchange_can_fail_too(google):
    token = google.grant(ALICE, ["calendar"]).refresh_token
    google.fail(500, on="oauth.token")
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "ours", "client_secret": "our secret"}
    answers = [requests.post(f"{google.url}/oauth2/token", form, timeout=10).status_code for _ in range(2)]
    assert answers == [500, 200]


def test_a_quota_counts_each_account_apart_and_begins_anew_after_a_minute(google, ask):
    google.add_account(BOB)
    google.limit(2)
    assert [ask("GET", "colors").status_code for _ in range(3)] == [200, 200, 403]
    assert reason(ask("GET", "colors")) == (403, "userRateLimitExceeded")
    assert asker(google, BOB, "calendar")("GET", "colors").status_code == 200
    google.advance(61)
    assert ask("GET", "colors").status_code == 200


def test_requests_are_counted_by_kind_and_kept_with_what_they_said(google, ask):
    ask("POST", HERE, meeting("Lunch"))
    ask("GET", HERE, maxResults=5)
    ask("GET", "nowhere")
    assert google.calls == {"events.insert": 1, "events.list": 1, "calendar.unknown": 1}
    insert, listing, _ = google.exchanges
    assert (insert.sent["summary"], insert.status, insert.answered["summary"]) == ("Lunch", 200, "Lunch")
    assert listing.query == {"maxResults": ["5"]}
    google.forget()
    assert (google.calls, google.exchanges) == ({}, [])


def test_parallel_requests_lose_nothing(google, ask):
    def insert(number: int) -> None:
        for part in range(5):
            ask("POST", HERE, meeting(id=f"tf{number}0000{part}"))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(insert, range(6)))
    assert len(ask("GET", HERE).json()["items"]) == 30
    etags = [one["etag"] for one in google.events(ALICE)]
    assert len(set(etags)) == 30


def test_a_stand_in_that_has_stopped_answers_on_no_old_connection():
    with running_google(Google()) as google:
        place = urlsplit(google.url)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=5)
        connection.request("GET", "/oauth2/certs")
        assert connection.getresponse().read()
    connection.request("GET", "/oauth2/certs")
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        connection.getresponse()
    connection.close()


@pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff", b'"text"'])
def test_a_body_that_is_no_object_is_refused(google, body):
    token = google.grant(ALICE, ["calendar"]).access_token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    address = f"{google.url}/calendar/v3/calendars/primary/events"
    assert reason(requests.post(address, body, headers=headers, timeout=10)) == (400, "parseError")


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_pages_of_others_reach_nothing_through_a_browser(google, headers):
    answer = requests.post(f"{google.url}/control/advance", json={"seconds": 60}, headers=headers, timeout=10)
    assert answer.status_code == 403
