"""Addresses on a CalDAV server, one spelling for each."""

from urllib.parse import quote_from_bytes, unquote_to_bytes, urljoin, urlsplit

from availability.gateways.faults import Unsound

PORTS = {"https": 443, "http": 80}
SAFE = "!$&'()*+,;=:@-._~"


def origin(address: str) -> str:
    """ "https://calendar.example:443"; "" for what is no address."""
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return ""
    host = (parts.hostname or "").rstrip(".")
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def path_of(address: str) -> str:
    """The path by which a resource is known, however its server spells it now."""
    pieces = urlsplit(address).path.split("/")
    return "/".join(quote_from_bytes(unquote_to_bytes(piece), safe=SAFE) for piece in pieces)


def joined(where: str, href: str) -> str:
    """The address that `where` names. Raises `Unsound`."""
    try:
        return urljoin(where, href)
    except ValueError as error:
        raise Unsound from error


def folder(where: str, href: str = "") -> str:
    """The address of a collection that `where` names: it ends with a slash, or what it names would lie beside it.

    Raises `Unsound`.
    """
    address = joined(where, href)
    scheme, _colon, place = origin(address).partition(":")
    place = place.removesuffix(f":{PORTS.get(scheme)}")
    return f"{scheme}:{place}{path_of(address).rstrip('/')}/"
