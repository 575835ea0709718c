"""A person's account at a CalDAV server, as a provider of calendars.

Ids of calendars are whole addresses, ids of resources the paths at which they lie. What is changed is changed only in
the version that was read.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import icalendar

from availability.domain.ics.resources import NotAnEvent
from availability.domain.ics.words import plain
from availability.gateways.caldav import busy, entries, listing, xml
from availability.gateways.caldav.addresses import folder, joined, path_of
from availability.gateways.caldav.changes import Changes, changes_since, etag, version
from availability.gateways.caldav.discovery import Place, discover
from availability.gateways.caldav.door import CALENDAR, Door
from availability.gateways.caldav.fetched import AT_ONCE, UNPACKED, Fetching, get, item
from availability.gateways.caldav.xml import CALDAV, DAV
from availability.gateways.faults import Changed, Fault, Forbidden, Missing, Taken, Unsound
from availability.gateways.fetching import Answer, fault_of, packed, unpacked
from availability.gateways.provider import Entry, Item, Listed, Page, Span, Stored, Watch
from timeflow.lib import bounds
from timeflow.lib.ids import new_id
from timeflow.lib.outbound import MAX_SECONDS, OutboundSession, Resolver, look_up

PAGE = 200
"""Resources on a page of changes."""
PAGE_TIME = timedelta(minutes=1)
"""A page ends early after so long, give or take a request: who reads it shows by each page that they are alive."""
UTC = ZoneInfo("UTC")
DONE = {200, 201, 204}
UID_TAKEN = CALDAV + "no-uid-conflict"
NONE_MADE = "Its server lets no program make a calendar; make one there and choose it here."
NO_ROOM = "There is no room left for it on its server."
ONE_VERSION = xml.body(DAV + "propfind", (DAV + "getetag",))


class CalDavAccount:
    """`clock` dates what is written and bounds a page; `zone` is the person's, for events that have none of their own.

    `max_seconds` bounds each request. Making one asks nobody.
    """

    def __init__(
        self,
        address: str,
        user: str,
        password: str,
        *,
        clock: Callable[[], datetime],
        zone: ZoneInfo = UTC,
        max_seconds: float = MAX_SECONDS,
        resolver: Resolver = look_up,
    ) -> None:
        session = OutboundSession(has_password=True, max_seconds=max_seconds, resolver=resolver)
        self._door = Door(address, user, password, session)
        self._user, self._clock, self._zone = user, clock, zone
        self._at_once = AT_ONCE
        self._asked: tuple[tuple[str, str], Changes] | None = None

    @cached_property
    def _place(self) -> Place:
        return discover(self._door, self._user)

    def calendars(self) -> list[Listed]:
        return listing.list_calendars(self._door, self._place)

    def changes(self, calendar: str, *, token: str = "", page: str = "") -> Page:
        """A page says where it goes on: in the changes since `since`, behind the address `after`; `until` is the token
        of the first time that these were asked for, so what changes meanwhile is told once more and never lost.
        """
        ends_at = self._clock() + PAGE_TIME
        self._require_trust(calendar)
        place = unpacked(page)
        since, after = str(place.get("since", token)), str(place.get("after", ""))
        found = self._changes_since(calendar, since, is_first=not after)
        until, is_full = str(place.get("until") or found.token), bool(place.get("full", found.is_full))
        paths = sorted(path for path in found.versions if path > after)
        fetching = Fetching(
            self._door,
            calendar,
            self._own_addresses,
            is_over=lambda: self._clock() >= ends_at,
            at_once=self._at_once,
        )
        items = fetching.items({path: found.versions[path] for path in paths[:PAGE]})
        self._at_once = fetching.at_once
        next_page = ""
        if paths and fetching.reached != paths[-1]:
            next_page = packed(since=since, until=until, after=fetching.reached, full=is_full)
        elif found.is_partial:
            next_page = packed(since=until, full=is_full)
        return Page(items, next_page, "" if next_page else until, is_full, fetching.skipped, fetching.unread)

    def make_calendar(self, name: str, zone: str, mark: str) -> Listed:
        described = [
            xml.element(DAV + "displayname", plain(name, bounds.CALENDAR_NAME)),
            xml.element(CALDAV + "supported-calendar-component-set", xml.element(CALDAV + "comp", name="VEVENT")),
            *([xml.element(CALDAV + "calendar-timezone", _zone_text(zone))] if zone else []),
        ]
        body = xml.body(CALDAV + "mkcalendar", xml.element(DAV + "set", xml.element(DAV + "prop", *described)))
        # A server may keep the address of one that was deleted, though nobody can see it any more.
        for address in (joined(self._place.homes[0], f"{mark}{more}/") for more in ("", f"-{new_id()}")):
            answer = self._door.ask("MKCALENDAR", address, body)
            if made := self._made(address):
                return made
            if answer.status in DONE:
                raise Unsound
            if answer.status in {405, 501}:
                raise Forbidden(NONE_MADE)
        raise fault_of(answer)

    def _made(self, address: str) -> Listed | None:
        try:
            where, root = self._door.multistatus("PROPFIND", address, listing.DESCRIBED, depth="0")
        except Fault:
            return None
        made = (listing.listed(folder(where), each, self._place) for each in xml.responses(root))
        return next(made, None)

    def get(self, calendar: str, event_id: str) -> Item:
        self._require_trust(calendar)
        answer = get(self._door, calendar, event_id)
        path = path_of(joined(calendar, event_id))
        try:
            return item(path, etag(answer.headers.get("ETag", "")), answer.content, self._own_addresses)
        except NotAnEvent as unread:
            raise Unsound from unread

    def id_for(self, calendar: str, mark: str, turn: int) -> str:
        return path_of(joined(folder(calendar), f"{mark}-{turn}.ics"))

    def insert(self, calendar: str, event_id: str, entry: Entry) -> Stored:
        uid = event_id.rpartition("/")[2].removesuffix(".ics")
        text = entries.new_text(uid, entry, self._clock())
        answer = self._put(calendar, event_id, text, {"If-None-Match": "*"})
        if answer.status == 412 or UID_TAKEN in xml.preconditions(answer.content):
            raise Taken
        return self._stored(calendar, event_id, answer)

    def update(self, calendar: str, event_id: str, entry: Entry, *, was: Entry | None, etag: str) -> Stored:
        self._require_trust(calendar)
        present = get(self._door, calendar, event_id)
        there = _etag_of(present)
        if etag and there and etag != there:
            raise Changed
        text = entries.changed_text(present.content, entry, was, self._clock())
        if text is None:
            return Stored(path_of(joined(calendar, event_id)), there or etag)
        condition = {"If-Match": there or etag} if there or etag else {}
        return self._stored(calendar, event_id, self._put(calendar, event_id, text, condition))

    def delete(self, calendar: str, event_id: str, *, etag: str) -> None:
        self._require_trust(calendar)
        condition = {"If-Match": etag} if etag else {}
        answer = self._door.ask("DELETE", joined(calendar, event_id), headers=condition)
        if answer.status not in DONE | {404, 410}:
            raise fault_of(answer)

    def busy(self, calendars: Sequence[str], start: datetime, end: datetime) -> dict[str, list[Span]]:
        found = {}
        for calendar in calendars:
            self._require_trust(calendar)
            found[calendar] = busy.busy_times(
                self._door, calendar, start, end, own_addresses=self._own_addresses, zone=self._zone
            )
        return found

    def watch(self, calendar: str, channel: str, *, token: str, address: str, seconds: int) -> Watch | None:
        """No server tells anybody."""
        return None

    def stop_watching(self, channel: str, resource: str) -> None:
        """There is nothing to stop."""

    def _own_addresses(self) -> frozenset[str]:
        return self._place.addresses

    def _require_trust(self, calendar: str) -> None:
        """The password goes to a calendar's host only if the way from the person's address leads there today."""
        if not self._door.trusts(calendar):
            self.calendars()
        if not self._door.trusts(calendar):
            raise Missing

    def _changes_since(self, calendar: str, since: str, *, is_first: bool) -> Changes:
        """Asked once for the pages that follow each other; what another process goes on with is asked for anew."""
        if is_first or self._asked is None or self._asked[0] != (calendar, since):
            self._asked = (calendar, since), changes_since(self._door, calendar, since)
        return self._asked[1]

    def _put(self, calendar: str, event_id: str, text: bytes, condition: Mapping[str, str]) -> Answer:
        self._require_trust(calendar)
        address = joined(calendar, event_id)
        return self._door.ask("PUT", address, text, kind=CALENDAR, headers={**UNPACKED, **condition})

    def _stored(self, calendar: str, event_id: str, answer: Answer) -> Stored:
        if answer.status == 409:
            raise Missing  # RFC 4918: there is no collection to put it in
        if answer.status in {413, 507}:
            raise Forbidden(NO_ROOM)
        if answer.status not in DONE:
            raise fault_of(answer)
        path = path_of(joined(calendar, event_id))
        return Stored(path, _etag_of(answer) or self._version(calendar, path))

    def _version(self, calendar: str, path: str) -> str:
        """Of a server that does not say it when it stores, because it stored something else than it was sent."""
        _where, root = self._door.multistatus("PROPFIND", joined(calendar, path), ONE_VERSION, depth="0")
        return next((version(each) for each in xml.responses(root)), "")


def _etag_of(answer: Answer) -> str:
    return etag(answer.headers.get("ETag", ""))


def _zone_text(zone: str) -> str:
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//TimeFlow//EN")
    calendar.add_component(icalendar.Timezone.from_tzid(zone))
    text: str = calendar.to_ical().decode()
    return text
