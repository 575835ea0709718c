"""A real CalDAV server, radicale, on loopback: people with passwords, calendars, and what they put there."""

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import radicale
import radicale.config
import requests

PASSWORD = "pässword: ☂"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, *_words: object) -> None:
        """Says nothing."""


class Radicale:
    """`asked` lists the requests that came, as "METHOD path"; what a test does by itself is not among them.

    Of `troubles` each strikes one of them: "before" it is carried out, or "after", so that only its answer is lost.
    """

    def __init__(self, folder: Path) -> None:
        (folder / "people").write_text(f"alice@example.com:{PASSWORD}\nbob:{PASSWORD}\n", encoding="utf-8")
        configuration = radicale.config.load()
        configuration.update(
            {
                "auth": {"type": "htpasswd", "htpasswd_filename": str(folder / "people"), "delay": "0"}
                | {"htpasswd_encryption": "plain"},
                "server": {"delay_on_error": "0"},
                "storage": {"filesystem_folder": str(folder / "calendars"), "_filesystem_fsync": "False"},
            },
            "tests",
            privileged=True,
        )
        logging.getLogger("radicale").setLevel(logging.CRITICAL)
        self._app = radicale.Application(configuration)
        self._server = make_server("127.0.0.1", 0, self._answer, _Server, _Silent)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self.home = f"{self.url}/alice@example.com/"
        self.asked: list[str] = []
        self.troubles: list[str] = []
        self._unanswered = ""
        self.folder = folder / "calendars"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, environ, start_response):
        if not environ.get("HTTP_X_BY_HAND"):
            self.asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
            trouble = self._trouble(environ["REQUEST_METHOD"])
            if trouble:
                if trouble == "after":
                    list(self._app(environ, lambda *_answer: None))
                start_response("503 Service Unavailable", [("Content-Length", "0")])
                return [b""]
        return self._app(environ, start_response)

    def _trouble(self, method: str) -> str:
        if method == self._unanswered:
            self._unanswered = ""
            return "after"
        return self.troubles.pop(0) if self.troubles else ""

    def lose_answer(self, method: str) -> None:
        """The next such request is carried out, and its answer is lost."""
        self._unanswered = method

    def by_hand(self, method: str, path: str, body: str = "", user: str = "alice@example.com", **headers: str):
        """What another program of the person does; `path` lies below her home."""
        proof = (user.encode(), PASSWORD.encode())
        sent = {"X-By-Hand": "1", **{name.replace("_", "-"): value for name, value in headers.items()}}
        answer = requests.request(method, self.home + path, data=body.encode(), auth=proof, headers=sent, timeout=10)
        assert answer.status_code < 300, answer.text
        return answer

    def add_calendar(self, path: str, name: str, components: str = "VEVENT", more: str = "") -> str:
        """Its whole address."""
        self.by_hand(
            "MKCALENDAR",
            path,
            '<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://apple.com/ns/ical/">'
            f"<D:set><D:prop><D:displayname>{name}</D:displayname><C:supported-calendar-component-set>"
            f'<C:comp name="{components}"/></C:supported-calendar-component-set>{more}</D:prop></D:set></C:mkcalendar>',
        )
        return self.home + path

    def forget_changes(self) -> None:
        """Tokens given until now are not known any more."""
        for tokens in self.folder.rglob(".Radicale.cache/sync-token"):
            shutil.rmtree(tokens)

    def add_address_book(self, path: str) -> None:
        kinds = '<D:collection/><K:addressbook xmlns:K="urn:ietf:params:xml:ns:carddav"/>'
        inner = f"<D:prop><D:resourcetype>{kinds}</D:resourcetype></D:prop>"
        self.by_hand("MKCOL", path, f'<D:mkcol xmlns:D="DAV:"><D:set>{inner}</D:set></D:mkcol>')

    def put(self, path: str, *events: str) -> None:
        """A resource of these events, given without BEGIN and END."""
        self.by_hand("PUT", path, calendar_text(*events), Content_Type="text/calendar")


def calendar_text(*events: str, header: str = "") -> str:
    body = "".join(f"BEGIN:VEVENT\r\n{event.strip()}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{header}{body}END:VCALENDAR\r\n"


@contextmanager
def running(folder: Path) -> Iterator[Radicale]:
    server = Radicale(folder)
    try:
        yield server
    finally:
        server.close()
