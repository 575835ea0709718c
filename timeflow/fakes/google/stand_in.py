"""The stand-in as one object: for tests in the same process, and behind the control doors for everybody else."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from timeflow.fakes.google import visiting
from timeflow.fakes.google.calls import Api
from timeflow.fakes.google.clock import Clock
from timeflow.fakes.google.doors import Doors
from timeflow.fakes.google.exchange import Answer, Request
from timeflow.fakes.google.faults import Fault, Faults, refusal
from timeflow.fakes.google.hands import Hands
from timeflow.fakes.google.oauth import API, PROFILE_SCOPES, OAuth
from timeflow.fakes.google.push import Channel, Delivery, Push
from timeflow.fakes.google.server import as_sent
from timeflow.fakes.google.store import Store

CLIENT_ID, CLIENT_SECRET = "ours", "our secret"
KEPT_EXCHANGES = 10_000


@dataclass(frozen=True)
class Exchange:
    """A request to the Calendar API: its kind ("events.list"), bodies as JSON or None, status 0 if it was cut."""

    kind: str
    method: str
    path: str
    query: dict[str, list[str]]
    sent: Any
    status: int
    answered: Any


@dataclass(frozen=True)
class Tokens:
    access_token: str
    refresh_token: str
    expires_in: int


class Google(Hands):
    """Every method may be called from any thread. `calls` counts requests by kind, `exchanges` keeps the API's.

    `asked`, `exchanged` and `revoked`: queries of consent pages, forms of token exchanges, tokens given back.
    """

    def __init__(self, clients: dict[str, str] | None = None) -> None:
        self.clock = Clock()
        self.store = Store(self.clock)
        self.push = Push(self.store)
        self.store.on_change = self.push.changed
        self.oauth = OAuth(self.store, clients or {CLIENT_ID: CLIENT_SECRET})
        self.client_id, self.client_secret = next(iter(self.oauth.clients.items()))
        self.api = Api(self.store, self.push)
        self.faults = Faults()
        self.doors = Doors(self)
        self.url = ""
        self._calls: Counter[str] = Counter()
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT_EXCHANGES)
        self.asked: list[dict[str, str]] = []
        self.exchanged: list[dict[str, str]] = []
        self.revoked: list[str] = []

    @property
    def calls(self) -> Counter[str]:
        with self.store.lock:
            return Counter(self._calls)

    @property
    def exchanges(self) -> list[Exchange]:
        with self.store.lock:
            return list(self._exchanges)

    def forget(self) -> None:
        """Count and keep requests anew from here on."""
        with self.store.lock:
            self._calls.clear()
            self._exchanges.clear()

    @property
    def channels(self) -> list[Channel]:
        with self.store.lock:
            return list(self.push.channels.values())

    @property
    def delivered(self) -> list[Delivery]:
        return list(self.push.delivered)

    def note(self, kind: str, request: Request, answer: Answer | None) -> None:
        with self.store.lock:
            self._calls[kind] += 1
            if request.path.startswith("/calendar/"):
                sent, told = as_sent(request.body), as_sent(answer.body) if answer else None
                status, query = answer.status if answer else 0, dict(request.query)
                self._exchanges.append(Exchange(kind, request.method, request.path, query, sent, status, told))

    def grant(self, email: str, scopes: list[str]) -> Tokens:
        """As if the person had agreed. `scopes`: in full, or what comes after ".../auth/"."""
        full = frozenset(PROFILE_SCOPES.get(scope) or (scope if "/" in scope else f"{API}{scope}") for scope in scopes)
        with self.store.lock:
            given = self.oauth.give(self.store.accounts[email], self.client_id, full, has_refresh=True)
        return Tokens(given["access_token"], given["refresh_token"], given["expires_in"])

    def agree(self, address: str, email: str, scopes: list[str] | None = None) -> str:
        """Go to a consent page as a browser does, tick `scopes` (None: all), and come back: the address with a code."""
        return visiting.answer(address, decision="allow", email=email, scopes=scopes)

    def refuse(self, address: str) -> str:
        return visiting.answer(address, decision="deny", email="", scopes=[])

    def expire_access_tokens(self) -> None:
        with self.store.lock:
            self.oauth.access_tokens.clear()

    def revoke_grants(self, email: str) -> None:
        """As the person does in their account; no program is told."""
        with self.store.lock:
            for owner, client_id in list(self.oauth.grants):
                if owner == email:
                    self.oauth.end(owner, client_id)

    def expire_sync_tokens(self) -> None:
        """Those given until now lead to 410."""
        with self.store.lock:
            self.store.oldest_token = self.store.next()

    def advance(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def fail(
        self,
        status: int,
        reason: str = "",
        *,
        count: int = 1,
        on: str = "*",
        retry_after: float | None = None,
        after: bool = False,
    ) -> None:
        """Answer the next `count` so. `on`: as in `Fault`. `after`: it was carried out all the same."""
        self.faults.plan(Fault(on, count, refusal=refusal(status, reason, retry_after), is_after=after))

    def slow(self, seconds: float, *, count: int = 1, on: str = "*") -> None:
        self.faults.plan(Fault(on, count, seconds=seconds))

    def cut(self, *, count: int = 1, on: str = "*", after: bool = False) -> None:
        """The connection ends without an answer."""
        self.faults.plan(Fault(on, count, is_cut=True, is_after=after))

    def limit(self, per_minute: int) -> None:
        """So many requests of one account; more are refused as userRateLimitExceeded. 0: any number."""
        self.faults.limit = per_minute

    def mend(self) -> None:
        """Nothing goes wrong any more, and who was kept waiting is answered."""
        self.faults.clear()

    def lose_notifications(self, count: int = 1) -> None:
        with self.store.lock:
            self.push.losing = count

    def duplicate_notifications(self, count: int = 1) -> None:
        with self.store.lock:
            self.push.doubling = count

    def delay_notifications(self, seconds: float) -> None:
        """All to come; 0 ends it."""
        self.push.delay = seconds

    def hold_notifications(self) -> None:
        self.push.is_holding = True

    def release_notifications(self) -> None:
        self.push.release()

    def settle(self, seconds: float = 10) -> bool:
        """Wait until every notification that is not held was delivered; False if that takes longer."""
        return self.push.settle(seconds)

    def state(self) -> dict[str, Any]:
        with self.store.lock:
            return {
                "now": self.clock.now().isoformat(),
                "accounts": [asdict(account) for account in self.store.accounts.values()],
                "calendars": [
                    {"id": one.id, "name": one.name, "roles": one.roles, "events": self.events(one.id)}
                    for one in self.store.calendars.values()
                ],
                "channels": [{**asdict(one), "expires_at": one.expires_at.isoformat()} for one in self.channels],
                "calls": dict(self._calls),
            }
