"""What CalDAV servers of the world do that the one at hand does not: said by a script."""

import hashlib
import re
import tracemalloc
from datetime import UTC, datetime

import pytest

from availability.gateways.caldav import CalDavAccount
from availability.gateways.faults import (
    Away,
    Changed,
    Fault,
    Forbidden,
    GrantLost,
    Missing,
    Slow,
    Taken,
    TokenExpired,
    Unsound,
)
from availability.gateways.provider import Entry
from availability.tests.gateways.conftest import BERLIN, NOW
from availability.tests.gateways.dav_server import calendar_text
from availability.tests.gateways.scripted import (
    NAMESPACES,
    Asked,
    Said,
    Scripted,
    etag,
    multistatus,
    refusal,
    response,
)

MB = 1024 * 1024
NINE, TEN = datetime(2026, 10, 2, 9, tzinfo=UTC), datetime(2026, 10, 2, 10, tzinfo=UTC)
BLOCK = Entry("0192f3c4-0000-7000-8000-000000000001", "Write", NINE, TEN)
VALID_TOKEN = "D:valid-sync-token"
NO_SYNC = refusal(403, "D:supported-report")


def event(uid: str, at: str = "20261001T120000Z") -> str:
    return calendar_text(f"UID:{uid}\r\nDTSTART:{at}\r\nDURATION:PT1H\r\nSUMMARY:Meeting")


def told(text: str) -> str:
    return f"<C:calendar-data><![CDATA[{text}]]></C:calendar-data>"


def texts(**special: str):
    """A multiget: every resource is an event, but for what `special` says of it."""

    def answer(asked: Asked) -> Said:
        paths = re.findall(r"/cal/(\w+)\.ics", asked.body)
        data = {
            name: f"<C:calendar-data><![CDATA[{special.get(name, event(name))}]]></C:calendar-data>" for name in paths
        }
        return multistatus(*(response(f"/cal/{name}.ics", etag('"1"'), text) for name, text in data.items()))

    return answer


def reports(*synced, fetched=None):
    """REPORTs on the calendar: each sync-collection gets the next of `synced`, each multiget `fetched`."""
    left = list(synced)

    def answer(asked: Asked) -> Said:
        if "sync-collection" in asked.body:
            return left.pop(0) if len(left) > 1 else left[0]
        return (fetched or texts())(asked)

    return answer


def listed(*names: str, token: str, more: bool = False) -> Said:
    end = [response("/cal/", status=507)] if more else []
    return multistatus(*(response(f"/cal/{name}.ics", etag('"1"')) for name in names), *end, token=token)


def tokens_asked(server: Scripted) -> list[str]:
    found = (re.search(r"sync-token(?:>([^<]*)<| ?/)", asked.body) for asked in server.asked)
    return [match[1] or "" for match in found if match]


def test_a_server_that_tells_in_parts_is_asked_on(server, odd, cal):
    server.on("REPORT", "/cal/", reports(listed("a", "b", token="t1", more=True), listed("c", token="t2")))
    first = odd.changes(cal)
    assert (first.token, first.is_full, len(first.items)) == ("", True, 2)
    second = odd.changes(cal, page=first.next_page)
    assert (second.is_full, second.next_page, [item.id for item in second.items]) == (True, "", ["/cal/c.ics"])
    assert odd.changes(cal, token=second.token).items[0].id == "/cal/c.ics"
    assert tokens_asked(server) == ["", "t1", "t2"]


def test_a_server_that_tells_the_same_part_for_ever_is_left(server, odd, cal):
    server.on("REPORT", "/cal/", reports(listed("a", token="t1", more=True)))
    with pytest.raises(Unsound):
        odd.changes(cal, page=odd.changes(cal).next_page)


@pytest.mark.parametrize("refused", [NO_SYNC, Said(405), Said(501), Said(400), refusal(403, VALID_TOKEN), Said(415)])
def test_where_there_is_no_sync_everything_is_read_when_anything_changed(server, odd, cal, refused):
    def versions(*names: str) -> Said:
        return multistatus(response("/cal/"), *(response(f"/cal/{name}.ics", etag(f'"{name}"')) for name in names))

    server.on("REPORT", "/cal/", reports(refused))
    server.on("PROPFIND", "/cal/", versions("a", "b"), versions("b", "a"), versions("b"), versions("b"))
    first = odd.changes(cal)
    assert first.is_full
    assert [item.id for item in first.items] == ["/cal/a.ics", "/cal/b.ics"]
    same = odd.changes(cal, token=first.token)
    assert (list(same.items), same.is_full, same.token) == ([], False, first.token)
    third = odd.changes(cal, token=same.token)
    assert third.is_full
    assert [item.id for item in third.items] == ["/cal/b.ics"]
    assert third.token != first.token
    assert len(tokens_asked(server)) == 1


