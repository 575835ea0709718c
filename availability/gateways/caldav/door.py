"""The way to a person's CalDAV server: who is asked with their password, and where redirects lead.

The password goes to the origin that the person named and to origins that a trusted one led or pointed to, encrypted,
or to a host that the installation names (`PRIVATE_HOSTS`).
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth

from availability.gateways.caldav import xml
from availability.gateways.caldav.addresses import joined, origin
from availability.gateways.faults import GrantLost, Unsound
from availability.gateways.fetching import Answer, ask, fault_of
from timeflow.lib.outbound import MAX_REDIRECTS, OutboundSession

XML = "application/xml; charset=utf-8"
CALENDAR = "text/calendar; charset=utf-8"


class Door:
    """`home` is the address that the person gave, with a scheme. One object serves one thread."""

    def __init__(self, address: str, user: str, password: str, session: OutboundSession) -> None:
        self.home = address if "://" in address else f"https://{address}"
        self._session = session
        # In bytes: requests would write Latin-1.
        self._basic = HTTPBasicAuth(user.encode(), password.encode())
        self._new_digest = partial(HTTPDigestAuth, user, password)
        self._proofs: dict[str, AuthBase] = {}
        self._trusted = {origin(self.home)} - {""}

    def trusts(self, address: str) -> bool:
        return origin(address) in self._trusted

    def trust(self, address: str) -> None:
        """What a trusted server points to. Raises `Unsound` if that is no address, or would leave encryption."""
        place = origin(address)
        if not place.startswith("https:") and not (place and origin(self.home).startswith("http:")):
            raise Unsound
        self._trusted.add(place)

    def multistatus(self, method: str, address: str, body: bytes, *, depth: str) -> tuple[str, xml.Element]:
        """(where it was answered, the document). Raises a `Fault` for every answer but a multistatus."""
        answer = self.ask(method, address, body, headers={"Depth": depth})
        if answer.status != 207:
            raise fault_of(answer)
        return answer.url, xml.read(answer.content)

    def ask(
        self, method: str, address: str, body: bytes = b"", *, kind: str = XML, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Any answer in the end but a redirect and a refused password. Raises a `Fault`."""
        sent = {**(headers or {}), **({"Content-Type": kind} if body else {})}
        for _turn in range(MAX_REDIRECTS + 1):
            answer = self._asked(method, address, data=body, headers=sent, allow_redirects=False)
            if not answer.leads_to:
                return answer
            address = joined(address, answer.leads_to)
            self.trust(address)
        raise Unsound

    def _asked(self, method: str, address: str, **options: Any) -> Answer:
        """Basic at once, or each call would cost two; digest for who does not take basic."""
        if not self.trusts(address):
            raise Unsound
        place = origin(address)
        answer = ask(self._session, method, address, auth=self._proofs.get(place, self._basic), **options)
        if answer.status == 401 and place not in self._proofs and _wants_digest(answer):
            self._proofs[place] = self._new_digest()
            answer = ask(self._session, method, address, auth=self._proofs[place], **options)
        if answer.status == 401:
            raise GrantLost("Its server does not take this name and password.")
        return answer


def _wants_digest(answer: Answer) -> bool:
    offered = answer.headers.get("WWW-Authenticate", "").lower()
    return "digest" in offered and "basic" not in offered
