"""What is made to go wrong: errors, waiting, answers that are lost, and a quota that is kept."""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from timeflow.fakes.google.exchange import Refused

MINUTE = timedelta(minutes=1)
REASONS = {
    401: "authError",
    403: "rateLimitExceeded",
    404: "notFound",
    410: "fullSyncRequired",
    429: "rateLimitExceeded",
}


@dataclass
class Fault:
    """`on`: a pattern for a kind ("events.insert", "events.*") or for method and path ("POST /oauth2/*").

    `seconds`: to wait first. Then a `refusal` is answered, or the connection is cut; with `is_after` only after the
    request was carried out, so that only its answer is lost.
    """

    on: str = "*"
    count: int = 1
    seconds: float = 0
    refusal: Refused | None = None
    is_cut: bool = False
    is_after: bool = False


class Faults:
    """`limit`: requests a minute of one account; more are refused as Google does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[Fault] = []
        self._asked: dict[str, deque[datetime]] = {}
        self._mended = threading.Event()
        self.limit = 0

    def plan(self, fault: Fault) -> None:
        with self._lock:
            self._planned.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()
            self.limit = 0
            self._mended.set()
            self._mended = threading.Event()

    def wait(self, seconds: float) -> None:
        """Until all is mended, at most so long."""
        self._mended.wait(seconds)

    def take(self, kind: str, method: str, path: str) -> Fault | None:
        """The first planned one for this request, which has one less to come then."""
        with self._lock:
            for fault in self._planned:
                if fnmatchcase(kind, fault.on) or fnmatchcase(f"{method} {path}", fault.on):
                    fault.count -= 1
                    if fault.count <= 0:
                        self._planned.remove(fault)
                    return fault
        return None

    def count(self, email: str, now: datetime) -> None:
        """Raises `Refused` beyond the limit."""
        with self._lock:
            asked = self._asked.setdefault(email, deque())
            while asked and asked[0] <= now - MINUTE:
                asked.popleft()
            if self.limit and len(asked) >= self.limit:
                raise Refused(403, "userRateLimitExceeded", "User Rate Limit Exceeded")
            asked.append(now)


def refusal(status: int, reason: str = "", retry_after: float | None = None) -> Refused:
    """An error by its status; `reason` where the usual one is not meant. Raises `ValueError` for what is no error."""
    if not isinstance(status, int) or not 400 <= status <= 599:
        raise ValueError(f"An error's status is from 400 to 599, not {status}.")
    said = reason or REASONS.get(status, "backendError")
    domain = "calendar" if said in ("fullSyncRequired", "calendarUsageLimits") else ""
    return Refused(status, said, f"{said}, as the stand-in was told", domain=domain, retry_after=retry_after)
