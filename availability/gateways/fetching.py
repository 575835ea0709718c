"""One request to an address that a person gave, and what its answer means: a fault, or something to read."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from availability.gateways.faults import Away, Changed, Fault, Forbidden, GrantLost, Missing, Slow, Unsound
from timeflow.lib.outbound import AnswerTooLarge, NotFetched, OutboundSession, TookTooLong, Unreachable

LONGEST_PATIENCE = 24 * 3600
"""Seconds: what a server may ask for at most."""
FAULTS: dict[int, type[Fault]] = {
    401: GrantLost,
    403: Forbidden,
    404: Missing,
    408: Away,
    410: Missing,
    412: Changed,
    423: Away,
    425: Away,
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class TooSlow(Away):
    """The whole answer did not come in the time that it may take."""


class TooLarge(Unsound):
    words = "What its server sends is too large."


class NotAsked(Unsound):
    """The address, or where it leads, is none that TimeFlow asks; `words` say why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came at last, from `url`; names of `headers` in any case. `leads_to` is where a redirect leads."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def leads_to(self) -> str:
        return self.headers.get("Location", "") if self.status in {301, 302, 303, 307, 308} else ""


def ask(session: OutboundSession, method: str, address: str, **options: Any) -> Answer:
    """Any status is an answer. Raises `Away` where the same may work later, `TooLarge`, `NotAsked`."""
    try:
        answer = session.request(method, address, **options)
    except TookTooLong as error:
        raise TooSlow from error
    except Unreachable as error:
        raise Away from error
    except AnswerTooLarge as error:
        raise TooLarge from error
    except NotFetched as error:
        raise NotAsked(error.detail) from error
    answer.headers.update({name: _CONTROL.sub("", said) for name, said in answer.headers.items()})
    return Answer(answer.url or address, answer.status_code, answer.headers, answer.content)


def fault_of(answer: Answer) -> Fault:
    """What an answer without success says."""
    status = answer.status
    if status == 429 or (status == 503 and "Retry-After" in answer.headers):
        return Slow(after=_patience(answer))
    if status >= 500:
        return Away()
    return FAULTS.get(status, Unsound)()


def packed(**said: object) -> str:
    """What a token or a page stands for, as text that a caller keeps."""
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def unpacked(text: str) -> dict[str, Any]:
    """What `packed` was given; nothing for any other text."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _patience(answer: Answer) -> float | None:
    """Seconds, or a date, which is told by the server's own clock."""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdecimal():
        return float(min(int(said[:9]), LONGEST_PATIENCE))
    try:
        wait = parsedate_to_datetime(said) - parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, TypeError, ValueError):
        return None
    return min(max(wait.total_seconds(), 0.0), LONGEST_PATIENCE)
