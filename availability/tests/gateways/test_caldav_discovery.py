"""How calendars are found, and who is told the password on the way."""

import base64
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from availability.gateways.caldav import CalDavAccount
from availability.gateways.caldav.addresses import folder
from availability.gateways.faults import Away, GrantLost, Missing, Unsound
from availability.gateways.provider import Access
from availability.tests.gateways.conftest import NOW
from availability.tests.gateways.scripted import (
    Said,
    Scripted,
    calendar_of,
    href_of,
    multistatus,
    response,
    scripted,
)
from timeflow.lib.outbound import look_up
from timeflow.lib.public_addresses import private_host

BASIC = "Basic " + base64.b64encode("alice@example.com:pässword: ☂".encode()).decode()


def account(address: str) -> CalDavAccount:
    return CalDavAccount(address, "alice@example.com", "pässword: ☂", clock=lambda: NOW)


@pytest.fixture
def other(server, settings) -> Iterator[Scripted]:
    """A second host."""
    with scripted() as other:
        settings.PRIVATE_HOSTS = [private_host(f"127.0.0.1:{one.server_port}") for one in (server, other)]
        yield other


def home_at(server: Scripted, where: Scripted) -> None:
    """iCloud: one host for everybody names the host on which a person's calendars lie."""
    server.on("PROPFIND", "/", multistatus(response("/", href_of("D:current-user-principal", "/123/principal/"))))
    home = href_of("C:calendar-home-set", f"{where.url}/123/calendars/")
    people = "<D:href>mailto:a@icloud.example</D:href><D:href>/123/principal/</D:href>"
    addresses = f"<C:calendar-user-address-set>{people}</C:calendar-user-address-set>"
    server.on("PROPFIND", "/123/principal/", multistatus(response("/123/principal/", home, addresses)))
    where.on(
        "PROPFIND",
        "/123/calendars/",
        multistatus(response("home/", calendar_of("<D:displayname>Home</D:displayname>"))),
    )
    where.on("REPORT", "/123/calendars/home/", multistatus(token="t1"))


def test_calendars_may_lie_on_a_host_that_the_first_one_points_to(server, other):
    home_at(server, other)
    (found,) = account(server.url).calendars()
    assert (found.id, found.name) == (f"{other.url}/123/calendars/home/", "Home")
    assert server.lines() == ["PROPFIND /", "PROPFIND /123/principal/"]
    assert all(asked.headers["Authorization"] == BASIC for asked in server.asked + other.asked)


def test_another_process_finds_the_way_again_before_it_tells_the_password(server, other):
    home_at(server, other)
    (found,) = account(server.url).calendars()
    server.asked.clear()
    assert account(server.url).changes(found.id).token == "sync:t1"
    assert server.lines() == ["PROPFIND /", "PROPFIND /123/principal/"]


def test_a_host_that_nobody_pointed_to_is_told_nothing(server, other):
    with pytest.raises(Missing):
        account(server.url).changes(f"{other.url}/cal/")
    with pytest.raises(Missing):
        account(server.url).delete(f"{other.url}/cal/", "x.ics", etag="")
    assert other.asked == []


@pytest.mark.parametrize(
    "inside", ["https://127.0.0.1/", "http://169.254.169.254/", "https://[::1]/", "//10.0.0.1:80/"]
)
def test_no_server_points_inside(server, inside):
    for name, found in (("C:calendar-home-set", Unsound), ("D:current-user-principal", Unsound)):
        server.on("PROPFIND", "/", multistatus(response("/", href_of(name, inside))))
        with pytest.raises(found):
            account(server.url).calendars()


def test_the_usual_port_is_no_part_of_an_id():
    for port, netloc in ((":443", "p34.example"), ("", "p34.example"), (":8443", "p34.example:8443")):
        assert folder("https://caldav.example/", f"https://P34.example{port}/1") == f"https://{netloc}/1/"


def test_a_resource_elsewhere_is_not_asked_for(server, other, odd, cal):
    for event_id in (f"{other.url}/x.ics", f"//127.0.0.1:{other.server_port}/x.ics"):
        with pytest.raises(Unsound):
            odd.get(cal, event_id)
        with pytest.raises(Unsound):
            odd.delete(cal, event_id, etag="")
    assert other.asked == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_followed_with_method_body_and_password(server, other, status):
    home_at(other, other)
    server.on("PROPFIND", "/", Said(status, headers={"Location": f"{other.url}/"}))
    account(server.url).calendars()
    first = other.asked[0]
    assert (first.method, first.headers["Authorization"]) == ("PROPFIND", BASIC)
    assert first.body == server.asked[0].body


def test_the_well_known_path_is_tried_where_the_address_is_a_web_page(server, odd):
    home = server.answers["PROPFIND", "/"]
    server.on("PROPFIND", "/", Said(200, "<!DOCTYPE html>"))
    server.on("PROPFIND", "/.well-known/caldav", Said(301, headers={"Location": "/dav/"}))
    server.answers["PROPFIND", "/dav/"] = home
    assert [one.id for one in odd.calendars()] == [f"{server.url}/cal/"]
    assert server.lines() == ["PROPFIND /", "PROPFIND /.well-known/caldav", "PROPFIND /dav/", "PROPFIND /home/"]