@pytest.mark.parametrize("size", [200, 201, 450])
def test_pages_of_a_calendar_without_sync_are_all_of_one_whole(server, odd, cal, size):
    names = [f"n{number:03}" for number in range(size)]
    server.on("REPORT", "/cal/", reports(NO_SYNC))
    server.on("PROPFIND", "/cal/", multistatus(*(response(f"/cal/{name}.ics", etag('"1"')) for name in names)))
    page, seen = odd.changes(cal, token="versions:old"), []
    while True:
        seen += page.items
        assert page.is_full
        if not page.next_page:
            break
        page = CalDavAccount(server.url, "alice@example.com", "secret", now=NOW).changes(
            cal, token="versions:old", page=page.next_page
        )
    assert [item.id for item in seen] == [f"/cal/{name}.ics" for name in names]


NOT_TAKEN = [refusal(status, VALID_TOKEN) for status in (403, 409, 412, 507)]


@pytest.mark.parametrize("said", NOT_TAKEN + [Said(status) for status in (400, 409, 410, 412, 415, 418)])
def test_a_token_that_is_not_taken_means_to_begin_anew(server, odd, cal, said):
    server.on("REPORT", "/cal/", said)
    with pytest.raises(TokenExpired):
        odd.changes(cal, token="sync:old")


HTML = "<!DOCTYPE html><html><p>Welcome</p></html>"
ANSWERS = [
    (Said(401), GrantLost, None),
    (Said(403), Forbidden, None),
    (Said(404), Missing, None),
    (Said(429, headers={"Retry-After": "120"}), Slow, 120),
    (Said(429), Slow, None),
    (Said(503, headers={"Retry-After": "7"}), Slow, 7),
    (Said(503, headers={"Retry-After": "999999999999"}), Slow, 86_400),
    (Said(429, headers={"Retry-After": "soon"}), Slow, None),
    (Said(503), Away, None),
    (Said(500, HTML), Away, None),
    (Said(502), Away, None),
    (Said(507), Away, None),
    (Said(200, HTML), Unsound, None),
    (Said(207, HTML), Unsound, None),
    (Said(207, ""), Unsound, None),
    (Said(207, f"<D:prop {NAMESPACES}/>"), Unsound, None),
    (Said(204), Unsound, None),
    (Said(402), Unsound, None),
    (multistatus(response("/cal/a.ics", etag("1"))), Unsound, None),
    (Said(207, "<D:multistatus xmlns:D='DAV:'>", headers={"Content-Length": "500", "Connection": "close"}), Away, None),
]


@pytest.mark.parametrize(("said", "fault", "after"), ANSWERS)
def test_an_answer_is_a_fault_in_words_of_our_own(server, odd, cal, said, fault, after):
    server.on("REPORT", "/cal/", said)
    with pytest.raises(fault) as raised:
        odd.changes(cal, token="sync:t")
    assert type(raised.value) is fault
    assert "Welcome" not in raised.value.words
    assert "secret" not in raised.value.words
    assert getattr(raised.value, "after", None) == after


def test_patience_until_an_instant_is_told_by_the_servers_own_clock(server, odd, cal):
    until = {"Retry-After": "Wed, 21 Oct 2037 07:30:00 GMT"}
    clock = {"Date": "Wed, 21 Oct 2037 07:28:00 GMT"}
    for headers, after in (({**until, **clock}, 120), (until, None), ({"Retry-After": clock["Date"], **clock}, 0)):
        server.on("REPORT", "/cal/", Said(503, headers=headers))
        with pytest.raises(Slow) as fault:
            odd.changes(cal, token="sync:t")
        assert fault.value.after == after


LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
BOMBS = {
    "laughs": f"<!DOCTYPE x [<!ENTITY l0 'ha'>{LAUGHS}]><D:multistatus {NAMESPACES}>&l11;</D:multistatus>",
    "outside": f"<!DOCTYPE x [<!ENTITY o SYSTEM 'file:///etc/passwd'>]><D:multistatus {NAMESPACES}>&o;</D:multistatus>",
    "plain doctype": f"<!DOCTYPE multistatus><D:multistatus {NAMESPACES}/>",
    "deep": f"<D:multistatus {NAMESPACES}>" + "<a>" * 100_000,
    "many": f"<D:multistatus {NAMESPACES}>" + "<a/>" * 1_000_000 + "</D:multistatus>",
    "odd encoding": "<?xml version='1.0' encoding='rot13'?><a/>",
    "undeclared": "<D:multistatus/>",
    "zero": "\x00" * 1000,
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS)
def test_hostile_xml_is_left_before_it_costs_anything(server, odd, cal, content):
    server.on("REPORT", "/cal/", Said(207, content))
    tracemalloc.start()
    try:
        with pytest.raises(Unsound):
            odd.changes(cal)
        assert tracemalloc.get_traced_memory()[1] < 130 * MB
    finally:
        tracemalloc.stop()


