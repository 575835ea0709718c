"""Servers that lead somebody who asks astray, or try to wear them out."""

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from pytest_socket import SocketConnectBlockedError

from timeflow.lib.outbound import (
    AnswerTooLarge,
    NotAWebAddress,
    NotEncrypted,
    NotFetched,
    NotPublic,
    OutboundSession,
    PasswordInClear,
    TookTooLong,
    Unreachable,
)
from timeflow.lib.public_addresses import private_host
from timeflow.lib.tests.test_outbound import (
    LOOPBACK,
    MB,
    PUBLIC,
    Door,
    Names,
    authority,  # noqa: F401  # fixture
    get,
    home,  # noqa: F401  # fixture
    leads_to,
    server,  # noqa: F401  # fixture
)


@pytest.fixture
def two_hosts(server, settings) -> tuple[str, str]:  # noqa: F811
    """One server under two names."""
    settings.PRIVATE_HOSTS = [private_host(f"127.0.0.1:{server.server_port}")]
    return f"http://calendar.example:{server.server_port}", f"http://other.example:{server.server_port}"


def two_names() -> Names:
    return Names(other_example=[LOOPBACK])


def test_no_redirect_leads_out_of_encryption(authority, server, settings):  # noqa: F811
    settings.PRIVATE_HOSTS = [private_host(f"127.0.0.1:{server.server_port}")]
    place = f"calendar.example:{server.server_port}"
    for path, target in (
        ("/away", f"http://{place}/"),
        ("/AWAY", f"HTTP://{place}/"),
        ("/public", "http://a.example/"),
    ):
        server.answers[path] = leads_to(target)
        with OutboundSession(resolver=Names()) as session, pytest.raises(NotEncrypted):
            session.get(f"https://{place}{path}", verify=authority)
    server.answers["/on"] = leads_to(f"//{place}/")
    with OutboundSession(resolver=Names()) as session:
        assert session.get(f"https://{place}/on", verify=authority).content == b"hello"


def test_what_proves_who_asks_is_for_one_host(two_hosts, server):  # noqa: F811
    mine, other = two_hosts
    server.answers["/away"] = lambda door: door.say(status=307, Location=f"{other}/", Set_Cookie="a=b; Domain=example")
    with OutboundSession(resolver=two_names()) as session:
        session.headers["Authorization"] = "Bearer of-all"
        session.get(f"{mine}/away", auth=("me", "secret"), headers={"Cookie": "mine=1"})
        session.headers.pop("Authorization")
        session.get(f"{other}/")
    first, *others = server.asked
    assert first["Authorization"].startswith("Basic ")
    assert len(others) == 2
    for asked in others:
        assert asked["Host"].startswith("other.example")
        assert asked["Authorization"] is None
        assert asked["Cookie"] is None
        assert asked["Referer"] is None


@pytest.mark.filterwarnings("ignore:A test tried to use socket.socket.connect")
def test_a_password_goes_unencrypted_only_where_the_installation_says_so(home, server, settings):  # noqa: F811
    names = Names(public_example=[PUBLIC], half_example=[[LOOPBACK, PUBLIC]])
    with OutboundSession(resolver=names, has_password=True) as session:
        assert session.get(f"{home}/", auth=("me", "secret")).content == b"hello"
        server.answers["/away"] = leads_to("http://public.example/")
        for address in ("http://public.example/", "http://public.example:8443/", f"{home}/away"):
            with pytest.raises(PasswordInClear):
                session.get(address)
        settings.PRIVATE_HOSTS = [private_host("127.0.0.0/8")]
    with OutboundSession(resolver=names, has_password=True) as session:
        with pytest.raises(PasswordInClear):
            session.get("http://half.example/")
        with pytest.raises(SocketConnectBlockedError):
            session.get("https://public.example/")
    with OutboundSession(resolver=names) as session, pytest.raises(SocketConnectBlockedError):
        session.get("http://public.example/")


def test_an_open_connection_is_nobody_elses(two_hosts, server):  # noqa: F811
    mine, other = two_hosts
    names = Names(other_example=[ip_address("10.0.0.1")])
    with OutboundSession(resolver=names) as session:
        session.get(f"{mine}/")
        with pytest.raises(NotPublic):
            session.get(f"{other}/")
    assert names.asked == ["calendar.example", "other.example"]


def test_no_proxy_is_used_though_it_is_asked_for(home):  # noqa: F811
    with OutboundSession(resolver=Names()) as session:
        session.proxies = {"http": "http://127.0.0.1:9", "all": "http://127.0.0.1:9"}
        assert session.get(f"{home}/", proxies={"http": "http://127.0.0.1:9"}).content == b"hello"


