"""Lists of events: what is asked for, page by page, and the token by which only changes are asked for next time."""

import base64
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from timeflow.fakes.google.events import Events
from timeflow.fakes.google.exchange import Refused, Request, invalid
from timeflow.fakes.google.moments import read_instant
from timeflow.fakes.google.store import Event, Store, new_id

# How far a series without an end is spread out where nothing says until when.
HORIZON = timedelta(days=730)
FILTERS = ("iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "updatedMin")
NOT_WITH_A_TOKEN = (*FILTERS, "timeMin", "timeMax")
KEPT_LISTS = 500


@dataclass(frozen=True)
class Snapshot:
    """A list as it was when its first page was asked for; `token` asks for what comes after it."""

    owner: str
    items: list[dict[str, Any]]
    token: str
    offset: int = 0


class Pages:
    """The lists of which somebody may yet ask for the next page."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Snapshot] = OrderedDict()

    def page(self, request: Request, owner: str, usual: int, most: int, make: Callable[[], Snapshot]) -> dict[str, Any]:
        """`owner`: what the list is of, so that a token leads nowhere else. Raises `Refused`."""
        size, token = request.number("maxResults", usual, most), request.one("pageToken")
        snapshot = self._kept.get(token) if token else make()
        if snapshot is None or snapshot.owner != owner:
            raise invalid("Invalid page token value.", "parameter pageToken")
        end = snapshot.offset + size
        part: dict[str, Any] = {"items": snapshot.items[snapshot.offset : end]}
        if end < len(snapshot.items):
            part["nextPageToken"] = self._keep(replace(snapshot, offset=end))
        elif snapshot.token:
            part["nextSyncToken"] = snapshot.token
        return part

    def _keep(self, snapshot: Snapshot) -> str:
        token = new_id(32)
        self._kept[token] = snapshot
        if len(self._kept) > KEPT_LISTS:
            self._kept.popitem(last=False)
        return token


def sync_token(store: Store, owner: str, **about: object) -> str:
    return base64.urlsafe_b64encode(json.dumps({"of": owner, "at": store.serial, **about}).encode()).decode()


def changes_since(store: Store, owner: str, token: str, *, oldest: int = 0, **about: object) -> int:
    """The place in the order of changes at which the token was given. Raises `Refused`: 410 if it is too old."""
    try:
        said = json.loads(base64.urlsafe_b64decode(token))
        place = int(said.pop("at"))
    except (ValueError, KeyError, TypeError, AttributeError):
        said = place = None
    if place is None or said != {"of": owner, **about}:
        raise invalid("Invalid sync token value.", "parameter syncToken")
    if place < max(store.oldest_token, oldest):
        words = "Sync token is no longer valid, a full sync is required."
        raise Refused(410, "fullSyncRequired", words, domain="calendar", place="parameter syncToken")
    return place


def with_restrictions() -> Refused:
    words = "Sync token cannot be used with other request restrictions."
    return Refused(400, "syncTokenWithRequestRestrictions", words, domain="calendar", place="parameter syncToken")


@dataclass(frozen=True)
class Wish:
    """What a list of events is asked for. With a sync token every change counts, wherever it lies."""

    is_single: bool
    shows_deleted: bool
    start: datetime | None
    end: datetime | None

    @classmethod
    def of(cls, request: Request, *, is_single: bool) -> "Wish":
        start, end = (read_instant(request.one(name), name) for name in ("timeMin", "timeMax"))
        if start and end and start >= end:
            place = "parameter timeMax"
            words = "The specified time range is empty."
            raise Refused(400, "timeRangeEmpty", words, domain="calendar", place=place)
        shows_deleted = request.flag("showDeleted") or bool(request.one("updatedMin"))
        return cls(is_single, shows_deleted, start, end)

    def takes(self, event: Event, zone: str) -> bool:
        is_late = self.end and event.start.instant(zone) >= self.end
        is_early = self.start and event.end.instant(zone) <= self.start
        return not is_late and not is_early


def list_events(events: Events, request: Request, show: Callable[[Event], dict[str, Any]]) -> Snapshot:
    """Raises `Refused`."""
    store, owner = events.store, f"{events.email} {events.calendar.id}"
    token, is_single = request.one("syncToken"), request.flag("singleEvents")
    if token and (request.one("showDeleted") == "false" or any(request.query.get(name) for name in NOT_WITH_A_TOKEN)):
        raise with_restrictions()
    order = request.one("orderBy")
    if order not in ("", "updated", "startTime") or (order == "startTime" and not is_single):
        raise invalid("The requested ordering is not available for the particular query.", "parameter orderBy")
    wish = Wish.of(request, is_single=is_single)
    if token:
        oldest = store.lists[events.email][events.calendar.id].role_change
        place = changes_since(store, owner, token, oldest=oldest, single=is_single)
        wish = replace(wish, shows_deleted=True)
        chosen = [event for event in events.calendar.events.values() if event.change > place]
    else:
        chosen = list(events.calendar.events.values())
    # In no order that anybody may count on: what differs from its series may come before it.
    chosen.sort(key=lambda event: event.change)
    found = [event for event in _spread(events, chosen, wish) if _matches(event, request)]
    if order == "startTime":
        found.sort(key=lambda event: event.start.instant(events.calendar.zone))
    elif order == "updated":
        found.sort(key=lambda event: event.updated)
    is_filtered = any(request.query.get(name) for name in FILTERS)
    next_token = "" if is_filtered else sync_token(store, owner, single=is_single)
    return Snapshot(owner, [show(event) for event in found], next_token)


def list_instances(
    events: Events, series: Event, request: Request, show: Callable[[Event], dict[str, Any]]
) -> Snapshot:
    if not series.is_series:
        raise invalid("The event is not recurring.")
    wish = Wish.of(request, is_single=True)
    original = request.one("originalStart")
    found = [
        event
        for event in _spread(events, [series], wish)
        if not original or event.fields["originalStartTime"].at == read_instant(original, "originalStart")
    ]
    return Snapshot(f"{events.email} {events.calendar.id} {series.id}", [show(event) for event in found], "")


def _spread(events: Events, chosen: Iterable[Event], wish: Wish) -> Iterable[Event]:
    """What the wish makes of the chosen: series as they are, or each of their occurrences in their place."""
    zone = events.calendar.zone
    seen = set()
    for event in chosen:
        if not (event.is_series and wish.is_single):
            # A cancelled occurrence of a series that goes on is told always: it says that there is a hole.
            is_hole = "recurringEventId" in event.fields and not wish.is_single
            if event.is_cancelled and not wish.shows_deleted and not (is_hole and _goes_on(events, event)):
                continue
            is_there = wish.takes(event, zone) or (event.is_series and _occurs_within(events, event, wish))
            found = [event] if is_there else []
        else:
            until = wish.end or events.store.clock.now() + HORIZON
            found = [
                one
                for one in events.occurrences(event, until, with_cancelled=wish.shows_deleted)
                if wish.takes(one, zone)
            ]
            if wish.shows_deleted and event.is_cancelled:
                found = [_cancelled(one) for one in found]
        for one in found:
            if one.id not in seen:
                seen.add(one.id)
                yield one


def _goes_on(events: Events, exception: Event) -> bool:
    series = events.calendar.events.get(exception.fields["recurringEventId"])
    return series is not None and not series.is_cancelled


def _occurs_within(events: Events, series: Event, wish: Wish) -> bool:
    until = wish.end or datetime.max.replace(tzinfo=UTC)
    return any(wish.takes(one, events.calendar.zone) for one in events.occurrences(series, until))


def _cancelled(event: Event) -> Event:
    copy = event.copy()
    copy.fields["status"] = "cancelled"
    return copy


def _matches(event: Event, request: Request) -> bool:
    fields = event.fields
    for kind in ("private", "shared"):
        has = fields.get("extendedProperties", {}).get(kind, {})
        pairs = [pair.partition("=") for pair in request.query.get(f"{kind}ExtendedProperty", [])]
        if any(has.get(name) != value for name, _, value in pairs):
            return False
    if (uid := request.one("iCalUID")) and fields["iCalUID"] != uid:
        return False
    if (types := request.query.get("eventTypes")) and fields["eventType"] not in types:
        return False
    since = read_instant(request.one("updatedMin"), "updatedMin")
    words = " ".join(str(fields.get(name, "")) for name in ("summary", "description", "location")).lower()
    return request.one("q").lower() in words and (since is None or event.updated >= since)
