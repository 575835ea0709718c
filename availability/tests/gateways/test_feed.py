"""Subscribed files, served on loopback."""

import json
import re
from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest

from availability.domain import ics
from availability.gateways.faults import Away, Fault, Forbidden, GrantLost, Missing, Slow, Unsound
from availability.gateways.feed import Feed
from availability.gateways.provider import Access, Entry
from availability.tests.domain.calendar_files import REAL_CALENDARS
from availability.tests.gateways.dav_server import calendar_text
from availability.tests.gateways.scripted import Asked, Said, Scripted
from timeflow.lib.public_addresses import private_host

MB = 1024 * 1024
BERLIN = ZoneInfo("Europe/Berlin")
MORNING, NIGHT = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 2, tzinfo=UTC)


def serve(server: Scripted, raw: bytes | str) -> None:
    """The file, with a version; whoever has this version is told so."""
    content = raw.encode() if isinstance(raw, str) else raw
    version = f'"{sha256(content).hexdigest()}"'

    def answer(asked: Asked) -> Said:
        if asked.headers.get("If-None-Match") == version:
            return Said(304)
        return Said(200, content, {"ETag": version, "Content-Type": "text/calendar"})

    server.on("GET", "/file.ics", answer)


@pytest.fixture
def address(server) -> str:
    return f"{server.url}/file.ics"


def event(uid: str, *more: str, at: str = "20261001T120000Z") -> str:
    return "\r\n".join([f"UID:{uid}", f"DTSTART:{at}", "DURATION:PT1H", *more])


def versions(page) -> dict[str, str]:
    return {item.id: item.etag for item in page.items}


@pytest.mark.parametrize("path", REAL_CALENDARS)
def test_a_real_calendar_is_subscribed_to_and_follows_its_file(server, address, path):
    raw = path.read_bytes()
    serve(server, raw)
    feed = Feed(address)
    (listed,) = feed.calendars()
    assert (listed.access, bool(listed.name)) == (Access.READER, True)
    first = feed.changes(listed.id)
    assert len(server.asked) == 1  # what was read to name it is not fetched again
    file = ics.read(raw)
    assert first.is_full
    assert [item.id for item in first.items] == [series.uid for series in file.series]
    for item, series in zip(first.items, file.series, strict=True):
        (again,) = ics.read(ics.wrapped(item.ics).encode()).series
        assert (again.uid, again.ics, again.time_zone) == (series.uid, series.ics, series.time_zone)

    same = Feed(address).changes(listed.id, token=first.token)
    assert (list(same.items), same.is_full, same.token) == ([], False, first.token)
    assert len(server.asked) == 2

    cut = re.sub(rb"BEGIN:VEVENT.*?END:VEVENT\r?\n", b"", raw, count=1, flags=re.DOTALL)
    serve(server, cut.replace(b"SUMMARY:", b"SUMMARY:Moved ", 1))
    other = Feed(address).changes(listed.id, token=first.token)
    assert len(server.asked) == 3
    assert other.is_full
    before, after = versions(first), versions(other)
    assert 1 <= len(before.items() - after.items()) <= 2
    assert len(after.items() - before.items()) <= 1


def test_an_item_keeps_its_version_while_it_says_the_same(server, address):
    serve(server, calendar_text(event("a", "DTSTAMP:20260101T000000Z"), event("b")))
    first = Feed(address).changes("feed")
    serve(server, calendar_text(event("b"), event("a", "DTSTAMP:20261111T000000Z", "ATTENDEE:mailto:x@example.com")))
    assert versions(Feed(address).changes("feed", token=first.token)) == versions(first)
    serve(server, calendar_text(event("a", at="20261001T130000Z"), event("b")))
    changed = versions(Feed(address).changes("feed", token=first.token))
    assert changed["a"] != versions(first)["a"]
    assert changed["b"] == versions(first)["b"]


def test_a_server_that_knows_only_dates_is_asked_by_the_date(server, address):
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    server.on("GET", "/file.ics", Said(200, calendar_text(event("a")), {"Last-Modified": date}), Said(304))
    token = Feed(address).changes("feed").token
    assert Feed(address).changes("feed", token=token).token == token
    assert server.asked[1].headers["If-Modified-Since"] == date
    assert "If-None-Match" not in server.asked[1].headers


