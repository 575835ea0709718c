"""The one way out to addresses that people give: what is asked is public, and its answer small and soon.

An `OutboundSession` is a `requests.Session`, so that a library which takes one can be put behind it. The address that
was checked is the one that is connected to: a name is looked up once for each connection, redirects included.
"""

import http.client
import io
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from django.conf import settings
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from urllib3.connection import HTTPConnection, HTTPSConnection

from timeflow.lib.errors import Refusal
from timeflow.lib.public_addresses import Address, PrivateHost, is_excepted, may_be_asked

USER_AGENT = "TimeFlow"
MAX_BYTES = 10 * 1024 * 1024
MAX_SECONDS = 30
MAX_REDIRECTS = 5
CONNECT_SECONDS = 5
TRIES = 3
"""How many of a host's addresses are tried."""
HEAD_BYTES = 256 * 1024
"""What may come over the wire beside the content: headers, the borders of chunks."""
CHUNK = 64 * 1024

NO_ADDRESS = (InvalidSchema, InvalidURL, MissingSchema)

Resolver = Callable[[str, int], Sequence[Address]]


class NotFetched(Refusal):
    """Base of all reasons for which nothing came from an address that somebody gave."""

    code = "not_fetched"
    detail = "Nothing could be read from this address."


class NotAWebAddress(NotFetched):
    code = "not_a_web_address"
    detail = "Give an address that begins with https://, without a name or password in it."


class NotPublic(NotFetched):
    code = "not_public"
    detail = "This address is not one of the public internet, so TimeFlow does not ask it."


class NotEncrypted(NotFetched):
    code = "not_encrypted"
    detail = "This address leads on to one without encryption, so TimeFlow does not follow it."


class PasswordInClear(NotFetched):
    code = "password_in_clear"
    detail = "A password is sent over encrypted connections only; give an address that begins with https://."


class Unreachable(NotFetched):
    code = "unreachable"
    detail = "Nobody answers at this address, or not as a web server does."


class TookTooLong(NotFetched):
    code = "took_too_long"
    detail = "The server at this address takes too long to answer."


class AnswerTooLarge(NotFetched):
    code = "answer_too_large"
    detail = "What the server at this address sends is too large."


class TooManyRedirects(NotFetched):
    code = "too_many_redirects"
    detail = "This address leads on to others without an end."


