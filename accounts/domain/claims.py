"""What a token of ours must say, checked after its signature: header, claims and times.

Times are whole Unix seconds. Everything that a token does not need to say is ignored, `jku`, `jwk` and `x5u` above all:
a key is looked up by its id among our own.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

MAX_LENGTH = 3500
MAX_KID = 32
MAX_JTI = 64
LEEWAY = 10
# Far beyond any token's life, and far below what a date can hold.
LAST_SECOND = 2**33


class Unacceptable(Exception):
    """This is no token of ours, or none that may be used here."""


class Expired(Unacceptable):
    """It was good, until its time was over."""


@dataclass(frozen=True)
class Claims:
    """A token's content: whose (`user_id`), of which session, which one (`jti`)."""

    user_id: uuid.UUID
    session_id: uuid.UUID
    jti: str
    issued_at: int
    expires_at: int


def key_id(header: Mapping[str, object], *, typ: str) -> str:
    """The id of the key that a token says it was signed with. Raises `Unacceptable`."""
    kid = header.get("kid")
    if header.get("alg") != "EdDSA" or header.get("typ") != typ:
        raise Unacceptable("It is of another kind.")
    if not isinstance(kid, str) or not 1 <= len(kid) <= MAX_KID:
        raise Unacceptable("It names no key.")
    return kid


def read_claims(payload: Mapping[str, object], *, issuer: str, audience: str, now: float) -> Claims:
    """Raises `Expired` once its time and `LEEWAY` seconds are over, `Unacceptable` for every other fault."""
    if payload.get("iss") != issuer or payload.get("aud") != audience:
        raise Unacceptable("It is from or for somebody else.")
    jti = payload.get("jti")
    if not isinstance(jti, str) or not 1 <= len(jti) <= MAX_JTI:
        raise Unacceptable("It has no id of its own.")
    issued_at, expires_at = _second(payload, "iat"), _second(payload, "exp")
    if issued_at > now + LEEWAY or expires_at < issued_at:
        raise Unacceptable("Its times make no sense.")
    claims = Claims(_id(payload, "sub"), _id(payload, "sid"), jti, issued_at, expires_at)
    if expires_at + LEEWAY <= now:
        raise Expired("Its time is over.")
    return claims


def _second(payload: Mapping[str, object], name: str) -> int:
    second = payload.get(name)
    if not isinstance(second, int) or isinstance(second, bool) or not 0 < second < LAST_SECOND:
        raise Unacceptable(f"Its {name} is not a time.")
    return second


def _id(payload: Mapping[str, object], name: str) -> uuid.UUID:
    text = payload.get(name)
    try:
        return uuid.UUID(text) if isinstance(text, str) else uuid.UUID(int=-1)
    except ValueError as error:
        raise Unacceptable(f"Its {name} is not an id.") from error
