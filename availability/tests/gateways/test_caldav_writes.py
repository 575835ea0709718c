"""Events written to servers that answer in their own ways."""

from datetime import UTC, datetime

import pytest

from availability.gateways.faults import Away, Changed, Forbidden, Missing, Taken, Unsound
from availability.gateways.provider import Entry, Stored
from availability.tests.gateways.dav_server import calendar_text
from availability.tests.gateways.scripted import Said, etag, event, multistatus, refusal, response

NINE, TEN = datetime(2026, 10, 2, 9, tzinfo=UTC), datetime(2026, 10, 2, 10, tzinfo=UTC)
BLOCK = Entry("0192f3c4-0000-7000-8000-000000000001", "Write", NINE, TEN)
HTML = "<!DOCTYPE html><html><p>Welcome</p></html>"


def test_a_stored_event_whose_version_is_not_told_is_asked_for_it(server, odd, cal):
    server.on("PUT", f"/cal/{BLOCK.mark}-1.ics", Said(201))
    there = multistatus(response(f"/cal/{BLOCK.mark}-1.ics", etag('"5"')))
    server.on("PROPFIND", f"/cal/{BLOCK.mark}-1.ics", there)
    assert odd.insert(cal, odd.id_for(cal, BLOCK.mark, 1), BLOCK).etag == '"5"'
    assert server.asked[0].headers["If-None-Match"] == "*"


def test_a_version_is_one_however_it_is_spelled(server, odd, cal):
    server.on("PUT", "/cal/x.ics", Said(204, headers={"ETag": 'W/"1"'}))
    assert odd.insert(cal, "x.ics", BLOCK) == Stored("/cal/x.ics", '"1"')
    server.on("GET", "/cal/x.ics", Said(200, event("x"), {"ETag": "1"}))
    odd.update(cal, "/cal/x.ics", BLOCK, was=None, etag='"1"')
    assert server.asked[-1].headers["If-Match"] == '"1"'


@pytest.mark.parametrize("status", [405, 501, 403])
def test_a_server_that_lets_nobody_make_calendars_forbids_it(server, odd, status):
    server.answers.default_factory = lambda: [Said(status)]
    with pytest.raises(Forbidden):
        odd.make_calendar("TimeFlow", "Europe/Berlin", "m1")
    assert "MKCALENDAR" in [each.method for each in server.asked]


@pytest.mark.parametrize(("status", "fault"), [(507, Forbidden), (413, Forbidden), (409, Missing), (423, Away)])
def test_an_event_that_is_not_stored_is_a_fault(server, odd, cal, status, fault):
    server.on("PUT", "/cal/x.ics", Said(status))
    with pytest.raises(fault):
        odd.insert(cal, "x.ics", BLOCK)


@pytest.mark.parametrize("said", [Said(412), refusal(409, "C:no-uid-conflict"), refusal(403, "C:no-uid-conflict")])
def test_an_event_that_is_there_already_is_taken(server, odd, cal, said):
    server.on("PUT", "/cal/x.ics", said)
    with pytest.raises(Taken):
        odd.insert(cal, "x.ics", BLOCK)


def test_a_version_that_changed_in_the_last_moment_is_not_overwritten(server, odd, cal):
    server.on("GET", "/cal/x.ics", Said(200, event("x"), {"ETag": '"1"'}))
    server.on("PUT", "/cal/x.ics", Said(412))
    with pytest.raises(Changed):
        odd.update(cal, "/cal/x.ics", BLOCK, was=None, etag="")
    assert server.asked[-1].headers["If-Match"] == '"1"'


@pytest.mark.parametrize("text", ["", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", HTML, calendar_text("RECURRENCE-ID:x")])
def test_what_is_no_event_of_ours_is_not_changed(server, odd, cal, text):
    server.on("GET", "/cal/x.ics", Said(200, text, {"ETag": '"1"'}))
    with pytest.raises(Unsound):
        odd.update(cal, "/cal/x.ics", BLOCK, was=None, etag="")
    assert server.lines() == ["GET /cal/x.ics"]