@pytest.mark.parametrize("token", ["", "{", "[]", "null", '{"etag":1}', '{"etag":""}', "x" * 1000])
def test_a_token_of_no_use_means_to_read_it_whole(server, address, token):
    serve(server, calendar_text(event("a")))
    page = Feed(address).changes("feed", token=token)
    assert (len(page.items), page.is_full) == (1, True)
    assert set(json.loads(page.token)) == {"etag", "modified"}


def test_a_bad_event_costs_no_other_and_is_counted(server, address):
    bad = [f"UID:bad{number}\r\nDTSTART:day {number}" for number in range(150)]
    serve(server, calendar_text(event("a"), "UID:x\r\nSUMMARY:x", "UID:y\r\nSUMMARY:y", *bad, event("b")))
    page = Feed(address).changes("feed")
    assert [item.id for item in page.items] == ["a", "b"]
    assert page.skipped["It has no start."] == 2
    assert page.skipped["DTSTART holds something, which is not understood."] == 150
    assert len(page.skipped) == 2
    assert {"x", "y", "bad0", "bad149"} <= set(page.unread)


def test_a_series_of_which_one_date_is_bad_is_read(server, address):
    serve(server, calendar_text(event("a", "RRULE:FREQ=DAILY"), "UID:a\r\nRECURRENCE-ID:20261002T120000Z"))
    page = Feed(address).changes("feed")
    assert ([item.id for item in page.items], list(page.unread)) == (["a"], [])
    assert page.skipped == {"It has no start.": 1}


def test_events_that_share_a_uid_are_counted_and_a_newer_version_is_not(server, address):
    hours = [event("same", f"SUMMARY:{hour}", at=f"20261001T{hour}0000Z") for hour in ("08", "10", "12")]
    versions = [event("one", f"SEQUENCE:{number}") for number in (1, 2)]
    serve(server, calendar_text(*hours, *versions, event("twice"), event("twice")))
    page = Feed(address).changes("feed")
    assert [item.id for item in page.items] == ["same", "one", "twice"]
    assert page.skipped == {"It has the UID of another event.": 2}


def test_a_file_that_is_bad_in_a_hundred_ways_names_the_commonest(server, address):
    bad = [event(f"bad{number}", f"RRULE:FREQ=DAILY;INTERVAL={10_000_000 + number % 100}") for number in range(130)]
    serve(server, calendar_text(event("a"), *bad))
    page = Feed(address).changes("feed")
    assert len(page.skipped) == 21
    assert sum(page.skipped.values()) == 130
    assert page.skipped["It is not understood."] == 90


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<!DOCTYPE html><html>Sign in</html>", "web page"),
        ("", "empty"),
        (b"\x89PNG\r\n", "not a calendar file"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n", "downloaded whole"),
        (b"BEGIN:VCALENDAR\r\n" + b"X" * 6 * MB, "larger than 5 MB"),
        (b"BEGIN:VCALENDAR\r\n" + b"X" * 50 * MB, "too large"),
    ],
)
def test_what_is_no_calendar_is_told_what_it_is(server, address, content, words):
    server.on("GET", "/file.ics", Said(200, content))
    for ask in (lambda: Feed(address).calendars(), lambda: Feed(address).changes("feed", token='{"etag":"x"}')):
        with pytest.raises(Unsound, match=words):
            ask()


def test_a_redirect_to_a_private_address_is_not_followed(server, address):
    server.on("GET", "/file.ics", Said(302, headers={"Location": "http://10.0.0.1/file.ics"}))
    with pytest.raises(Fault, match="address"):
        Feed(address).changes("feed")
    assert [asked.path for asked in server.asked] == ["/file.ics"]


def test_a_stream_of_two_gigabytes_is_left_soon(server, address):
    def endless(_asked: Asked) -> Said:
        return Said(200, b"BEGIN:VCALENDAR\r\n" + b"X" * 12 * MB, {"Content-Length": str(2048 * MB)})

    server.on("GET", "/file.ics", endless)
    with pytest.raises(Unsound, match="too large"):
        Feed(address).changes("feed")


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (Said(200, "BEGIN:VCALENDAR\r\n", {"Content-Length": "5000", "Connection": "close"}), Away),
        (Said(401), GrantLost),
        (Said(403), Forbidden),
        (Said(404), Missing),
        (Said(410), Missing),
        (Said(429, headers={"Retry-After": "60"}), Slow),
        (Said(500), Away),
        (Said(503), Away),
        (Said(304), Unsound),
        (Said(204), Unsound),
        (Said(302, headers={"Location": "/file.ics"}), Unsound),
        (Said(302, headers={"Location": "http://169.254.169.254/"}), Unsound),
        (Said(302, headers={"Location": "file:///etc/passwd"}), Unsound),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault_with_words(server, address, said, fault):
    server.on("GET", "/file.ics", said)
    with pytest.raises(fault) as raised:
        Feed(address).changes("feed")
    assert "169.254" not in raised.value.words