def test_a_calendar_on_a_server_without_people_is_one(server):
    server.on("PROPFIND", "/alone", multistatus(response("/alone", calendar_of())))
    server.on("PROPFIND", "/alone/", multistatus(response("/alone/", calendar_of("<D:displayname>A</D:displayname>"))))
    assert [one.name for one in account(f"{server.url}/alone").calendars()] == ["A"]


@pytest.mark.parametrize("said", [Said(404), Said(403), Said(200, "<!DOCTYPE html>"), multistatus(response("/"))])
def test_where_no_calendars_are_it_is_said_what_to_look_for(server, said):
    server.on("PROPFIND", "/", said)
    with pytest.raises(Unsound, match="CalDAV address"):
        account(server.url).calendars()


@pytest.mark.parametrize(("status", "fault"), [(401, GrantLost), (500, Away)])
def test_a_refused_password_and_a_server_in_trouble_are_told_apart(server, status, fault):
    server.on("PROPFIND", "/", Said(status))
    with pytest.raises(fault):
        account(server.url).calendars()
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://93.184.215.14/", "https://"),
        ("http://calendar.example/", "https://"),
        ("https://me:secret@calendar.example/", "without a name or password"),
        ("ftp://calendar.example/", "https://"),
        ("https://127.0.0.1/", "not one of the public internet"),
        ("127.0.0.1", "not one of the public internet"),
        ("https://[", "https://"),
        ("https://a:b", "https://"),
        ("", "https://"),
        ("https://", "https://"),
    ],
)
def test_a_wrong_address_is_refused_with_the_reason(address, words):
    resolver = look_up if "127" in address else lambda *_host: [ip_address("93.184.215.14")]
    found = CalDavAccount(address, "alice", "secret", clock=lambda: NOW, resolver=resolver)
    with pytest.raises(Unsound, match=words):
        found.calendars()


def privileges(*names: str) -> str:
    inner = "".join(f"<D:privilege><{name}/></D:privilege>" for name in names)
    return f"<D:current-user-privilege-set>{inner}</D:current-user-privilege-set>"


@pytest.mark.parametrize(
    ("said", "access"),
    [
        ("", Access.OWNER),
        (privileges("D:all"), Access.OWNER),
        (privileges("D:read", "D:write"), Access.WRITER),
        (privileges("D:read", "D:write", "D:all") + href_of("D:owner", "/bob/"), Access.WRITER),
        (privileges("D:read", "D:write-content") + href_of("D:owner", "/123/principal/"), Access.OWNER),
        (privileges("D:read", "C:read-free-busy"), Access.READER),
        (privileges("D:read", "D:write-properties"), Access.READER),
        (privileges("C:read-free-busy"), Access.BUSY),
        (privileges(), Access.READER),
    ],
)
def test_access_is_what_the_server_allows(server, said, access):
    home_at(server, server)
    server.on("PROPFIND", "/123/calendars/", multistatus(response("c/", calendar_of(said))))
    (found,) = account(server.url).calendars()
    assert found.access is access


@pytest.mark.parametrize(
    ("colour", "read"),
    [("#FF2968", "#ff2968"), ("#FF2968FF", "#ff2968"), ("#abc", "#aabbcc"), ("red", ""), ("#12345", ""), ("", "")],
)
def test_a_colour_is_six_digits_or_none(server, colour, read):
    said = f'<A:calendar-color xmlns:A="http://apple.com/ns/ical/">{colour}</A:calendar-color>'
    home_at(server, server)
    server.on("PROPFIND", "/123/calendars/", multistatus(response("c/", calendar_of(said))))
    assert account(server.url).calendars()[0].colour == read


def test_only_calendars_for_events_are_listed_and_one_is_the_usual(server):
    def components(name: str) -> str:
        return f'<C:supported-calendar-component-set><C:comp name="{name}"/></C:supported-calendar-component-set>'

    bin_kind = '<D:resourcetype><C:calendar/><n:deleted-calendar xmlns:n="http://nextcloud.com/ns"/></D:resourcetype>'
    home_at(server, server)
    usual = href_of("C:schedule-default-calendar-URL", "/123/calendars/b")
    server.on(
        "PROPFIND",
        "/123/calendars/",
        multistatus(
            response("/123/calendars/", "<D:resourcetype><D:collection/></D:resourcetype>"),
            response("inbox/", "<D:resourcetype><D:collection/><C:schedule-inbox/></D:resourcetype>", usual),
            response("a/", calendar_of(components("VEVENT"))),
            response("b/", calendar_of()),
            response("tasks/", calendar_of(components("VTODO"))),
            response("old/", bin_kind),
            response("locked/", status=403),
        ),
    )
    found = account(server.url).calendars()
    assert [(one.name, one.is_primary) for one in found] == [("a", False), ("b", True)]
