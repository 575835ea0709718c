"""A person in front of a consent page, without a browser: for tests."""

import http.client
from urllib.parse import urlencode, urlsplit


def answer(address: str, *, decision: str, email: str, scopes: list[str] | None) -> str:
    """The address to which the page sends the person back; `scopes` None ticks every box."""
    page = urlsplit(address)
    form = [("decision", decision), ("account", ""), ("email", email)]
    form += [("all", "on")] if scopes is None else [("scope", scope) for scope in scopes]
    path, body = f"{page.path}?{page.query}", urlencode(form)
    connection = http.client.HTTPConnection(page.hostname or "", page.port or 80, timeout=10)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
        connection.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        back = connection.getresponse()
        back.read()
        if not (location := back.headers.get("Location")):
            raise ValueError(f"The consent page answered {back.status} and sends nobody back.")
        return location
    finally:
        connection.close()