def test_an_answer_without_an_end_is_left(server, odd, cal):
    server.on("REPORT", "/cal/", Said(207, bytes(50 * MB)))
    with pytest.raises(Unsound, match="too large"):
        odd.changes(cal)


def test_one_bad_resource_costs_no_other(server, odd, cal):
    bad = {
        "broken": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x",
        "page": "&lt;html&gt;",
        "large": calendar_text(*(f"UID:large\r\nSUMMARY:{'x' * 30_000}" for _ in range(20))),
    }
    names = ["a", *bad, "b"]
    server.on("REPORT", "/cal/", reports(listed(*names, token="t1"), fetched=texts(**bad)))
    page = odd.changes(cal)
    assert [item.id for item in page.items] == ["/cal/a.ics", "/cal/b.ics"]
    assert page.skipped == {"It cannot be read.": 2, "It is too large.": 1}
    assert page.token == "sync:t1"


def test_a_character_that_xml_does_not_know_costs_no_other(server, odd, cal):
    server.on("REPORT", "/cal/", reports(listed("a", "b", token="t1"), fetched=texts(b=event("b\x0b"))))
    server.on("GET", "/cal/a.ics", Said(200, event("a"), {"ETag": '"1"'}))
    server.on("GET", "/cal/b.ics", Said(200, event("b\x0b"), {"ETag": 'W/"2"'}))
    page = odd.changes(cal)
    assert [(item.id, item.etag) for item in page.items] == [("/cal/a.ics", '"1"'), ("/cal/b.ics", '"2"')]
    assert all("UID" in item.ics for item in page.items)


def test_too_many_at_once_are_asked_for_in_smaller_parts(server, odd, cal):
    huge = event("c").replace("SUMMARY:", f"ATTACH:{'x' * 11 * MB}\r\nSUMMARY:")
    half = event("d").replace("SUMMARY:", f"X-PICTURE:{'x' * 4 * MB}\r\nSUMMARY:")
    fetched = texts(c=huge, d=half, e=half, f=half)
    server.on("REPORT", "/cal/", reports(listed("a", "b", "c", "d", "e", "f", token="t1"), fetched=fetched))
    page = odd.changes(cal)
    assert {item.id for item in page.items} == {f"/cal/{name}.ics" for name in "abdef"}
    assert page.skipped == {"It is too large.": 1}


def test_what_is_gone_between_the_list_and_the_texts_is_gone(server, odd, cal):
    def fetched(_asked: Asked) -> Said:
        return multistatus(response("/cal/a.ics", status=404))

    server.on("REPORT", "/cal/", reports(listed("a", "b", token="t1"), fetched=fetched))
    assert [(item.id, item.ics) for item in odd.changes(cal).items] == [("/cal/a.ics", ""), ("/cal/b.ics", "")]


def test_one_resource_has_one_id_however_it_is_spelled(server, odd, cal):
    spelled = [f"{server.url}/cal/a%40b%7e.ics", "/cal/%61@b~.ics"]
    answers = (multistatus(response(href, etag('"1"')), token="t") for href in spelled)
    server.on("REPORT", "/cal/", reports(*answers, fetched=lambda _: multistatus(response(spelled[0], status=404))))
    assert odd.changes(cal).items == odd.changes(cal, token="sync:t").items
    assert odd.changes(cal).items[0].id == "/cal/a@b~.ics"


def test_what_lies_elsewhere_is_no_part_of_a_calendar(server, odd, cal):
    hrefs = ["http://other.example/cal/a.ics", "/other/a.ics", "/cal/../secret.ics", "/cal/", "/cal", "http://[", "//x"]
    server.on("REPORT", "/cal/", multistatus(*(response(href, etag('"1"')) for href in hrefs[:5]), token="t"))
    assert [item.id for item in odd.changes(cal).items] == []
    server.on("REPORT", "/cal/", multistatus(response("http://[", etag('"1"')), token="t"))
    with pytest.raises(Unsound):
        odd.changes(cal)


def digest_of(asked: Asked, password: str) -> bool:
    said = dict(re.findall(r'(\w+)="?([^",]+)"?', asked.headers.get("Authorization", "").removeprefix("Digest ")))

    def md5(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode()).hexdigest()  # noqa: S324 - what the scheme wants

    if "nonce" not in said:
        return False
    secret, request = md5(said["username"], "cal", password), md5(asked.method, said["uri"])
    return said["response"] == md5(secret, said["nonce"], said["nc"], said["cnonce"], "auth", request)


