"""What changed in a calendar since it was asked last, as addresses with their versions.

By sync-collection (RFC 6578), which may answer in parts; where a server does not know it, by looking at everything:
then the token is a digest of all versions, and whatever is another is everything anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from availability.gateways.caldav import xml
from availability.gateways.caldav.addresses import joined, origin, path_of
from availability.gateways.caldav.door import Door
from availability.gateways.caldav.xml import DAV
from availability.gateways.faults import TokenExpired, Unsound
from availability.gateways.fetching import Answer, fault_of

SYNC, VERSIONS = "sync:", "versions:"
"""How a token begins, by the way it was come by."""
ETAG, KINDS = DAV + "getetag", DAV + "resourcetype"
ALL_VERSIONS = xml.body(DAV + "propfind", (ETAG, KINDS))
INVALID_TOKEN = DAV + "valid-sync-token"
GONE = {404, 410}
# Not knowing a token is said in many ways: RFC 6578 wants 403 or 409 and names the rule, Nextcloud has said 418, fruux
# 415. What these mean without a token is that the server cannot do it.
REFUSALS = {400, 405, 409, 410, 412, 415, 418, 422, 501}


@dataclass(frozen=True, slots=True)
class Changes:
    """`versions` has an ETag for each address (a path), None for what is gone, "" for what the server does not tell of.

    `is_partial`: ask again with `token`.
    """

    versions: dict[str, str | None]
    token: str
    is_partial: bool = False
    is_full: bool = False


def changes_since(door: Door, calendar: str, token: str) -> Changes:
    """All there is for no token. Raises `TokenExpired`, and every `Fault`."""
    if token.startswith(VERSIONS):
        return _versions(door, calendar, token)
    since = token.removeprefix(SYNC)
    level, asked = xml.element(DAV + "sync-level", "1"), xml.element(DAV + "sync-token", since)
    body = xml.body(DAV + "sync-collection", asked, level, (ETAG,))
    answer = door.ask("REPORT", calendar, body, headers={"Depth": "0"})
    found = _synced(answer, since) if answer.status == 207 else None
    if found:
        return found
    is_unknown = answer.status in REFUSALS | {207} or INVALID_TOKEN in xml.preconditions(answer.content)
    if since and is_unknown:
        raise TokenExpired
    if not since and (is_unknown or answer.status == 403):
        return _versions(door, calendar, "")
    raise fault_of(answer)


def resources(where: str, found: xml.Element) -> Iterator[tuple[str, xml.Response]]:
    """(path, what is said of it) of everything that lies in the collection `where`, on its own server."""
    inside, place = path_of(where).rstrip("/") + "/", origin(where)
    for each in xml.responses(found):
        address = joined(where, each.href)
        path = path_of(address)
        if path.startswith(inside) and path != inside and origin(address) == place:
            yield path, each


def version(said: xml.Response) -> str:
    """The ETag that a property says."""
    return etag(said.text(ETAG))


def etag(text: str) -> str:
    """In one spelling, fit for If-Match: servers write the same one with and without quotes, weak and not."""
    core = text.strip().removeprefix("W/").strip('"')
    return f'"{core}"' if core else ""


def _synced(answer: Answer, since: str) -> Changes | None:
    """None if it gives no token to go on with."""
    root = xml.read(answer.content)
    is_partial = any(each.status == 507 for each in xml.responses(root))
    token = xml.text_of(root.find(DAV + "sync-token"))
    if not token:
        return None
    if is_partial and token == since:
        raise Unsound
    versions: dict[str, str | None] = {
        path: None if each.status in GONE else version(each)
        for path, each in resources(answer.url, root)
        if not _is_folder(path, each)
    }
    return Changes(versions, SYNC + token, is_partial, is_full=not since)


def _is_folder(path: str, said: xml.Response) -> bool:
    return path.endswith("/") or DAV + "collection" in said.kinds()


def _versions(door: Door, calendar: str, token: str) -> Changes:
    where, root = door.multistatus("PROPFIND", calendar, ALL_VERSIONS, depth="1")
    versions: dict[str, str | None] = {
        path: version(each)
        for path, each in resources(where, root)
        if each.status not in GONE and not _is_folder(path, each)
    }
    listed = "\n".join(f"{path} {versions[path]}" for path in sorted(versions))
    present = VERSIONS + sha256(listed.encode()).hexdigest()
    if present == token:
        return Changes({}, token)
    return Changes(versions, present, is_full=True)