def test_a_file_that_moved_is_followed(server, address):
    server.on("GET", "/file.ics", Said(301, headers={"Location": "/new.ics"}))
    server.on("GET", "/new.ics", Said(200, calendar_text(event("a"))))
    assert [item.id for item in Feed(address).changes("feed").items] == ["a"]


def test_a_secret_address_is_in_no_log_though_its_server_stammers(server, caplog):
    server.on("GET", "/private-5ecre7/basic.ics", Said(200, calendar_text(event("a")), {"no header\r\nX-Odd": "1"}))
    caplog.set_level("DEBUG")
    Feed(f"{server.url}/private-5ecre7/basic.ics").changes("feed")
    assert "5ecre7" not in caplog.text


@pytest.mark.parametrize("scheme", ["webcal", "WEBCAL", "webcals"])
def test_webcal_is_https(server, scheme):
    with pytest.raises(Away):
        Feed(f"{scheme}://127.0.0.1:{server.server_port}/file.ics").calendars()
    assert server.asked == []  # greeted by TLS, it understood nothing


@pytest.mark.parametrize(
    "address", ["", "file.ics", "ftp://calendar.example/x", "https://a:b@calendar.example/", "webcal:x"]
)
def test_a_wrong_address_is_refused_with_the_reason(address):
    with pytest.raises(Unsound, match="https://"):
        Feed(address).calendars()


def test_an_address_inside_is_not_asked(settings):
    settings.PRIVATE_HOSTS = [private_host("127.0.0.1:1")]
    with pytest.raises(Unsound, match="public internet"):
        Feed("https://127.0.0.1/").calendars()


def test_a_feed_says_how_it_is_called_and_where_it_is(server, address):
    header = "X-WR-CALNAME:Choir\r\nX-WR-TIMEZONE:America/New_York\r\n"
    serve(server, calendar_text(event("a", "RRULE:FREQ=DAILY"), header=header))
    (listed,) = Feed(address).calendars()
    assert (listed.name, listed.zone, listed.is_primary) == ("Choir", "America/New_York", True)
    (item,) = Feed(address).changes(listed.id).items
    assert item.ics.startswith("X-WR-TIMEZONE:America/New_York\r\nBEGIN:VEVENT")
    serve(server, calendar_text())
    (listed,) = Feed(address).calendars()
    assert listed.name == "127.0.0.1"


def test_one_event_is_found_by_its_uid(server, address):
    serve(server, calendar_text(event("a"), event("b")))
    assert Feed(address).get("feed", "b").id == "b"
    with pytest.raises(Missing):
        Feed(address).get("feed", "c")


def test_busy_times_are_worked_out_from_the_file(server, address):
    floating, free = event("f", at="20261001T160000"), event("g", "TRANSP:TRANSPARENT", at="20261001T200000Z")
    serve(server, calendar_text(event("a"), event("b", at="20261001T123000Z"), floating, free))
    found = Feed(address, zone=BERLIN).busy(["feed"], MORNING, NIGHT)["feed"]
    assert [f"{start:%H:%M}-{end:%H:%M}" for start, end in found] == ["12:00-13:30", "14:00-15:00"]


def test_nothing_is_written_into_a_feed(server, address):
    feed, entry = Feed(address), Entry("m", "Write", MORNING, NIGHT)
    for write in (
        lambda: feed.make_calendar("New", "Europe/Berlin", "m"),
        lambda: feed.insert("feed", feed.id_for("feed", "m", 1), entry),
        lambda: feed.update("feed", "m", entry, was=None, etag=""),
        lambda: feed.delete("feed", "m", etag=""),
    ):
        with pytest.raises(Forbidden, match="only be read"):
            write()
    assert feed.watch("feed", "c", token="t", address="https://x", seconds=60) is None
    feed.stop_watching("c", "r")
    assert server.asked == []


def test_every_answer_is_a_page_or_a_fault(server, address):
    for status in (200, 202, 206, 300, 304, 400, 405, 406, 418, 421, 451, 500, 511):
        server.on("GET", "/file.ics", Said(status, "x"))
        with pytest.raises(Fault):
            Feed(address).changes("feed")
