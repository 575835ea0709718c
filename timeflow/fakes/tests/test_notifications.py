"""Channels of the stand-in: who is told of a change, in which words, and what may go wrong on the way."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from timeflow.fakes.tests.conftest import ALICE, BOB, asker, meeting, reason

WATCH = "calendars/primary/events/watch"


@dataclass
class Receiver:
    """`got`: headers and body of each request; `statuses`: what to answer next, 200 after them."""

    address: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def states(self) -> list[str]:
        return [headers["X-Goog-Resource-State"] for headers, _ in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            receiver.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    receiver.address = f"http://127.0.0.1:{server.server_port}/hook?x=1"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield receiver
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def watch(ask, receiver):
    def watch(**other):
        return ask("POST", WATCH, {"id": "channel-1", "type": "web_hook", "address": receiver.address} | other)

    return watch


def test_a_channel_says_that_it_is_open_and_then_of_each_change_but_not_what_it_is(google, watch, receiver):
    opened = watch(token="our secret").json()
    google.add_event(ALICE, meeting("Secret title"))
    assert google.settle()
    (first, nothing), (second, also_nothing) = receiver.got
    assert (first["X-Goog-Resource-State"], second["X-Goog-Resource-State"]) == ("sync", "exists")
    assert first["X-Goog-Message-Number"] == "1"
    assert int(second["X-Goog-Message-Number"]) > 1
    for headers in (first, second):
        assert headers["X-Goog-Channel-ID"] == "channel-1"
        assert headers["X-Goog-Channel-Token"] == "our secret"
        assert headers["X-Goog-Resource-ID"] == opened["resourceId"]
        assert parsedate_to_datetime(headers["X-Goog-Channel-Expiration"]) > datetime.now(UTC)
        assert "Secret title" not in str(headers)
    assert nothing == also_nothing == b""


def test_only_the_watched_calendar_is_told_of(google, watch, receiver):
    watch()
    other = google.add_calendar(ALICE, "Other")
    google.add_event(other, meeting())
    assert google.settle()
    assert receiver.states == ["sync"]


def test_a_channel_ends_after_a_week_or_when_it_was_asked_to(google, watch, receiver):
    opened = int(watch().json()["expiration"]) / 1000
    assert abs(opened - google.clock.now().timestamp() - 7 * 24 * 3600) < 60
    short = watch(id="channel-2", params={"ttl": "600"}).json()
    assert abs(int(short["expiration"]) / 1000 - google.clock.now().timestamp() - 600) < 60
    google.advance(601)
    google.add_event(ALICE, meeting())
    assert google.settle()
    assert [headers["X-Goog-Channel-ID"] for headers, _ in receiver.got] == ["channel-1", "channel-2", "channel-1"]
    assert [channel.id for channel in google.channels] == ["channel-1"]


def test_a_stopped_channel_is_silent_and_cannot_be_stopped_again(google, ask, watch, receiver):
    opened = watch().json()
    ends = {"id": opened["id"], "resourceId": opened["resourceId"]}
    assert reason(ask("POST", "channels/stop", {**ends, "resourceId": "other"})) == (404, "notFound")
    assert ask("POST", "channels/stop", ends).status_code == 204
    google.add_event(ALICE, meeting())
    assert google.settle()
    assert receiver.states == ["sync"]
    assert reason(ask("POST", "channels/stop", ends)) == (404, "notFound")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"id": "channel 1"}, "invalid"),
        ({"id": "x" * 65}, "invalid"),
        ({"token": "x" * 257}, "invalid"),
        ({"params": {"ttl": "soon"}}, "invalid"),
        ({"address": "http://elsewhere.example/hook"}, "push.webhookUrlNotHttps"),
    ],
)
def test_a_channel_that_google_would_not_open_is_refused(google, watch, other, why):
    assert reason(watch(**other)) == (400, why)
    assert google.channels == []


def test_an_id_is_for_one_channel(google, watch):
    assert watch().status_code == 200
    assert reason(watch()) == (400, "channelIdNotUnique")


def test_watching_needs_a_right_to_read(google, ask, receiver):
    google.add_account(BOB)
    wish = {"id": "channel-1", "type": "web_hook", "address": receiver.address}
    assert reason(ask("POST", f"calendars/{BOB}/events/watch", wish)) == (404, "notFound")
    lists = asker(google, ALICE, "calendar.calendarlist.readonly")
    assert reason(lists("POST", WATCH, wish)) == (403, "insufficientPermissions")


def test_what_a_receiver_was_not_ready_for_comes_again_and_what_it_refused_does_not(google, watch, receiver):
    receiver.statuses = [503, 200, 404]
    watch()
    assert google.settle()
    google.add_event(ALICE, meeting())
    assert google.settle()
    assert receiver.states == ["sync", "sync", "exists"]
    assert [delivery.status for delivery in google.delivered] == [503, 200, 404]


def test_notifications_can_be_lost_or_doubled_or_held(google, watch, receiver):
    watch()
    google.lose_notifications()
    google.add_event(ALICE, meeting())
    google.duplicate_notifications()
    google.add_event(ALICE, meeting())
    google.hold_notifications()
    google.add_event(ALICE, meeting())
    assert google.settle()
    assert receiver.states == ["sync", "exists", "exists"]
    assert len({headers["X-Goog-Message-Number"] for headers, _ in receiver.got}) == 2
    google.release_notifications()
    assert google.settle()
    assert receiver.states == ["sync", "exists", "exists", "exists"]


def test_a_late_notification_comes_late(google, watch, receiver):
    watch()
    assert google.settle()
    google.delay_notifications(0.3)
    google.add_event(ALICE, meeting())
    assert receiver.states == ["sync"]
    assert not google.settle(seconds=0.05)
    assert google.settle()
    assert receiver.states == ["sync", "exists"]


def test_a_receiver_that_is_not_there_stops_nothing(google, ask):
    wish = {"id": "channel-1", "type": "web_hook", "address": "http://127.0.0.1:9/hook"}
    assert ask("POST", WATCH, wish).status_code == 200
    assert (
        ask("POST", WATCH, wish | {"id": "channel-2", "address": "https://elsewhere.example/hook"}).status_code == 200
    )
    assert google.settle()
    assert [delivery.status for delivery in google.delivered] == [0, 0]
