"""A stand-in from its first request to its last."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from timeflow.fakes.google.server import Server
from timeflow.fakes.google.stand_in import Google

G = TypeVar("G", bound=Google)


@contextmanager
def running_google(google: G, *, port: int = 0) -> Iterator[G]:
    """Serves on loopback, at a free port if none is said, until the block ends."""
    server = Server(google, port)
    google.url = google.api.origin = google.oauth.issuer = f"http://127.0.0.1:{server.server_port}"
    google.push.start()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield google
    finally:
        server.is_over.set()
        google.mend()
        server.shutdown()
        server.server_close()
        google.push.stop()
        thread.join()
