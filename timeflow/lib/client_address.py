"""Where a request came from, believing only the proxies that the installation names."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The right-most address on the request's way that is not a proxy of ours; "" if there is none.

    `X-Forwarded-For` is read only if the connection itself comes from one of `settings.TRUSTED_PROXIES`: anybody may
    write anything into that header, but the last hop is known for sure.
    """
    hops = [*request.META.get("HTTP_X_FORWARDED_FOR", "").split(","), request.META.get("REMOTE_ADDR", "")]
    address = ""
    for hop in reversed(hops):
        parsed = _parsed(hop.strip())
        if parsed is None:
            break
        address = str(parsed)
        if not any(parsed in network for network in settings.TRUSTED_PROXIES):
            break
    return address


def is_from_proxy(request: HttpRequest) -> bool:
    """Whether the connection itself comes from one of `settings.TRUSTED_PROXIES`, whose headers can be believed."""
    parsed = _parsed(request.META.get("REMOTE_ADDR", ""))
    return parsed is not None and any(parsed in network for network in settings.TRUSTED_PROXIES)


def client_network(request: HttpRequest) -> str:
    """What counts as one client: an IPv4 address, or the /64 that one customer's IPv6 addresses lie in."""
    address = client_address(request)
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if ":" in address else address


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # A server that listens on IPv6 for both sees IPv4 like that.
    return getattr(address, "ipv4_mapped", None) or address
