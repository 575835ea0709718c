"""Resources of a calendar read by their addresses: many at once, and those that spoil an answer one by one."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from availability.domain.ics.resources import NO_EVENT, TOO_LARGE, UNREADABLE, NotAnEvent, cut
from availability.gateways.caldav import xml
from availability.gateways.caldav.addresses import joined
from availability.gateways.caldav.changes import ETAG, etag, resources, version
from availability.gateways.caldav.door import Door
from availability.gateways.caldav.xml import CALDAV, DAV
from availability.gateways.faults import Forbidden, Missing, Unsound
from availability.gateways.fetching import Answer, NotAsked, TooLarge, TooSlow, fault_of
from availability.gateways.provider import Item

MULTIGET, TEXT = CALDAV + "calendar-multiget", CALDAV + "calendar-data"
AT_ONCE = 50
UNPACKED = {"Accept-Encoding": "identity"}
"""Some servers give what they pack on the way another ETag."""
Addresses = Callable[[], Collection[str]]


class Fetching:
    """A part of one calendar, read in order until time `is_over`, and at least one resource of it.

    `own_addresses` are those of the person as a guest, asked for when needed; `at_once` is how many are asked for
    together, few from a server that is slow. `reached` is the last one that was looked at, `unread` has those that are
    there and could not be read, and `skipped` counts what could not be kept, by reason.
    """

    def __init__(
        self,
        door: Door,
        calendar: str,
        own_addresses: Addresses,
        *,
        is_over: Callable[[], bool],
        at_once: int = AT_ONCE,
    ) -> None:
        self._door, self._calendar, self._own_addresses = door, calendar, own_addresses
        self._is_over, self.at_once = is_over, at_once
        self.reached = ""
        self.unread = list[str]()
        self.skipped = Counter[str]()

    def items(self, versions: Mapping[str, str | None]) -> list[Item]:
        """Raises a `Fault` that stops the whole; a single bad resource does not."""
        paths = sorted(versions)
        there = [path for path in paths if versions[path] is not None]
        found = list[Item]()
        for path, one in self._each(there):
            self.reached = path
            found += [one] if one else []
            if self._is_over():
                break
        if not there or self.reached == there[-1]:
            self.reached = paths[-1] if paths else ""
        gone = [path for path in paths if versions[path] is None and path <= self.reached]
        return [Item(path, path) for path in gone] + found

    def _each(self, paths: Sequence[str]) -> Iterator[tuple[str, Item | None]]:
        while paths:
            some = paths[: self.at_once]
            try:
                said = self._multiget(some)
            except (TooLarge, TooSlow) as fault:
                if self.reached and self._is_over():
                    return
                if len(some) > 1:
                    self.at_once = max(len(some) // 4, 1)
                    continue
                if isinstance(fault, TooSlow):
                    raise
                self._leave(some[0], TOO_LARGE)
                yield some[0], None
            except NotAsked:
                raise
            except (Unsound, Forbidden):
                # One character that XML does not know breaks the answer for all.
                yield from ((path, self._alone(path)) for path in some)
            else:
                yield from ((path, self._one(path, said.get(path))) for path in some)
            paths = paths[len(some) :]
            self.at_once = min(self.at_once * 2, AT_ONCE)

    def _one(self, path: str, said: xml.Response | None) -> Item | None:
        if said is not None and said.status in {404, 410}:
            return Item(path, path)
        if said is not None and TEXT in said.properties:
            return self._kept(path, version(said), said.text(TEXT).encode())
        return self._alone(path)

    def _alone(self, path: str) -> Item | None:
        try:
            answer = get(self._door, self._calendar, path)
        except Missing:
            return Item(path, path)
        except NotAsked:
            raise
        except (Unsound, Forbidden) as fault:
            self._leave(path, TOO_LARGE if isinstance(fault, TooLarge) else UNREADABLE)
            return None
        return self._kept(path, etag(answer.headers.get("ETag", "")), answer.content)

    def _kept(self, path: str, etag_there: str, text: bytes) -> Item | None:
        try:
            return item(path, etag_there, text, self._own_addresses)
        except NotAnEvent as no_event:
            if no_event.reason != NO_EVENT:
                self._leave(path, no_event.reason)
                return None
            # What was an event once is none any more.
            self.skipped[NO_EVENT] += 1
            return Item(path, path)

    def _leave(self, path: str, reason: str) -> None:
        self.unread.append(path)
        self.skipped[reason] += 1

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
