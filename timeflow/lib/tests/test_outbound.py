"""Addresses that people give, tried against servers on loopback and a resolver that lies."""

import gzip
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_socket import SocketConnectBlockedError

from timeflow.lib.outbound import (
    MAX_REDIRECTS,
    AnswerTooLarge,
    NotAWebAddress,
    NotPublic,
    OutboundSession,
    TookTooLong,
    TooManyRedirects,
    Unreachable,
    look_up,
)
from timeflow.lib.public_addresses import private_host

LOOPBACK, PUBLIC = ip_address("127.0.0.1"), ip_address("93.184.215.14")
MB = 1024 * 1024
INSIDE = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://0.0.0.0/",
    "http://localhost/",
    "http://LOCALHOST./",
    "https://127.0.0.1:8443/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
]
NO_ADDRESS = [
    "file:///etc/passwd",
    "ftp://calendar.example/",
    "gopher://calendar.example/",
    "javascript:alert(1)",
    "data:text/calendar,x",
    "calendar.example/feed",
    "//calendar.example/",
    "http://",
    "http:///feed",
    "http://[::1",
    "http://calendar.example:port/",
    "http://calendar.example@127.0.0.1/",
    "http://me:secret@calendar.example/",
    "http://calendar.example:80@127.0.0.1:80/",
    "http://127。0。0。1/",
    "http://①②⑦.⓪.⓪.①/",
    "",
]


class Door(BaseHTTPRequestHandler):
    """Answers by the path: what it says is in `server.answers`."""

    def do_GET(self) -> None:
        self.server.asked.append(self.headers)
        try:
            self.server.answers[self.path.partition("?")[0]](self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_PUT = do_GET  # noqa: N815 - the name that the library asks for

    def log_message(self, *_words: object) -> None:
        """Says nothing."""

    def say(self, content: bytes = b"", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Length": str(len(content)), **sent}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        server.asked, server.answers, server.is_over = [], {"/": lambda door: door.say(b"hello")}, threading.Event()
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield server
        server.is_over.set()
        server.shutdown()


@pytest.fixture
def home(server, settings) -> str:
    """Where that server is, by a name that the installation excepts."""
    settings.PRIVATE_HOSTS = [private_host(f"calendar.example:{server.server_port}")]
    return f"http://calendar.example:{server.server_port}"


class Names:
    """A resolver: each name's answers one after the other, the last one for ever; other names are the system's."""

    def __init__(self, **names: list) -> None:
        self.names = {"calendar.example": [LOOPBACK], **{name.replace("_", "."): told for name, told in names.items()}}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int):
        self.asked.append(host)
        told = self.names.get(host)
        if told is None:
            return look_up(host, port)
        answer = told.pop(0) if len(told) > 1 else told[0]
        return answer if isinstance(answer, list) else [answer]


def get(address: str, names: Names | None = None, **limits):
    with OutboundSession(resolver=names or Names(), **limits) as session:
        return session.get(address)


def leads_to(address: str):
    return lambda door: door.say(status=302, Location=address)


def test_what_a_server_says_comes_back(home, server):
    answer = get(f"{home}/")
    assert (answer.status_code, answer.content, answer.text) == (200, b"hello", "hello")
    assert [*answer.iter_content(2)] == [b"he", b"ll", b"o"]
    (asked,) = server.asked
    assert (asked["Host"], asked["User-Agent"]) == (home.removeprefix("http://"), "TimeFlow")


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_leads_inside(address):
    with pytest.raises(NotPublic):
        get(address)


@pytest.mark.parametrize("address", INSIDE)
def test_no_redirect_leads_inside(home, server, address):
    server.answers["/away"] = leads_to(address)
    with pytest.raises(NotPublic):
        get(f"{home}/away")


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_what_is_no_plain_web_address_is_refused(address):
    names = Names()
    with pytest.raises(NotAWebAddress):
        get(address, names)
    assert not names.asked


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://calendar.example/", "http://a@calendar.example/", "http://["]
)
def test_no_redirect_leads_to_one(home, server, address):
    server.answers["/away"] = leads_to(address)
    with pytest.raises(NotAWebAddress):
        get(f"{home}/away")


