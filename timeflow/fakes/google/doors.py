"""Every address of the stand-in, and what answers there: the API, OAuth, pages for people, control."""

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from timeflow.fakes.google import api, control, identity  # noqa: F401 - api registers its doors
from timeflow.fakes.google.calls import ROOT, Call, Door, find_door, insufficient
from timeflow.fakes.google.exchange import Answer, Refused, Request, as_json, not_found
from timeflow.fakes.google.fields import part_of
from timeflow.fakes.google.oauth import NotGranted
from timeflow.fakes.google.pages import Site

if TYPE_CHECKING:
    from timeflow.fakes.google.stand_in import Google

Deed = Callable[[], Answer]


class Doors:
    def __init__(self, google: "Google") -> None:
        self.google = google
        self.site = Site(google)
        self.plain: dict[tuple[str, str], tuple[str, Callable[[Request], Answer]]] = {
            ("GET", "/"): ("page", self.site.index),
            ("POST", "/"): ("page", self.site.make_trouble),
            ("GET", "/stand-in.css"): ("page", self.site.style),
            ("GET", "/oauth2/authorize"): ("oauth.authorize", self.site.consent),
            ("POST", "/oauth2/authorize"): ("oauth.consent", self.site.answer_consent),
            ("POST", "/oauth2/token"): ("oauth.token", self._token),
            ("POST", "/oauth2/revoke"): ("oauth.revoke", self._revoke),
            ("GET", "/oauth2/userinfo"): ("oauth.userinfo", self._userinfo),
            ("GET", "/oauth2/certs"): ("oauth.certs", lambda _: as_json(identity.certs())),
            ("GET", "/.well-known/openid-configuration"): (
                "oauth.configuration",
                lambda _: as_json(identity.configuration(google.url)),
            ),
        }

    def find(self, request: Request) -> tuple[str, Deed]:
        """The kind of a request, and what carries it out; that may raise `Refused`."""
        path = request.path
        if (request.method, path) in self.plain:
            kind, answer = self.plain[request.method, path]
            return kind, partial(self._locked, answer, request)
        if path.startswith(f"{ROOT}/"):
            try:
                found, parts = find_door(request.method, path)
            except Refused as refused:
                return "calendar.unknown", refused.answer
            return found.kind, partial(self._locked, partial(self._call, found, parts), request)
        if path.startswith("/people/"):
            return "page", partial(self._locked, self.site.calendar, request)
        if path.startswith("/control/"):
            return "control", partial(control.answer, self.google, request)
        return "unknown", not_found().answer

    def _locked(self, answer: Callable[[Request], Answer], request: Request) -> Answer:
        with self.google.store.lock:
            return answer(request)

    def _call(self, found: Door, parts: dict[str, str], request: Request) -> Answer:
        google = self.google
        access = google.oauth.access(_bearer(request))
        google.faults.count(access.email, google.clock.now())
        scopes = found.scopes & access.scopes
        if not scopes:
            raise insufficient()
        calendar_id, event_id = (unquote(parts.get(name, "")) for name in ("calendarId", "eventId"))
        answer = found.answer(Call(google.api, request, access, calendar_id, event_id, scopes))
        if answer.status != 200 or not (wanted := request.one("fields")):
            return answer
        return as_json(part_of(json.loads(answer.body), wanted), headers=answer.headers)

    def _token(self, request: Request) -> Answer:
        form = {name: values[-1] for name, values in request.form().items()}
        self.google.exchanged.append(form)
        try:
            return as_json(self.google.oauth.tokens(form, request.headers.get("Authorization") or ""))
        except NotGranted as refused:
            return refused.answer()

    def _revoke(self, request: Request) -> Answer:
        token = request.one("token") or request.form().get("token", [""])[-1]
        self.google.revoked.append(token)
        try:
            self.google.oauth.revoke(token)
        except NotGranted as refused:
            return refused.answer()
        return as_json({})

    def _userinfo(self, request: Request) -> Answer:
        access = self.google.oauth.access(_bearer(request))
        return as_json(identity.person(self.google.store.accounts[access.email]))


def _bearer(request: Request) -> str:
    scheme, _, token = (request.headers.get("Authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
