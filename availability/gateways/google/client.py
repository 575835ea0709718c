"""Calls of Google's Calendar API: counted before, retried with a fresh token, and every refusal told by its fault."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings

from availability.gateways.faults import Away, Changed, Fault, Forbidden, GrantLost, Missing, Slow, Taken, Unsound
from availability.gateways.meter import Meter

ORIGIN = "https://www.googleapis.com"
TIMEOUT = (5, 30)
"""Seconds to reach Google, and to wait for the next piece of its answer."""
QUOTA = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"})
Json = dict[str, Any]


class Gone(Missing):
    """410: of a token, or of an event that was deleted."""


class NotTaken(Unsound):
    """400: of what was sent, a token for instance."""


FAULTS: dict[int, type[Fault]] = {
    400: NotTaken,
    401: GrantLost,
    403: Forbidden,
    404: Missing,
    409: Taken,
    410: Gone,
    412: Changed,
}


@dataclass(frozen=True, slots=True)
class Call:
    """`kind` is the name under which it is counted. With an `etag` it is good for that version of an event only."""

    kind: str
    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Json | None = None
    etag: str = ""


class Client:
    """For one account and one thread. `token` gives an access token, a fresh one if told that the last was refused."""

    def __init__(self, token: Callable[[bool], str], meter: Meter) -> None:
        self._token, self._meter = token, meter
        self._session = requests.Session()
        self._session.trust_env = False
        self._root = f"{settings.GOOGLE_URL or ORIGIN}/calendar/v3"

    def ask(self, call: Call) -> Json:
        """What was answered, {} for nothing. Raises a `Fault`."""
        answer = self._send(call, self._token(False))
        if answer.status_code == 401:
            answer = self._send(call, self._token(True))
        if answer.ok:
            return _json(answer)
        fault = _fault(answer)
        if isinstance(fault, Slow):
            self._meter.refused(call.kind)
        raise fault

    def _send(self, call: Call, token: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}", **({"If-Match": call.etag} if call.etag else {})}
        self._meter.admit(call.kind)
        try:
            return self._session.request(
                call.method,
                f"{self._root}{call.path}",
                params=call.query,
                json=call.body,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException:
            # Its text may hold the address, with a calendar's name in it.
            raise Away from None


def _json(answer: requests.Response) -> Json:
    if not answer.content:
        return {}
    try:
        found = answer.json()
    except ValueError:
        raise Unsound from None
    if not isinstance(found, dict):
        raise Unsound
    return found


def _fault(answer: requests.Response) -> Fault:
    status, after = answer.status_code, _seconds(answer.headers.get("Retry-After", ""))
    if status == 429 or (status == 403 and _reasons(answer) & QUOTA):
        return Slow(after=after)
    if status >= 500:
        return Away(after=after)
    return FAULTS.get(status, Unsound)()


def _reasons(answer: requests.Response) -> set[str]:
    try:
        return {str(error.get("reason")) for error in answer.json()["error"]["errors"]}
    except (KeyError, TypeError, ValueError, AttributeError):
        return set()


def _seconds(text: str) -> float | None:
    return float(text) if text.isdecimal() else None