@pytest.mark.filterwarnings("ignore:A test tried to use socket.socket.connect")
def test_the_address_that_was_checked_is_the_one_that_is_connected_to():
    names = Names(rebinding_example=[PUBLIC, LOOPBACK])
    with pytest.raises(SocketConnectBlockedError, match=str(PUBLIC)):
        get("http://rebinding.example/", names)
    assert names.asked == ["rebinding.example"]
    with pytest.raises(NotPublic):
        get("http://rebinding.example/", names)


def test_a_redirect_to_the_same_name_is_checked_anew(server, settings):
    settings.PRIVATE_HOSTS = [private_host(f"127.0.0.1:{server.server_port}")]
    server.answers["/away"] = lambda door: door.say(status=302, Location="/", Connection="close")
    names = Names(calendar_example=[LOOPBACK, ip_address("10.0.0.1")])
    with pytest.raises(NotPublic):
        get(f"http://calendar.example:{server.server_port}/away", names)
    assert len(server.asked) == 1


def test_a_name_with_one_private_address_among_others_is_refused():
    with pytest.raises(NotPublic):
        get("http://mixed.example/", Names(mixed_example=[[PUBLIC, LOOPBACK]]))


@pytest.mark.parametrize("port", [22, 6379, 8080])
def test_a_public_server_is_not_asked_at_any_port(port):
    with pytest.raises(NotPublic):
        get(f"http://public.example:{port}/", Names(public_example=[PUBLIC]))


def test_an_international_name_is_looked_up_as_name_servers_know_it():
    names = Names()
    names.names["xn--bcher-kva.example"] = [LOOPBACK]
    with pytest.raises(NotPublic):
        get("http://Bücher.example/", names)
    assert names.asked == ["xn--bcher-kva.example"]


def test_five_redirects_are_followed_and_no_more(home, server):
    for number in range(MAX_REDIRECTS):
        server.answers[f"/{number + 1}"] = leads_to(f"/{number}" if number else "/")
    assert get(f"{home}/{MAX_REDIRECTS}").content == b"hello"
    server.answers["/more"] = leads_to(f"/{MAX_REDIRECTS}")
    with pytest.raises(TooManyRedirects):
        get(f"{home}/more")
    server.answers["/round"] = leads_to("/round")
    with pytest.raises(TooManyRedirects):
        get(f"{home}/round")


def drip(piece: bytes, *, head: bytes = b"HTTP/1.1 200 OK\r\n\r\n"):
    """Sends a piece every 50 ms until the test is over, for 5 s at most."""

    def answer(door: Door) -> None:
        door.wfile.write(head)
        for _ in range(100):
            door.wfile.write(piece)
            door.wfile.flush()
            if door.server.is_over.wait(0.05):
                return

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(drip(b"x"), id="content"),
        pytest.param(drip(b"1\r\nx\r\n", head=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), id="chunks"),
        pytest.param(drip(b"X", head=b"HTTP/1.1 200 OK\r\nX-Long: "), id="a header"),
        pytest.param(drip(b"X-More: x\r\n", head=b"HTTP/1.1 200 OK\r\n"), id="headers"),
        pytest.param(drip(b"HTTP/1.1 100 Continue\r\n\r\n", head=b""), id="soon"),
        pytest.param(drip(b""), id="silence"),
    ],
)
def test_a_server_that_drips_is_left_in_time(home, server, answer):
    server.answers["/slow"] = answer
    begun = time.monotonic()
    with pytest.raises(TookTooLong):
        get(f"{home}/slow", max_seconds=0.3)
    assert time.monotonic() - begun < 3


def test_a_name_that_nobody_looks_up_is_left_in_time(home, server):
    def silence(_host: str, _port: int):
        server.is_over.wait(20)
        return [LOOPBACK]

    begun = time.monotonic()
    with pytest.raises(TookTooLong):
        get(f"{home}/", silence, max_seconds=0.3)
    assert time.monotonic() - begun < 3
    assert server.asked == []


def test_looking_up_and_answering_share_the_time(home, server):
    def late(_host: str, _port: int):
        server.is_over.wait(0.3)
        return [LOOPBACK]

    server.answers["/late"] = lambda door: (door.server.is_over.wait(0.3), door.say(b"hello"))
    with pytest.raises(TookTooLong):
        get(f"{home}/late", late, max_seconds=0.5)


