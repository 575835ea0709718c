"""gunicorn's worker with threads, for clients who are in no hurry: each of them holds one of few threads.

And for those who are: a connection that waits for its next request is not closed while that is coming in.
"""

import errno
import select
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


SECONDS_TO_BEGIN = 2
"""For the first byte on a connection, once it has waited for that in a thread. gunicorn gives as long as between two
requests, so that a thousand silent clients would keep everybody out."""


class WebWorker(ThreadWorker):
    def enqueue_req(self, conn: TConn) -> None:
        # One of TLS keeps what it wraps to itself.
        if type(conn.sock) is socket.socket:
            conn.sock = ImpatientSocket(fileno=conn.sock.detach())
        if isinstance(conn.sock, ImpatientSocket):
            conn.sock.until = None
        super().enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        super().finish_request(conn, fs)
        if self.pending_conns and self.pending_conns[-1] is conn:
            conn.timeout = time.monotonic() + SECONDS_TO_BEGIN

    def murder_keepalived(self, force: bool = False) -> None:
        """Who asks at the very end of their time is answered: what came cannot be taken back, only reset."""
        now = time.monotonic()
        for conn in [each for each in self.keepalived_conns if each.timeout <= now]:
            if not force and _has_come(conn.sock):
                self.on_client_socket_readable(conn, conn.sock)
        super().murder_keepalived(force)


def _has_come(sock: socket.socket) -> bool:
    coming = select.poll()
    coming.register(sock, select.POLLIN)
    return bool(coming.poll(0))
