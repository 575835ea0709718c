"""A server on loopback that says what a test wrote down, for what no real server at hand does."""

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from availability.tests.gateways.dav_server import calendar_text

NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Said:
    status: int = 200
    content: bytes | str = b""
    headers: dict[str, str] = field(default_factory=dict)


Script = Said | Callable[[Asked], Said]


class Scripted(ThreadingHTTPServer):
    """`on` says what follows on what; the last answer is given for ever, 404 where nothing was said."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked: list[Asked] = []
        self.answers: defaultdict[tuple[str, str], list[Script]] = defaultdict(lambda: [Said(404)])

    def on(self, method: str, path: str, *answers: Script) -> None:
        self.answers[method, path] = list(answers)

    def lines(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]

    def handle_error(self, request: object, client_address: object) -> None:
        """Who leaves in the middle of a long answer is no error."""


class _Door(BaseHTTPRequestHandler):
    server: Scripted
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        asked = Asked(self.command, self.path, {name.title(): value for name, value in self.headers.items()}, body)
        self.server.asked.append(asked)
        answers = self.server.answers[self.command, self.path]
        script = answers.pop(0) if len(answers) > 1 else answers[0]
        said = script if isinstance(script, Said) else script(asked)
        content = said.content.encode() if isinstance(said.content, str) else said.content
        self.send_response_only(said.status)
        for name, value in {"Content-Length": str(len(content)), **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if said.status != 304:
            self.wfile.write(content)

    do_GET = do_PUT = do_DELETE = do_PROPFIND = do_REPORT = do_MKCALENDAR = _answer  # noqa: N815 - the library's names

    def log_message(self, *_words: object) -> None:
        """Says nothing."""


@contextmanager
def scripted() -> Iterator[Scripted]:
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def multistatus(*responses: str, token: str = "") -> Said:
    end = f"<D:sync-token>{token}</D:sync-token>" if token else ""
    return Said(207, f"<?xml version='1.0'?><D:multistatus {NAMESPACES}>{''.join(responses)}{end}</D:multistatus>")


def response(href: str, *properties: str, status: int = 0) -> str:
    """What is said of one address: its own status, or properties that it has."""
    if status:
        return f"<D:response><D:href>{href}</D:href><D:status>HTTP/1.1 {status} Said</D:status></D:response>"
    found = f"<D:propstat><D:prop>{''.join(properties)}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
    return f"<D:response><D:href>{href}</D:href>{found}</D:response>"


def href_of(name: str, href: str) -> str:
    return f"<{name}><D:href>{href}</D:href></{name}>"


def etag(text: str) -> str:
    return f"<D:getetag>{text}</D:getetag>"


def calendar_of(*properties: str) -> str:
    return f"<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>{''.join(properties)}"


def refusal(status: int, rule: str) -> Said:
    return Said(status, f"<D:error {NAMESPACES}><{rule}/></D:error>")


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