def test_redirects_share_the_time(home, server):
    def late(door: Door) -> None:
        door.server.is_over.wait(0.2)
        door.say(status=302, Location="/late")

    server.answers["/late"] = late
    with pytest.raises(TookTooLong):
        get(f"{home}/late", max_seconds=0.5)


def test_no_more_than_the_limit_is_kept(home, server):
    server.answers["/10"] = lambda door: door.say(bytes(10 * MB))
    server.answers["/11"] = lambda door: door.say(bytes(10 * MB + 1))
    server.answers["/50"] = lambda door: door.say(bytes(50 * MB))
    assert len(get(f"{home}/10").content) == 10 * MB
    for path in ("/11", "/50"):
        with pytest.raises(AnswerTooLarge):
            get(home + path)


def test_content_is_counted_as_it_unpacks(home, server):
    server.answers["/small"] = lambda door: door.say(gzip.compress(b"hello"), Content_Encoding="gzip")
    server.answers["/bomb"] = lambda door: door.say(gzip.compress(bytes(200 * MB), 1), Content_Encoding="gzip")
    nothing = gzip.compress(b"") * (2 * MB // 20)
    server.answers["/nothing"] = lambda door: door.say(nothing, Content_Encoding="gzip")
    server.answers["/broken"] = lambda door: door.say(b"hello", Content_Encoding="gzip")
    assert get(f"{home}/small").content == b"hello"
    with pytest.raises(AnswerTooLarge):
        get(f"{home}/bomb")
    with pytest.raises(AnswerTooLarge):
        get(f"{home}/nothing", max_bytes=1 * MB)
    with pytest.raises(Unreachable):
        get(f"{home}/broken")


def test_a_redirects_own_content_counts_too(home, server):
    server.answers["/away"] = lambda door: door.say(bytes(50 * MB), status=302, Location="/")
    with pytest.raises(AnswerTooLarge):
        get(f"{home}/away")


def test_no_proxy_or_password_of_the_environment_is_used(home, server, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine calendar.example login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert get(f"{home}/").content == b"hello"
    assert "Authorization" not in server.asked[0]


@pytest.fixture
def authority(server, tmp_path) -> str:
    """Puts the server behind TLS as calendar.example, and gives the file to know it by."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "calendar.example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("calendar.example")]), critical=False)
    certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "server.pem").write_bytes(certificate + key.private_bytes(*form))
    (tmp_path / "authority.pem").write_bytes(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return str(tmp_path / "authority.pem")


def test_a_certificate_is_for_the_name_and_from_an_authority_that_is_known(authority, server, settings):
    settings.PRIVATE_HOSTS = [private_host(f"127.0.0.1:{server.server_port}")]
    address = f"https://calendar.example:{server.server_port}/"
    names = Names(other_example=[LOOPBACK])
    with OutboundSession(resolver=names) as session:
        for verify in (True, False):
            with pytest.raises(Unreachable):
                session.get(address, verify=verify)
        assert session.get(address, verify=authority).content == b"hello"
        with pytest.raises(Unreachable):
            session.get(address.replace("calendar", "other"), verify=authority)


def test_nobody_there_is_said_so(settings):
    settings.PRIVATE_HOSTS = [private_host("127.0.0.1:1")]
    for address in ("http://127.0.0.1:1/", "http://nobody.invalid/"):
        with pytest.raises(Unreachable):
            get(address, Names(nobody_invalid=[[]]))


def test_what_is_no_web_server_is_said_so(home, server):
    server.answers["/odd"] = lambda door: door.wfile.write(b"220 mail.example ESMTP\r\n")
    server.answers["/short"] = lambda door: door.say(b"hello", Content_Length="50")
    server.answers["/twice"] = lambda door: door.say(b"hello", Content_Length="5, 50")
    for path in ("/odd", "/short", "/twice"):
        with pytest.raises(Unreachable):
            get(home + path)


def test_refusals_are_in_words():
    with pytest.raises(NotPublic) as refusal:
        get("http://127.0.0.1/")
    assert refusal.value.problem() == {"code": "not_public", "detail": NotPublic.detail}
    assert not isinstance(refusal.value, requests.RequestException)