@pytest.mark.parametrize(
    "piece", ["\r\nX-Evil: 1", "\nX-Evil: 1", "\tX-Evil: 1", "%0d%0aX-Evil:%201", " HTTP/1.1\r\nX-Evil: 1"]
)
def test_no_address_writes_a_header(home, server, piece):  # noqa: F811
    server.answers |= {path: lambda door: door.say() for path in ("/x", f"/x{piece}")}
    server.handle_error = lambda *_ignored: None
    for address in (f"{home}/x?{piece}", f"{home}/x#{piece}"):
        get(address)
    for name in ("X\r\nEvil", "X-Evil"):
        with pytest.raises((NotFetched, ValueError)), OutboundSession(resolver=Names()) as session:
            session.get(f"{home}/x", headers={name: f"1{chr(13)}{chr(10)}Evil: 1"})
    assert all(asked["X-Evil"] is None for asked in server.asked)


@pytest.mark.parametrize(
    "target", ["http://[", "http://a b/", "http://\udcff\udcfe/", "//", "http://calendar.example:99999/"]
)
def test_no_odd_target_breaks_us(home, server, target):  # noqa: F811
    def answer(door: Door) -> None:
        door.wfile.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ")
        door.wfile.write(target.encode("utf-8", "surrogateescape") + b"\r\n\r\n")

    server.answers["/odd"] = answer
    with pytest.raises(NotFetched):
        get(f"{home}/odd")


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip, deflate, gzip", ", ".join(["gzip"] * 30)])
def test_packed_in_packed_content_does_not_unfold_in_memory(home, server, encoding):  # noqa: F811
    content = gzip.compress(bytes(100 * MB), 9)
    for kind in encoding.split(", ")[1:3]:
        content = gzip.compress(content, 9) if kind == "gzip" else zlib.compress(content, 9)
    server.answers["/bomb"] = lambda door: door.say(content, Content_Encoding=encoding)
    tracemalloc.start()
    try:
        with pytest.raises((AnswerTooLarge, Unreachable)):
            get(f"{home}/bomb")
        assert tracemalloc.get_traced_memory()[1] < 40 * MB
    finally:
        tracemalloc.stop()


def flood(piece: bytes, head: bytes = b"HTTP/1.1 200 OK\r\n"):
    """Sends pieces as fast as they are read."""

    def answer(door: Door) -> None:
        door.wfile.write(head)
        while not door.server.is_over.is_set():
            door.wfile.write(piece * 1_000)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(flood(b"HTTP/1.1 100 Continue\r\n\r\n", head=b""), id="soon"),
        pytest.param(flood(b"HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n", head=b""), id="soon, with headers"),
        pytest.param(flood(b"X-More: x\r\n"), id="headers"),
        pytest.param(flood(b"x", head=b"HTTP/1.1 200 OK\r\nX-Long: "), id="one header"),
        pytest.param(flood(b" x\r\n", head=b"HTTP/1.1 200 OK\r\nX-Folded: x\r\n"), id="a folded header"),
        pytest.param(flood(b"x", head=b""), id="a first line"),
        pytest.param(
            flood(b"1;" + b"x" * 50 + b"\r\nx\r\n", head=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            id="extended chunks",
        ),
        pytest.param(
            flood(b"X: y\r\n", head=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"), id="trailers"
        ),
    ],
)
def test_a_flood_is_left_before_it_fills_anything(home, server, answer):  # noqa: F811
    server.answers["/flood"] = answer
    begun = time.monotonic()
    with pytest.raises((AnswerTooLarge, Unreachable)):
        get(f"{home}/flood", max_bytes=MB, max_seconds=20)
    assert time.monotonic() - begun < 10


@pytest.fixture
def silent_door() -> Iterator[int]:
    """The port of a server that greets with TLS, a byte every 50 ms."""
    is_over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            sock, _ = listening.accept()
            with sock:
                for byte in b"\x16\x03\x03\x40\x00" + bytes(200):
                    sock.send(bytes([byte]))
                    if is_over.wait(0.05):
                        return

        greeting = threading.Thread(target=greet)
        greeting.start()
        yield listening.getsockname()[1]
        is_over.set()
        greeting.join()


def test_a_greeting_that_drips_is_left_in_time(silent_door, settings):
    settings.PRIVATE_HOSTS = [private_host(f"127.0.0.1:{silent_door}")]
    begun = time.monotonic()
    with pytest.raises((TookTooLong, Unreachable)):
        get(f"https://calendar.example:{silent_door}/", max_seconds=0.4)
    assert time.monotonic() - begun < 3


def test_one_that_takes_no_body_is_left_in_time(home, server):  # noqa: F811
    def deaf(door: Door) -> None:
        door.server.is_over.wait(5)

    server.answers["/deaf"] = deaf
    begun = time.monotonic()
    with OutboundSession(resolver=Names(), max_seconds=0.5) as session, pytest.raises((TookTooLong, Unreachable)):
        session.put(f"{home}/deaf", data=bytes(50 * MB))
    assert time.monotonic() - begun < 4


def test_an_answer_without_a_place_to_go_is_an_answer(home, server):  # noqa: F811
    server.answers["/nowhere"] = lambda door: door.say(b"hello", status=302)
    assert get(f"{home}/nowhere").content == b"hello"
    with pytest.raises(NotAWebAddress):
        get("http:///x")
