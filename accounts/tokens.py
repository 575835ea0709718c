"""Signed tokens of a session: simplejwt's classes, with key ids and types in the header, which it cannot write."""

import uuid
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.tokens import Token

from accounts.domain import claims
from accounts.domain.claims import Claims, Expired, Unacceptable
from timeflow.lib.logs import Suspicion, tell_security

ACCESS_LIFE = timedelta(minutes=10)


class KeySetBackend(TokenBackend):
    """Signs with the primary key of `settings.JWT_KEYS` and verifies with whichever of them the header names."""

    def __init__(self, typ: str) -> None:
        super().__init__("EdDSA")
        self.typ = typ

    def encode(self, payload: dict[str, Any]) -> str:
        kid = settings.JWT_KEYS.primary
        return jwt.encode(payload, _private_key(settings.JWT_KEYS.get(kid)), "EdDSA", {"kid": kid, "typ": self.typ})

    def get_verifying_key(self, token: Any) -> Ed25519PublicKey:
        kid = claims.key_id(jwt.get_unverified_header(token), typ=self.typ)
        seed = settings.JWT_KEYS.get(kid)
        if seed is None:
            raise Unacceptable("It is signed with a key that is not ours.")
        return _private_key(seed).public_key()

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        """The payload once its signature is checked; its claims are `read_claims`' business."""
        options: Any = dict.fromkeys(("verify_exp", "verify_iat", "verify_nbf", "verify_aud", "verify_iss"), False)
        options |= {"verify_sub": False, "verify_jti": False}
        try:
            return jwt.decode(token, self.get_verifying_key(token), ["EdDSA"], options)
        except (jwt.InvalidTokenError, Unacceptable, RecursionError) as error:
            raise TokenBackendError("Token is invalid") from error


class SessionToken(Token):
    """Base of both kinds; `typ` is what their header says."""

    token_type = "session"  # noqa: S105 - simplejwt wants a name; ours is `typ`
    lifetime = ACCESS_LIFE
    typ: ClassVar[str]

    @property
    def token_backend(self) -> KeySetBackend:
        return _backend(self.typ)

    @classmethod
    def issue(cls, *, user_id: uuid.UUID, session_id: uuid.UUID, jti: str, now: datetime, until: datetime) -> str:
        token = cls()
        token.payload = {"iss": settings.PUBLIC_URL, "aud": settings.PUBLIC_URL}
        token.payload |= {"sub": str(user_id), "sid": str(session_id), "jti": jti}
        token.set_iat(at_time=now)
        token.set_exp(from_time=until, lifetime=timedelta(0))
        return str(token)

    @classmethod
    def read(cls, raw: str, *, now: datetime) -> Claims:
        """Raises `Expired` or `Unacceptable`, and nothing else, whatever `raw` is."""
        try:
            return cls._read(raw, now)
        except Expired:
            raise
        except Unacceptable as fault:
            tell_security(Suspicion.TOKEN_REFUSED, token_type=cls.typ, reason=str(fault))
            raise

    @classmethod
    def _read(cls, raw: str, now: datetime) -> Claims:
        if len(raw) > claims.MAX_LENGTH:
            raise Unacceptable("It is too long.")
        try:
            payload = cls(raw).payload  # type: ignore[arg-type]  # simplejwt annotates the text as a Token
        except TokenError as error:
            raise Unacceptable("It is not signed by us.") from error
        url = settings.PUBLIC_URL
        return claims.read_claims(payload, issuer=url, audience=url, now=now.timestamp())

    @classmethod
    def session_of(cls, raw: str) -> str:
        """The id of the session that a token of ours names, whether or not it is still good; "" for anything else."""
        try:
            return str(cls(raw).payload["sid"]) if 0 < len(raw) <= claims.MAX_LENGTH else ""  # type: ignore[arg-type]
        except (TokenError, KeyError):
            return ""

    def verify(self) -> None:
        """Nothing more: simplejwt's own check reads the clock and stumbles over a year that a date cannot hold."""


class AccessToken(SessionToken):
    typ = "at+jwt"


class RefreshToken(SessionToken):
    typ = "rt+jwt"


@lru_cache(maxsize=8)
def _backend(typ: str) -> KeySetBackend:
    return KeySetBackend(typ)


@lru_cache(maxsize=16)
def _private_key(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)
