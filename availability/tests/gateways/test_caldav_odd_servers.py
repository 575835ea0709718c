"""What CalDAV servers of the world do that the one at hand does not: said by a script."""

import hashlib
import re
import tracemalloc

import pytest

from availability.gateways.caldav import CalDavAccount
from availability.gateways.faults import Away, Fault, Forbidden, GrantLost, Missing, Slow, TokenExpired, Unsound
from availability.tests.gateways.conftest import BERLIN, NOW
from availability.tests.gateways.scripted import NAMESPACES, Asked, Said, etag, event, listed, multistatus, response

MB = 1024 * 1024
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
    (multistatus(response("/cal/a.ics", etag("1"))), TokenExpired, None),
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
    now, soon = "Wed, 21 Oct 2037 07:28:00 GMT", "Wed, 21 Oct 2037 07:30:00 GMT"
    past, never = "Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2099 07:28:00 GMT"
    clock = {"Date": now}
    for until, date, after in (
        (soon, clock, 120),
        (now, clock, 0),
        (past, clock, 0),
        (never, clock, 86_400),
        (soon, {}, None),
    ):
        server.on("REPORT", "/cal/", Said(503, headers={"Retry-After": until, **date}))
        with pytest.raises(Slow) as fault:
            odd.changes(cal, token="sync:t")
        assert fault.value.after == after


TOKEN = "<D:sync-token>t</D:sync-token>"
LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
BOMBS = {
    "laughs": f"<!DOCTYPE x [<!ENTITY l0 'ha'>{LAUGHS}]><D:multistatus {NAMESPACES}>&l11;</D:multistatus>",
    "outside": f"<!DOCTYPE x [<!ENTITY o SYSTEM 'file:///etc/passwd'>]><D:multistatus {NAMESPACES}>&o;</D:multistatus>",
    "plain doctype": f"<!DOCTYPE multistatus><D:multistatus {NAMESPACES}>{TOKEN}</D:multistatus>",
    "deep": f"<D:multistatus {NAMESPACES}>{TOKEN}" + "<a>" * 100_000 + "</a>" * 100_000 + "</D:multistatus>",
    "many": f"<D:multistatus {NAMESPACES}>{TOKEN}" + "<a/>" * 1_000_000 + "</D:multistatus>",
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
    account = CalDavAccount(server.url, "alice@example.com", password, clock=lambda: NOW)
    if is_taken:
        assert account.changes(cal).token == "sync:t1"
        server.asked.clear()
        account.changes(cal)
        assert len(server.asked) == 1
    else:
        with pytest.raises(GrantLost):
            account.changes(cal)


def test_a_version_is_kept_without_what_no_database_and_no_header_takes(server, odd, cal):
    server.on("GET", "/cal/a.ics", Said(200, event("a"), {"ETag": '"a\x00b\r\n c"'}))
    assert odd.get(cal, "/cal/a.ics").etag == '"ab c"'


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
    CalDavAccount(server.url, "alice", "secret", clock=lambda: NOW, zone=BERLIN)
    assert server.asked == []
