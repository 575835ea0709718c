"""Resources of a calendar read by their addresses: many at once, and those that spoil an answer one by one."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice

from availability.domain.ics.resources import NO_EVENT, TOO_LARGE, UNREADABLE, NotAnEvent, cut
from availability.gateways.caldav import xml
from availability.gateways.caldav.addresses import joined
from availability.gateways.caldav.changes import ETAG, etag, resources, version
from availability.gateways.caldav.door import Door
from availability.gateways.caldav.xml import CALDAV, DAV
from availability.gateways.faults import Forbidden, Missing, Unsound
from availability.gateways.fetching import Answer, NotAsked, TooLarge, fault_of
from availability.gateways.provider import Item

MULTIGET, TEXT = CALDAV + "calendar-multiget", CALDAV + "calendar-data"
BATCH = 50
UNPACKED = {"Accept-Encoding": "identity"}
"""Some servers give what they pack on the way another ETag."""
Addresses = Callable[[], Collection[str]]


class Fetching:
    """One pass over one calendar. `own_addresses` are those of the person as a guest, asked for when needed.

    `skipped` counts what could not be kept, by reason.
    """

    def __init__(self, door: Door, calendar: str, own_addresses: Addresses) -> None:
        self._door, self._calendar, self._own_addresses = door, calendar, own_addresses
        self.skipped = Counter[str]()

    def items(self, versions: Mapping[str, str | None]) -> list[Item]:
        """Raises a `Fault` that stops the whole; a single bad resource does not."""
        gone = [Item(path, path) for path, etag_there in versions.items() if etag_there is None]
        rest = iter([path for path, etag_there in versions.items() if etag_there is not None])
        found = list[Item]()
        while batch := list(islice(rest, BATCH)):
            found += self._batch(batch)
        return gone + found

    def _batch(self, paths: Sequence[str]) -> Iterator[Item]:
        try:
            said = self._multiget(paths)
        except TooLarge:
            if len(paths) == 1:
                self.skipped[TOO_LARGE] += 1
                return
            middle = len(paths) // 2
            yield from self._batch(paths[:middle])
            yield from self._batch(paths[middle:])
            return
        except NotAsked:
            raise
        except (Unsound, Forbidden):
            # One character that XML does not know breaks the answer for all.
            said = {}
        for path in paths:
            yield from self._one(path, said.get(path))

    def _one(self, path: str, said: xml.Response | None) -> Iterator[Item]:
        if said is not None and said.status in {404, 410}:
            yield Item(path, path)
        elif said is not None and TEXT in said.properties:
            yield from self._kept(path, version(said), said.text(TEXT).encode())
        else:
            yield from self._alone(path)

    def _alone(self, path: str) -> Iterator[Item]:
        try:
            answer = get(self._door, self._calendar, path)
        except Missing:
            yield Item(path, path)
        except NotAsked:
            raise
        except (Unsound, Forbidden) as fault:
            self.skipped[TOO_LARGE if isinstance(fault, TooLarge) else UNREADABLE] += 1
        else:
            yield from self._kept(path, etag(answer.headers.get("ETag", "")), answer.content)

    def _kept(self, path: str, etag_there: str, text: bytes) -> Iterator[Item]:
        try:
            yield item(path, etag_there, text, self._own_addresses)
        except NotAnEvent as unread:
            self.skipped[unread.reason] += 1
            if unread.reason == NO_EVENT:
                yield Item(path, path)  # what was an event once is none any more

    def _multiget(self, paths: Sequence[str]) -> dict[str, xml.Response]:
        hrefs = [xml.element(DAV + "href", path) for path in paths]
        body = xml.body(MULTIGET, (ETAG, TEXT), *hrefs)
        where, root = self._door.multistatus("REPORT", self._calendar, body, depth="1")
        return dict(resources(where, root))


def get(door: Door, calendar: str, path: str) -> Answer:
    """One resource as it is."""
    answer = door.ask("GET", joined(calendar, path), headers={"Accept": "text/calendar", **UNPACKED})
    if answer.status != 200:
        raise fault_of(answer)
    return answer


def item(path: str, etag_there: str, text: bytes, own_addresses: Addresses) -> Item:
    """Raises `NotAnEvent`."""
    found = cut(text, own_addresses)
    return Item(path, path, etag_there, found.text, found.mark, found.span)
