"""Channels: who is told that a calendar changed, and the telling, which may be lost, late or double."""

import heapq
import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from timeflow.fakes.google.exchange import Refused
from timeflow.fakes.google.store import Calendar, Store

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Of a server that says it is not ready, so many times, each after twice as many seconds as before.
TRIES, FIRST_WAIT = 4, 0.2
PATIENCE = 5


@dataclass
class Channel:
    id: str
    address: str
    token: str
    email: str
    app: str
    calendar_id: str
    resource: str
    uri: str
    expires_at: datetime
    number: int = 0


@dataclass(frozen=True)
class Delivery:
    """`status`: what the receiver answered, 0 if nothing."""

    channel: str
    state: str
    number: int
    status: int


class Push:
    """`losing` and `doubling`: so many notifications to come; `delay`: seconds of each; held ones wait for a word."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.channels: dict[str, Channel] = {}
        self.delivered: list[Delivery] = []
        self.losing = self.doubling = 0
        self.delay = 0.0
        self.is_holding = False
        self._wake = threading.Condition()
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._held: list[Callable[[], None]] = []
        self._order = self._busy = 0
        self._is_over = False
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._is_over = True
            self._wake.notify_all()
        self._thread.join()

    def open(self, channel: Channel) -> None:
        """Raises `Refused`. The first message says only that the channel is open."""
        if channel.id in self.channels:
            raise Refused(400, "channelIdNotUnique", f"Channel id {channel.id} not unique", domain="global")
        if not _is_allowed(channel.address):
            raise Refused(400, "push.webhookUrlNotHttps", "WebHook callback must be HTTPS", domain="global")
        self.channels[channel.id] = channel
        self._tell(channel, "sync")

    def close(self, channel_id: str, resource: str, app: str) -> None:
        """Raises `Refused`."""
        channel = self.channels.get(channel_id)
        if channel is None or channel.resource != resource or channel.app != app:
            raise Refused(404, "notFound", f"Channel {channel_id} not found")
        del self.channels[channel_id]

    def changed(self, calendar: Calendar) -> None:
        now = self.store.clock.now()
        for channel in list(self.channels.values()):
            if channel.expires_at <= now:
                del self.channels[channel.id]
            elif channel.calendar_id == calendar.id:
                self._tell(channel, "exists")

    def release(self) -> None:
        """What was held goes out, and nothing is held any more."""
        with self._wake:
            self.is_holding = False
            for post in self._held:
                self._put(post, 0)
            self._held.clear()

    def settle(self, seconds: float) -> bool:
        """Wait until all that is to be told, but what is held, was told; False if that took longer than so."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._queue and not self._busy, seconds)

    def _tell(self, channel: Channel, state: str) -> None:
        channel.number += 1
        number = channel.number
        with self._wake:
            if state == "exists" and self.losing:
                self.losing -= 1
                return
            copies = 1
            if state == "exists" and self.doubling:
                self.doubling, copies = self.doubling - 1, 2
            for _ in range(copies):
                post = lambda: self._post(channel, state, number, 1)  # noqa: E731
                if self.is_holding:
                    self._held.append(post)
                else:
                    self._put(post, self.delay)

    def _put(self, post: Callable[[], None], seconds: float) -> None:
        with self._wake:
            self._order += 1
            heapq.heappush(self._queue, (time.monotonic() + seconds, self._order, post))
            self._wake.notify_all()

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._is_over and (not self._queue or self._queue[0][0] > time.monotonic()):
                    self._wake.wait(self._queue[0][0] - time.monotonic() if self._queue else None)
                if self._is_over:
                    return
                post = heapq.heappop(self._queue)[2]
                self._busy += 1
            try:
                post()
            finally:
                with self._wake:
                    self._busy -= 1
                    self._wake.notify_all()

    def _post(self, channel: Channel, state: str, number: int, attempt: int) -> None:
        status = _send(channel, state, number)
        with self._wake:
            self.delivered.append(Delivery(channel.id, state, number, status))
        if status in (500, 502, 503, 504) and attempt < TRIES:
            self._put(lambda: self._post(channel, state, number, attempt + 1), FIRST_WAIT * 2 ** (attempt - 1))


def _is_allowed(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def _send(channel: Channel, state: str, number: int) -> int:
    """The status of the answer, 0 without one. Nothing leaves this machine, whatever the address."""
    address = urlsplit(channel.address)
    if address.hostname not in LOOPBACK or address.scheme != "http":
        return 0
    headers = {
        "X-Goog-Channel-ID": channel.id,
        "X-Goog-Channel-Expiration": format_datetime(channel.expires_at, usegmt=True),
        "X-Goog-Resource-ID": channel.resource,
        "X-Goog-Resource-URI": channel.uri,
        "X-Goog-Resource-State": state,
        "X-Goog-Message-Number": str(number),
        "Content-Length": "0",
        **({"X-Goog-Channel-Token": channel.token} if channel.token else {}),
    }
    connection = http.client.HTTPConnection(address.hostname, address.port or 80, timeout=PATIENCE)
    try:
        connection.request("POST", f"{address.path or '/'}{'?' * bool(address.query)}{address.query}", headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
