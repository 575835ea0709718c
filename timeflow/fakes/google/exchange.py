"""What is asked over HTTP and what is answered, refusals in Google's own shape among it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qs

USAGE = "usageLimits"
DOMAINS = {
    "rateLimitExceeded": USAGE,
    "userRateLimitExceeded": USAGE,
    "quotaExceeded": USAGE,
    "dailyLimitExceeded": USAGE,
}


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Message | Mapping[str, str]
    body: bytes = field(default=b"", repr=False)

    def one(self, name: str, default: str = "") -> str:
        """The last value of a query parameter."""
        return self.query.get(name, [default])[-1]

    def flag(self, name: str) -> bool:
        return self.one(name).lower() == "true"

    def number(self, name: str, default: int, most: int) -> int:
        """From 1; what is above `most` counts as that. Raises `Refused`."""
        written = self.one(name) or str(default)
        if not written.isdecimal() or not int(written):
            raise Refused(400, "invalidParameter", f"{name} is no number from 1.", place=f"parameter {name}")
        return min(int(written), most)

    def json(self) -> dict[str, Any]:
        """Raises `Refused` for anything but an object."""
        try:
            sent = json.loads(self.body or b"{}")
        except ValueError:
            sent = None
        if not isinstance(sent, dict):
            raise Refused(400, "parseError", "Parse Error")
        return sent

    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    kind = {"Content-Type": "application/json; charset=UTF-8", "Cache-Control": "no-store"}
    return Answer(status, json.dumps(value).encode(), {**kind, **(headers or {})})


def as_page(html: str, status: int = 200) -> Answer:
    """Nothing runs on a page of the stand-in, and only its own style sheet is loaded."""
    rules = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
    kind = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": rules, "Cache-Control": "no-store"}
    return Answer(status, html.encode(), kind)


def redirect(to: str) -> Answer:
    return Answer(303, headers={"Location": to, "Cache-Control": "no-store"})


class Refused(Exception):
    """An error of the Calendar API. `place`: the kind and name of what it is about, as in "header If-Match"."""

    def __init__(
        self,
        status: int,
        reason: str,
        words: str,
        *,
        domain: str = "",
        place: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(words)
        self.status, self.reason, self.words = status, reason, words
        self.domain, self.place, self.retry_after = domain or DOMAINS.get(reason, "global"), place, retry_after

    def answer(self) -> Answer:
        error = {"domain": self.domain, "reason": self.reason, "message": self.words}
        if self.place:
            error["locationType"], error["location"] = self.place.split(" ", 1)
        headers = {} if self.retry_after is None else {"Retry-After": f"{self.retry_after:g}"}
        told = {"code": self.status, "message": self.words, "errors": [error]}
        return as_json({"error": told}, self.status, headers)


def not_found() -> Refused:
    return Refused(404, "notFound", "Not Found")


def invalid(words: str, place: str = "") -> Refused:
    return Refused(400, "invalid", words, place=place)
