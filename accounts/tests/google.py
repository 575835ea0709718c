"""A stand-in for Google on loopback: oidc-provider-mock, made to keep to what Google does where it is laxer."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

import flask
import oidc_provider_mock
from django.http import HttpResponse
from oidc_provider_mock._storage import Client
from werkzeug.serving import make_server

PROFILE_SCOPES = Client.SCOPES_SUPPORTED
VERIFIED = {"email_verified": True, "name": "Alice Weber"}


class Google:
    """`asked` are the authorization requests, `revoked` the tokens that were given back."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.exchanged: list[dict[str, str]] = []
        self.revoked: list[str] = []
        self.url = ""
        self._challenges: set[str] = set()
        self.app = oidc_provider_mock.app()
        self.app.before_request(self._see)
        self.app.after_request(self._as_google_does)
        self.app.add_url_rule("/oauth2/revoke", view_func=self._revoke, methods=["POST"])

    def knows(self, subject: str, **claims: object) -> None:
        """Somebody with an account at Google, just signed in there unless `auth_time` says when, or None: not told."""
        answer = self.app.test_client().put(f"/users/{subject}", json=claims)
        assert answer.status_code == 204

    def lets(self, *scopes: str) -> None:
        """From now on these can be granted besides who somebody is; whatever else is asked for stays unticked."""
        Client.SCOPES_SUPPORTED = (*PROFILE_SCOPES, *scopes)

    def _see(self) -> flask.Response | None:
        request = flask.request
        if request.path == "/oauth2/authorize" and request.method == "GET":
            self.asked.append(request.args.to_dict())
            self._challenges.add(request.args.get("code_challenge", ""))
        if request.path == "/oauth2/token":
            self.exchanged.append(request.form.to_dict())
            # The mock does not look at the proof of the code.
            digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() not in self._challenges:
                return flask.make_response({"error": "invalid_grant"}, 400)
        return None

    def _as_google_does(self, answer: flask.Response) -> flask.Response:
        if "error=access_denied" in answer.headers.get("Location", ""):
            answer.headers["Location"] += "&" + urlencode({"state": flask.request.args["state"]})
        if answer.mimetype == "text/html":
            # The mock's pages ask another machine for their looks.
            answer.set_data(answer.get_data(as_text=True).replace("https://cdn.jsdelivr.net/", "/none/"))
        return answer

    def _revoke(self) -> str:
        self.revoked.append(flask.request.form["token"])
        return ""


@contextmanager
def running() -> Iterator[Google]:
    google = Google()
    server = make_server("127.0.0.1", 0, google.app, threaded=True)
    google.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield google
    finally:
        google.lets()
        server.shutdown()
        thread.join()
        server.server_close()


def way_back(google: Google, start: HttpResponse, subject: str) -> str:
    """The address to which Google sends a browser back that came with `start` and agreed as `subject`."""
    address = urlsplit(start.headers["Location"])
    visitor = google.app.test_client()
    page = f"{address.path}?{address.query}"
    visitor.get(page)
    back = urlsplit(visitor.post(page, data={"sub": subject}).headers["Location"])
    return f"{back.path}?{back.query}"
