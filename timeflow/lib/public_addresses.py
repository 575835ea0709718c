"""Which addresses this server may ask on somebody's word: public ones, and those that the installation names."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = frozenset({80, 443, 8443})
IN_USE = ip_network("2000::/3")
NAT64 = ip_network("64:ff9b::/96")
# Public by Python's tables alone: IPv4 in disguise (6to4, Teredo), the protocols' own, and where Azure answers what it
# hosts.
NEVER = tuple(map(ip_network, ("2002::/16", "2001::/32", "192.0.0.0/24", "168.63.129.16/32")))


@dataclass(frozen=True)
class PrivateHost:
    """An exception: a host name, wherever it leads, or a network; of one port, or of the usual ones."""

    place: str | Network
    port: int | None = None

    def covers(self, name: str, address: Address, port: int) -> bool:
        is_there = name == self.place if isinstance(self.place, str) else address in self.place
        return is_there and (port in PORTS if self.port is None else port == self.port)


def private_host(entry: str) -> PrivateHost:
    """Reads `caldav.lan`, `10.0.0.0/8`, `caldav.lan:5232` or `[fd00::1]:5232`. Raises `ValueError`."""
    place, colon, port = entry.rpartition(":")
    if not colon or (network := _network(entry)):
        return PrivateHost(_network(entry) or _name(entry))
    network = _network(place.removeprefix("[").removesuffix("]"))
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError(f"{entry} is neither a host nor a network, with or without a port")
    return PrivateHost(network or _name(place), int(port))


def is_public(address: Address) -> bool:
    """Whether the address is reached over the internet alone."""
    if isinstance(address, IPv6Address):
        inner = IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else address.ipv4_mapped
        if inner:
            return is_public(inner)
        if address not in IN_USE:
            return False
    is_special = address.is_multicast or address.is_reserved or any(address in network for network in NEVER)
    return address.is_global and not is_special


def may_be_asked(name: str, address: Address, port: int, exceptions: Iterable[PrivateHost]) -> bool:
    """`name` is the host as it was written, in lower case and without a dot at its end."""
    is_usual = is_public(address) and port in PORTS
    return is_usual or is_excepted(name, address, port, exceptions)


def is_excepted(name: str, address: Address, port: int, exceptions: Iterable[PrivateHost]) -> bool:
    """Whether the installation names it; `name` is as above."""
    return any(exception.covers(name, address, port) for exception in exceptions)


def _network(text: str) -> Network | None:
    try:
        return ip_network(text)
    except ValueError:
        return None


def _name(text: str) -> str:
    name = text.lower().rstrip(".")
    if not name or not all(letter.isalnum() or letter in ".-_" for letter in name):
        raise ValueError(f"{text} is neither a host nor a network")
    return name
