"""What changed since a token, from servers that tell it in other ways, and resources that spoil an answer."""

import re
import threading
from datetime import timedelta
from itertools import count

import pytest

from availability.gateways.caldav import CalDavAccount
from availability.gateways.faults import TokenExpired, Unsound
from availability.gateways.provider import Page
from availability.tests.gateways.conftest import NOW
from availability.tests.gateways.dav_server import calendar_text
from availability.tests.gateways.scripted import (
    Asked,
    Said,
    Scripted,
    etag,
    event,
    listed,
    multistatus,
    refusal,
    reports,
    response,
    texts,
    told,
)

MB = 1024 * 1024
VALID_TOKEN = "D:valid-sync-token"
NO_SYNC = refusal(403, "D:supported-report")


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
        page = CalDavAccount(server.url, "alice@example.com", "secret", clock=lambda: NOW).changes(
            cal, token="versions:old", page=page.next_page
        )
    assert [item.id for item in seen] == [f"/cal/{name}.ics" for name in names]


def test_a_server_that_forgets_to_give_a_token_is_read_whole(server, odd, cal):
    without = multistatus(response("/cal/a.ics", etag('"1"')))
    server.on("REPORT", "/cal/", reports(without))
    server.on("PROPFIND", "/cal/", without)
    page = odd.changes(cal)
    assert (page.is_full, [item.id for item in page.items]) == (True, ["/cal/a.ics"])
    assert list(odd.changes(cal, token=page.token).items) == []
    with pytest.raises(TokenExpired):
        odd.changes(cal, token="sync:old")


NOT_TAKEN = [refusal(status, VALID_TOKEN) for status in (403, 409, 412, 507)]


@pytest.mark.parametrize("said", NOT_TAKEN + [Said(status) for status in (400, 409, 410, 412, 415, 418)])
def test_a_token_that_is_not_taken_means_to_begin_anew(server, odd, cal, said):
    server.on("REPORT", "/cal/", said)
    with pytest.raises(TokenExpired):
        odd.changes(cal, token="sync:old")


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
    assert list(page.unread) == ["/cal/broken.ics", "/cal/large.ics", "/cal/page.ics"]
    assert page.token == "sync:t1"


@pytest.mark.parametrize("said", [Said(403), Said(200, "<html>Sign in</html>"), Said(200, b"X" * 11 * MB)])
def test_what_is_refused_at_the_moment_is_there_all_the_same(server, odd, cal, said):
    def without_b(asked: Asked) -> Said:
        return multistatus(response("/cal/a.ics", etag('"1"'), told(event("a"))))

    server.on("REPORT", "/cal/", reports(listed("a", "b", token="t1"), fetched=without_b))
    server.on("GET", "/cal/b.ics", said)
    page = odd.changes(cal)
    assert ([item.id for item in page.items], list(page.unread)) == (["/cal/a.ics"], ["/cal/b.ics"])


@pytest.mark.parametrize("way", ["sync", "versions"])
def test_what_a_server_does_not_tell_of_at_the_moment_is_there_all_the_same(server, odd, cal, way):
    parts = [
        response("/cal/a.ics", etag('"1"')),
        response("/cal/b.ics", status=403),
        response("/cal/c.ics", status=404),
    ]
    found = multistatus(*parts, response("/cal/folder/", status=403), token="t1")
    server.on("REPORT", "/cal/", reports(found if way == "sync" else NO_SYNC, fetched=lambda _asked: multistatus()))
    server.on("PROPFIND", "/cal/", found)
    server.on("GET", "/cal/a.ics", Said(200, event("a")))
    server.on("GET", "/cal/b.ics", Said(403))
    page = odd.changes(cal)
    assert [item.id for item in page.items if item.ics] == ["/cal/a.ics"]
    assert list(page.unread) == ["/cal/b.ics"]


def test_what_was_an_event_and_is_a_task_now_is_gone(server, odd, cal):
    task = calendar_text().replace("END:VCALENDAR", "BEGIN:VTODO\r\nUID:a\r\nEND:VTODO\r\nEND:VCALENDAR")
    server.on("REPORT", "/cal/", reports(listed("a", token="t1"), fetched=texts(a=task)))
    page = odd.changes(cal)
    assert ([(item.id, item.ics) for item in page.items], list(page.unread)) == ([("/cal/a.ics", "")], [])


def pages_of(account: CalDavAccount, cal: str) -> list[Page]:
    pages = [account.changes(cal)]
    while pages[-1].next_page:
        pages.append(account.changes(cal, page=pages[-1].next_page))
    return pages


def test_a_page_from_a_slow_server_ends_early_and_the_next_goes_on(server, cal):
    parts = [response("/cal/b.ics", status=404), *(response(f"/cal/{name}.ics", etag('"1"')) for name in "acde")]
    nothing = multistatus()
    server.on("REPORT", "/cal/", reports(multistatus(*parts, token="t1"), fetched=lambda _asked: nothing))
    for name in "acde":
        server.on("GET", f"/cal/{name}.ics", Said(200, event(name)))
    minutes = count()
    account = CalDavAccount(
        server.url, "alice@example.com", "secret", clock=lambda: NOW + timedelta(minutes=next(minutes))
    )
    pages = pages_of(account, cal)
    assert [[item.id[5] for item in page.items] for page in pages] == [["a"], ["b", "c"], ["d"], ["e"]]
    assert [page.token for page in pages] == ["", "", "", "sync:t1"]
    assert all(page.is_full for page in pages)


def test_a_server_that_is_slow_with_many_is_asked_for_few(server, cal):
    asked_for, is_done = [], threading.Event()

    def fetched(asked: Asked) -> Said:
        asked_for.append(asked.body.count("/cal/"))
        if asked_for[-1] > 1:
            is_done.wait(30)
        return texts()(asked)

    server.on("REPORT", "/cal/", reports(listed("a", "b", "c", token="t1"), fetched=fetched))
    account = CalDavAccount(server.url, "alice@example.com", "secret", clock=lambda: NOW, max_seconds=1)
    page = account.changes(cal)
    is_done.set()
    assert [item.id for item in page.items] == ["/cal/a.ics", "/cal/b.ics", "/cal/c.ics"]
    assert asked_for == [3, 1, 2, 1, 1]


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
