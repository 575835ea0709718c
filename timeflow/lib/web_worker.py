"""gunicorn's worker with threads, for clients who are in no hurry: each of them holds one of few threads."""

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

SECONDS_TO_ASK = 30
"""For a whole request, however many pieces it comes in."""
SECONDS_TO_TAKE = 30
"""For one piece of an answer."""


class ImpatientSocket(socket.socket):
    """Raises `ConnectionResetError` where a socket that blocks would wait for ever.

    `until` is the monotonic time when the present request must have come; counted from the first look at it.
    """

    until: float | None = None

    def recv(self, *args: Any) -> bytes:
        now = time.monotonic()
        self.until = self.until or now + SECONDS_TO_ASK
        with self._within(self.until - now):
            return super().recv(*args)

    def sendall(self, *args: Any) -> None:
        with self._within(SECONDS_TO_TAKE):
            super().sendall(*args)

    def sendfile(self, *args: Any, **options: Any) -> int:
        with self._within(SECONDS_TO_TAKE):
            return super().sendfile(*args, **options)

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Only where the worker would block: where it waits for a time of its own, that one counts."""
        if self.gettimeout() is not None:
            yield
            return
        # None at all would mean not to wait for what is there already.
        self.settimeout(max(seconds, 0.001))
        try:
            yield
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "The client is too slow.") from error
        finally:
            self.settimeout(None)


class WebWorker(ThreadWorker):
    def enqueue_req(self, conn: TConn) -> None:
        # One of TLS keeps what it wraps to itself.
        if type(conn.sock) is socket.socket:
            conn.sock = ImpatientSocket(fileno=conn.sock.detach())
        if isinstance(conn.sock, ImpatientSocket):
            conn.sock.until = None
        super().enqueue_req(conn)