def look_up(host: str, port: int) -> list[Address]:
    """The host's addresses as the system knows them. Raises `Unreachable`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable from error
    return [ip_address(place[0]) for *_kind, place in found]


@dataclass
class Budget:
    """What is left of the time and the bytes that one request, with its redirects, may cost."""

    until: float
    bytes_left: int

    def seconds(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TookTooLong
        return left

    def spend(self, count: int) -> None:
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise AnswerTooLarge


class _Metered(io.RawIOBase):
    """What comes from a socket, on a budget: a server that sends a byte now and then does not outlast it."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, budget: Budget) -> None:
        self._raw, self._sock, self._budget = raw, sock, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._budget.seconds())
        try:
            count = self._raw.readinto(buffer)
        except TimeoutError as error:
            raise TookTooLong from error
        self._budget.spend(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class GuardedAdapter(HTTPAdapter):
    """Connects only where it may, and reads each answer whole, within the budget that the session set."""

    def __init__(
        self, resolver: Resolver, exceptions: Sequence[PrivateHost], max_bytes: int, *, has_password: bool
    ) -> None:
        self._resolver, self._exceptions, self._max_bytes = resolver, exceptions, max_bytes
        self._has_password = has_password
        self.budget = Budget(0, 0)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _guarded(urllib3.HTTPConnectionPool, HTTPConnection, self),
            "https": _guarded(urllib3.HTTPSConnectionPool, HTTPSConnection, self),
        }

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        _check(request.url or "")
        options |= {"stream": True, "proxies": {}, "verify": options.get("verify") or True}
        options["timeout"] = (CONNECT_SECONDS, self.budget.seconds())
        answer = super().send(request, **options)
        content = bytearray()
        for piece in answer.iter_content(CHUNK):
            content += piece
            if len(content) > self._max_bytes:
                answer.close()
                raise AnswerTooLarge
        answer._content = bytes(content)
        return answer

    def connect(self, host: str, port: int, *, is_encrypted: bool) -> socket.socket:
        """All of a host's addresses must be allowed, so that no answer of a name server can mix them."""
        addresses = self._looked_up(host, port)
        name = host.lower().rstrip(".")
        if not all(may_be_asked(name, address, port, self._exceptions) for address in addresses):
            raise NotPublic
        is_in_clear = self._has_password and not is_encrypted
        if is_in_clear and not all(is_excepted(name, address, port, self._exceptions) for address in addresses):
            raise PasswordInClear
        for address in addresses[:TRIES]:
            try:
                return socket.create_connection((str(address), port), min(CONNECT_SECONDS, self.budget.seconds()))
            except OSError:
                continue
        raise Unreachable

    def _looked_up(self, host: str, port: int) -> Sequence[Address]:
        """Within the budget. The system's own lookup knows no limit: one that hangs is left behind in its thread."""
        answer: Future[Sequence[Address]] = Future()

        def ask() -> None:
            try:
                answer.set_result(self._resolver(host, port))
            except BaseException as error:
                answer.set_exception(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            return answer.result(self.budget.seconds())
        except TimeoutError as error:
            raise TookTooLong from error

    def read_from(self, sock: socket.socket, *args: Any, **options: Any) -> http.client.HTTPResponse:
        response = http.client.HTTPResponse(sock, *args, **options)
        response.fp = io.BufferedReader(_Metered(response.fp.detach(), sock, self.budget))
        return response


def _guarded(pool: Any, connection: Any, adapter: GuardedAdapter) -> Any:
    """urllib3's own pool, whose connections get their socket, and what reads from it, from the adapter."""
    is_encrypted = issubclass(connection, HTTPSConnection)
    methods = {
        "_new_conn": lambda self: adapter.connect(self.host, self.port, is_encrypted=is_encrypted),
        "response_class": staticmethod(adapter.read_from),
    }
    return type("GuardedPool", (pool,), {"ConnectionCls": type("GuardedConnection", (connection,), methods)})


def _check(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise NotAWebAddress


class OutboundSession(requests.Session):
    """For one thread and one person: it keeps cookies. Raises `NotFetched`; an answer's content is read already.

    One that `has_password` goes without encryption only to hosts that the installation names (`PRIVATE_HOSTS`).
    """

    def __init__(
        self,
        *,
        max_seconds: float = MAX_SECONDS,
        max_bytes: int = MAX_BYTES,
        resolver: Resolver = look_up,
        has_password: bool = False,
    ) -> None:
        super().__init__()
        self.trust_env = False
        self.max_redirects = MAX_REDIRECTS
        self.headers["User-Agent"] = USER_AGENT
        self._max_seconds, self._max_bytes = max_seconds, max_bytes
        self._guard = GuardedAdapter(resolver, settings.PRIVATE_HOSTS, max_bytes, has_password=has_password)
        for scheme in ("http://", "https://"):
            self.mount(scheme, self._guard)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Raises `NotEncrypted`: the secret in an address that began with https would be read on the way."""
        target = super().get_redirect_target(resp)
        if target and urlsplit(resp.url).scheme == "https" and urlsplit(urljoin(resp.url, target)).scheme == "http":
            raise NotEncrypted
        return target

    def request(self, *args: Any, **options: Any) -> requests.Response:
        self._guard.budget = Budget(time.monotonic() + self._max_seconds, self._max_bytes + HEAD_BYTES)
        try:
            return super().request(*args, **options)
        except requests.TooManyRedirects as error:
            raise TooManyRedirects from error
        except requests.Timeout as error:
            raise TookTooLong from error
        except NO_ADDRESS as error:
            raise NotAWebAddress from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise Unreachable from error
        except ValueError as error:
            # urllib's own word for what is no address.
            raise NotAWebAddress from error