@pytest.mark.parametrize(("password", "is_taken"), [("secret", True), ("wrong", False)])
def test_a_server_that_wants_a_digest_gets_one(server, odd, cal, password, is_taken):
    def guarded(asked: Asked) -> Said:
        if digest_of(asked, "secret"):
            return listed(token="t1")
        return Said(401, headers={"WWW-Authenticate": 'Digest realm="cal", nonce="abc", qop="auth", algorithm=MD5'})

    server.on("REPORT", "/cal/", guarded)
    account = CalDavAccount(server.url, "alice@example.com", password, now=NOW)
    if is_taken:
        assert account.changes(cal).token == "sync:t1"
        server.asked.clear()
        account.changes(cal)
        assert len(server.asked) == 1
    else:
        with pytest.raises(GrantLost):
            account.changes(cal)


def test_a_stored_event_whose_version_is_not_told_is_asked_for_it(server, odd, cal):
    server.on("PUT", f"/cal/{BLOCK.mark}-1.ics", Said(201))
    there = multistatus(response(f"/cal/{BLOCK.mark}-1.ics", etag('"5"')))
    server.on("PROPFIND", f"/cal/{BLOCK.mark}-1.ics", there)
    assert odd.insert(cal, odd.id_for(BLOCK.mark, 1), BLOCK).etag == '"5"'
    assert server.asked[0].headers["If-None-Match"] == "*"


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


DAY = (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 2, tzinfo=UTC))


@pytest.mark.parametrize("refused", [Said(403), Said(400), Said(405), Said(501), Said(200, "hello"), Said(415)])
def test_where_a_server_does_not_say_when_one_is_busy_it_is_worked_out(server, odd, cal, refused):
    events = [
        event("a"),
        calendar_text("UID:f\r\nDTSTART:20261001T160000\r\nDURATION:PT1H"),
        calendar_text("UID:free\r\nDTSTART:20261001T180000Z\r\nDURATION:PT1H\r\nTRANSP:TRANSPARENT"),
        "nonsense",
    ]

    def answer(asked: Asked) -> Said:
        if "free-busy-query" in asked.body:
            return refused
        assert 'start="20261001T000000Z"' in asked.body
        return multistatus(*(response(f"/cal/{number}.ics", told(text)) for number, text in enumerate(events)))

    server.on("REPORT", "/cal/", answer)
    hours = [(start.hour, end.hour) for start, end in odd.busy([cal], *DAY)[cal]]
    assert hours == [(12, 13), (14, 15)]


@pytest.mark.parametrize(("status", "fault"), [(401, GrantLost), (404, Missing), (429, Slow), (500, Away)])
def test_busy_times_that_cannot_be_asked_for_are_not_taken_for_free_ones(server, odd, cal, status, fault):
    server.on("REPORT", "/cal/", Said(status))
    with pytest.raises(fault):
        odd.busy([cal], *DAY)


def test_busy_times_are_read_in_every_form(server, odd, cal):
    said = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VFREEBUSY\r\n"
        "FREEBUSY:20261001T010000Z/PT1H,20261001T030000Z/20261001T040000Z\r\n"
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261001T033000Z/PT1H\r\n"
        "FREEBUSY;FBTYPE=FREE:20261001T060000Z/PT1H\r\nFREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260930T230000Z/PT90M\r\n"
        "END:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )
    server.on("REPORT", "/cal/", Said(200, said))
    spans = [f"{start:%H:%M}-{end:%H:%M}" for start, end in odd.busy([cal], *DAY)[cal]]
    assert spans == ["00:00-00:30", "01:00-02:00", "03:00-04:30"]


def test_no_method_takes_a_redirect_without_end(server, odd, cal):
    server.on("REPORT", "/cal/", Said(307, headers={"Location": "/cal/"}))
    with pytest.raises(Unsound):
        odd.changes(cal)
    assert len(server.asked) < 10


def test_every_fault_is_one_of_the_known(server, odd, cal):
    for status in (200, 202, 206, 226, 300, 304, 402, 406, 409, 418, 421, 423, 451, 500, 501, 505, 508, 511):
        server.on("REPORT", "/cal/", Said(status, "x"))
        server.on("PROPFIND", "/cal/", Said(status, "x"))
        with pytest.raises(Fault):
            odd.changes(cal)


def test_the_account_is_made_without_asking_anybody(server):
    CalDavAccount(server.url, "alice", "secret", now=NOW, zone=BERLIN)
    assert server.asked == []
