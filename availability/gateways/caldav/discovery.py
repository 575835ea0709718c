"""From the address that a person gave to their calendars: who they are there, and where their calendars live.

Of RFC 6764 what works without asking name servers: the address itself, then /.well-known/caldav of its host, then the
root; from there to the principal (RFC 5397) and to its calendar homes (RFC 4791, 6.2.1).
"""

from dataclasses import dataclass

from availability.gateways.caldav import xml
from availability.gateways.caldav.addresses import folder, joined, origin
from availability.gateways.caldav.door import Door
from availability.gateways.caldav.xml import CALDAV, DAV
from availability.gateways.faults import Changed, Forbidden, Missing, Unsound
from availability.gateways.fetching import NotAsked
from timeflow.lib.outbound import NotAWebAddress

PRINCIPAL, HOMES = DAV + "current-user-principal", CALDAV + "calendar-home-set"
ADDRESSES, KINDS = CALDAV + "calendar-user-address-set", DAV + "resourcetype"
WHO = xml.body(DAV + "propfind", (PRINCIPAL, HOMES, ADDRESSES, KINDS))
ELSEWHERE = (Missing, Forbidden, Changed, Unsound)
"""What an address answers that is no WebDAV server, while another one of the host may be."""
MAX_HOMES = 10
NOTHING_THERE = "No calendars were found at this address; take the CalDAV address that its provider names."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person's calendars are. `homes` hold calendars; `addresses` are the person's own as a guest of events,
    in lower case; `principal` is "" where the server knows none."""

    homes: tuple[str, ...]
    principal: str = ""
    addresses: frozenset[str] = frozenset()


def discover(door: Door, user: str) -> Place:
    """Every host on the way is trusted from then on. Raises a `Fault`."""
    if not origin(door.home):
        raise NotAsked(NotAWebAddress.detail)
    refusal = Unsound(NOTHING_THERE)
    for address in dict.fromkeys((door.home, joined(door.home, "/.well-known/caldav"), joined(door.home, "/"))):
        try:
            found = _place(door, address, user)
        except NotAsked as error:
            refusal = error
        except ELSEWHERE:
            continue
        else:
            if found:
                return found
    raise refusal


def _place(door: Door, address: str, user: str) -> Place | None:
    here, about = _about(door, address)
    if not about.hrefs(HOMES) and about.hrefs(PRINCIPAL):
        principal = joined(here, about.hrefs(PRINCIPAL)[0])
        door.trust(principal)
        here, about = _about(door, principal)
    homes = [joined(here, href) for href in about.hrefs(HOMES)][:MAX_HOMES]
    principal = here if homes else ""
    if not homes and CALDAV + "calendar" in about.kinds():
        homes = [here]  # a calendar alone, on a server without people
    for home in homes:
        door.trust(home)
    own = {href.lower() for href in about.hrefs(ADDRESSES)} | ({f"mailto:{user.lower()}"} if "@" in user else set())
    return Place(tuple(dict.fromkeys(map(folder, homes))), principal, frozenset(own)) if homes else None


def _about(door: Door, address: str) -> tuple[str, xml.Response]:
    """(where it was answered, what it says about itself). Raises a `Fault`."""
    where, root = door.multistatus("PROPFIND", address, WHO, depth="0")
    for each in xml.responses(root):
        return where, each
    raise Unsound
