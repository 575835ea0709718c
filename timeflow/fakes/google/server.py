"""HTTP on loopback: a request is read, counted, spoiled where that is wished, and led to its door."""

import json
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from timeflow.fakes.google.exchange import Answer, Refused, Request, as_json
from timeflow.fakes.google.push import LOOPBACK

if TYPE_CHECKING:
    from timeflow.fakes.google.stand_in import Google

LONGEST_BODY = 2_000_000


class Cut(Exception):
    """The connection ends here, without a word."""


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1; port 0 means a free one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, google: "Google", port: int) -> None:
        self.google = google
        self.is_over = Event()
        super().__init__(("127.0.0.1", port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Told, unless it is a browser or program that went away."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Of a connection that is kept open without being used.
    timeout = 30
    server: Server

    def log_message(self, *_: object) -> None:
        """Nothing: requests hold tokens and codes."""

    def _serve(self) -> None:
        try:
            answer = self._answer()
        except Cut:
            self.close_connection = True
            return
        # A server that was stopped keeps nobody waiting on an old connection.
        self.close_connection = self.close_connection or self.server.is_over.is_set()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and answer.status not in (204, 304):
            self.wfile.write(answer.body)

    def _answer(self) -> Answer:
        if self.server.is_over.is_set():
            raise Cut
        length = self.headers.get("Content-Length") or "0"
        if "Transfer-Encoding" in self.headers or not length.isdecimal() or int(length) > LONGEST_BODY:
            self.close_connection = True
            return as_json({"error": {"code": 413, "message": "The body is too large, or of no known length."}}, 413)
        body = self.rfile.read(int(length))
        host, origin = urlsplit(f"//{self.headers.get('Host', '')}"), self.headers.get("Origin")
        # Other sites in the same browser may not reach through it to here.
        is_foreign = self.command != "GET" and origin not in (None, f"http://{host.netloc}")
        if host.hostname not in LOOPBACK or is_foreign:
            return as_json({"error": {"code": 403, "message": "The stand-in is for this machine alone."}}, 403)
        address = urlsplit(self.path)
        query = parse_qs(address.query, keep_blank_values=True)
        request = Request("GET" if self.command == "HEAD" else self.command, address.path, query, self.headers, body)
        return respond(self.server.google, request)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server's names


def respond(google: "Google", request: Request) -> Answer:
    """What the stand-in answers, faults among it. Raises `Cut`."""
    path = request.path
    kind, carry_out = google.doors.find(request)
    if kind in ("control", "page", "unknown"):
        return _safely(carry_out)
    fault = google.faults.take(kind, request.method, unquote(path))
    if fault and fault.seconds:
        google.faults.wait(fault.seconds)
    answer = None
    if fault is None or fault.is_after or not (fault.is_cut or fault.refusal):
        answer = _safely(carry_out)
    if fault and fault.refusal:
        answer = fault.refusal.answer()
    google.note(kind, request, answer)
    if answer is None or (fault and fault.is_cut):
        raise Cut
    return answer


def _safely(carry_out: Callable[[], Answer]) -> Answer:
    try:
        return carry_out()
    except Refused as refused:
        return refused.answer()


def as_sent(body: bytes) -> Any:
    """A body as JSON, None for any other."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None
