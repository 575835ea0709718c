"""The calendars of an account as their server describes them."""

import re
from collections.abc import Iterator

from availability.domain.ics.zones import described_zone
from availability.gateways.caldav import xml
from availability.gateways.caldav.addresses import folder, joined
from availability.gateways.caldav.discovery import Place
from availability.gateways.caldav.door import Door
from availability.gateways.caldav.xml import APPLE, CALDAV, DAV
from availability.gateways.provider import Access, Listed
from timeflow.lib import bounds

NAME, COLOUR, OWNER = DAV + "displayname", APPLE + "calendar-color", DAV + "owner"
KINDS, PRIVILEGES = DAV + "resourcetype", DAV + "current-user-privilege-set"
COMPONENTS, ZONE = CALDAV + "supported-calendar-component-set", CALDAV + "calendar-timezone"
DEFAULT = CALDAV + "schedule-default-calendar-URL"
DESCRIBED = xml.body(DAV + "propfind", (NAME, COLOUR, OWNER, KINDS, PRIVILEGES, COMPONENTS, ZONE, DEFAULT))
ALL, READ, BUSY_ONLY = DAV + "all", DAV + "read", CALDAV + "read-free-busy"
WRITING = {ALL, DAV + "write", DAV + "write-content"}
# A bin, and what lies in it, look like calendars to those who know no better.
NO_CALENDARS = {"{http://nextcloud.com/ns}trash-bin", "{http://nextcloud.com/ns}deleted-calendar"}
MAX_CALENDARS = 200

_COLOUR = re.compile(r"#([0-9a-f]{6})(?:[0-9a-f]{2})?\Z|#([0-9a-f])([0-9a-f])([0-9a-f])\Z")


def list_calendars(door: Door, place: Place) -> list[Listed]:
    """Those that hold events; their ids are whole addresses, for homes may lie on several hosts. Raises a `Fault`."""
    found: dict[str, xml.Response] = {}
    primary = ""
    for home in place.homes:
        where, root = door.multistatus("PROPFIND", home, DESCRIBED, depth="1")
        for each in xml.responses(root):
            # The inbox of invitations says which calendar is the usual one.
            primary = primary or next((folder(where, href) for href in each.hrefs(DEFAULT)), "")
            address = folder(where, each.href)
            if _holds_events(each) and len(found) < MAX_CALENDARS:
                door.trust(address)
                found.setdefault(address, each)
    return [listed(address, each, place, primary) for address, each in found.items()]


def listed(address: str, said: xml.Response, place: Place, primary: str = "") -> Listed:
    name = " ".join(said.text(NAME).split())[: bounds.CALENDAR_NAME]
    return Listed(
        id=address,
        name=name or address.rstrip("/").rpartition("/")[2][: bounds.CALENDAR_NAME],
        access=_access(said, address, place),
        zone=described_zone(said.text(ZONE)),
        colour=_colour(said.text(COLOUR)),
        is_primary=address == primary,
    )


def _holds_events(said: xml.Response) -> bool:
    kinds, components = said.kinds(), said.properties.get(COMPONENTS)
    if CALDAV + "calendar" not in kinds or kinds & NO_CALENDARS or said.status not in {0, 200}:
        return False
    return components is None or any(each.get("name", "").upper() == "VEVENT" for each in components)


def _access(said: xml.Response, address: str, place: Place) -> Access:
    """A server that says nothing of rights lets people do as they like with what they see."""
    allowed = set(_privileges(said)) if PRIVILEGES in said.properties else {ALL}
    if allowed & WRITING:
        owners = [joined(address, href) for href in said.hrefs(OWNER)]
        is_owner = place.principal in owners if owners else ALL in allowed
        return Access.OWNER if is_owner else Access.WRITER
    return Access.BUSY if BUSY_ONLY in allowed and READ not in allowed else Access.READER


def _privileges(said: xml.Response) -> Iterator[str]:
    for privilege in said.properties[PRIVILEGES].iterfind(DAV + "privilege"):
        yield from (each.tag for each in privilege)


def _colour(text: str) -> str:
    """Apple's programs write #rrggbbaa."""
    found = _COLOUR.match(text.lower())
    if not found:
        return ""
    long, *short = found.groups()
    return "#" + (long or "".join(letter * 2 for letter in short))
