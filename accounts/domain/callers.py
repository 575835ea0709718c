"""Who calls, as far as a request tells: a device in words, and roughly where it is."""

import ipaddress
from dataclasses import dataclass

# The first that occurs in the browser's own description wins: most of them also name what they descend from.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
    ("python", "Python"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
UNKNOWN_DEVICE = "Unknown device"


@dataclass(frozen=True)
class Caller:
    """`device` for people ("Firefox on Linux"); `place` is an address prefix ("203.0.113.0/24"), "" if unknown."""

    device: str = UNKNOWN_DEVICE
    place: str = ""


# Of what staff do, in the log of somebody else, who reads and exports it: where staff work is none of their business.
STAFF = Caller(device="")


def describe_caller(*, user_agent: str, address: str) -> Caller:
    """What is kept of a request's sender. Neither the whole address nor the browser's whole description is."""
    return Caller(device_label(user_agent), address_prefix(address))


def device_label(user_agent: str) -> str:
    browser = _first(BROWSERS, user_agent)
    system = _first(SYSTEMS, user_agent)
    return f"{browser} on {system}" if browser and system else browser or system or UNKNOWN_DEVICE


def address_prefix(address: str) -> str:
    """The network of an address: /24 of IPv4, /64 of IPv6; "" for what is not an address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 64}", strict=False))


def _first(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in names if mark in text), "")
