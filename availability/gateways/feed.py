"""An .ics file at an address, as a provider of one calendar that is only read.

It is asked for with what its server said of the version that was read last, so that an unchanged file costs one short
answer. A file that changed is read whole; each UID in it is an item, whose ETag is a digest of its text.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import NoReturn
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from availability.domain import ics
from availability.gateways.faults import Forbidden, GrantLost, Missing, Unsound
from availability.gateways.fetching import Answer, ask, fault_of, packed, unpacked
from availability.gateways.occupied import occupied
from availability.gateways.provider import Access, Entry, Item, Listed, Page, Span, Stored, Watch
from timeflow.lib import bounds
from timeflow.lib.outbound import MAX_SECONDS, OutboundSession, Resolver, look_up

ONE = "feed"
"""The id of the one calendar; the address is a secret and no id."""
UTC = ZoneInfo("UTC")
MAX_REASONS = 20
OTHER_REASONS = "It is not understood."
GONE = "There is no calendar at its address any more."
CLOSED = "Its server wants a password or does not let TimeFlow read it; take the calendar's secret or public address."
READ_ONLY = "A subscribed calendar can only be read."


class Feed:
    """`address` begins with https://, http:// or webcal://, which means https; `zone` is the person's clock.

    `max_seconds` bounds each request. Making one asks nobody.
    """

    def __init__(
        self,
        address: str,
        *,
        zone: ZoneInfo = UTC,
        max_seconds: float = MAX_SECONDS,
        resolver: Resolver = look_up,
    ) -> None:
        scheme, colon, rest = address.strip().partition("://")
        is_webcal = scheme.lower() in {"webcal", "webcals"}
        self._address = f"https{colon}{rest}" if is_webcal else address.strip()
        self._zone, self._session = zone, OutboundSession(max_seconds=max_seconds, resolver=resolver)
        self._fresh: Answer | None = None

    def calendars(self) -> list[Listed]:
        """What it reads is kept for the `changes` that are asked for next."""
        self._fresh = self._asked({})
        file = _read(self._fresh)
        name = file.name or urlsplit(self._address).hostname or ""
        return [Listed(ONE, name[: bounds.CALENDAR_NAME], Access.READER, file.time_zone, is_primary=True)]

    def changes(self, calendar: str, *, token: str = "", page: str = "") -> Page:
        """Nothing while the file is the same, everything when it changed."""
        answer, self._fresh = self._fresh if not token else None, None
        answer = answer or self._asked(_conditions(token))
        if answer.status == 304:
            return Page((), token=token)
        file = _read(answer)
        token = packed(etag=answer.headers.get("ETag", ""), modified=answer.headers.get("Last-Modified", ""))
        return Page(
            [_item(series) for series in file.series],
            token=token,
            is_full=True,
            skipped=_counted(file),
            unread=sorted(file.unread),
        )

    def get(self, calendar: str, event_id: str) -> Item:
        found = [series for series in _read(self._asked({})).series if series.uid == event_id]
        if not found:
            raise Missing
        return _item(found[0])

    def busy(self, calendars: Sequence[str], start: datetime, end: datetime) -> dict[str, list[Span]]:
        found = occupied(_read(self._asked({})).series, start, end, self._zone)
        return dict.fromkeys(calendars, found)

    def watch(self, calendar: str, channel: str, *, token: str, address: str, seconds: int) -> Watch | None:
        """A file tells nobody."""
        return None

    def stop_watching(self, channel: str, resource: str) -> None:
        """There is nothing to stop."""

    def id_for(self, calendar: str, mark: str, turn: int) -> str:
        return f"{mark}-{turn}"

    def make_calendar(self, name: str, zone: str, mark: str) -> Listed:
        _refuse()

    def insert(self, calendar: str, event_id: str, entry: Entry) -> Stored:
        _refuse()

    def update(self, calendar: str, event_id: str, entry: Entry, *, was: Entry | None, etag: str) -> Stored:
        _refuse()

    def delete(self, calendar: str, event_id: str, *, etag: str) -> None:
        _refuse()

    def _asked(self, conditions: dict[str, str]) -> Answer:
        """The file, or 304 if it meets the conditions. Raises a `Fault`."""
        headers = {"Accept": "text/calendar, */*;q=0.1", **conditions}
        answer = ask(self._session, "GET", self._address, headers=headers)
        if answer.status == 200 or (answer.status == 304 and conditions):
            return answer
        fault = fault_of(answer)
        if isinstance(fault, GrantLost | Forbidden):
            raise type(fault)(CLOSED)
        raise Missing(GONE) if isinstance(fault, Missing) else fault


def _conditions(token: str) -> dict[str, str]:
    known = unpacked(token)
    conditions = {"If-None-Match": known.get("etag"), "If-Modified-Since": known.get("modified")}
    return {name: value for name, value in conditions.items() if isinstance(value, str) and value}


def _read(answer: Answer) -> ics.CalendarFile:
    """Raises `Unsound` with what it is instead of a calendar."""
    file = ics.read(answer.content)
    if not file.is_calendar:
        raise Unsound(file.problems[0].reason)
    return file


def _item(series: ics.Series) -> Item:
    text = series.inside
    return Item(series.uid, series.uid, sha256(text.encode()).hexdigest(), text)


def _counted(file: ics.CalendarFile) -> dict[str, int]:
    """By the commonest reasons; the others, which may quote a line each, together."""
    counts = Counter(file.left_out)
    most = Counter(dict(counts.most_common(MAX_REASONS)))
    most[OTHER_REASONS] += counts.total() - most.total()
    return +most


def _refuse() -> NoReturn:
    raise Forbidden(READ_ONLY)
