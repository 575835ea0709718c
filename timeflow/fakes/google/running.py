"""A stand-in from its first request to its last."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from timeflow.fakes.google.server import Server
from timeflow.fakes.google.stand_in import Google


@contextmanager
def running_google(port: int = 0, clients: dict[str, str] | None = None) -> Iterator[Google]:
    """A stand-in that serves on loopback until the block ends."""
    google = Google(clients)
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
