"""Who somebody is, signed: ID tokens, the key that checks them, and the document that says where everything is."""

import base64
import hashlib
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from timeflow.fakes.google.store import Account

KEY_ID = "of-the-stand-in"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certs() -> dict[str, Any]:
    public = RSAAlgorithm.to_jwk(_key().public_key(), as_dict=True)
    return {"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]}


def id_token(
    account: Account, *, issuer: str, client_id: str, access_token: str, now: datetime, said: dict[str, Any]
) -> str:
    """`said`: what the request wants to find in it again, as its nonce; the account's own claims win."""
    digest = hashlib.sha256(access_token.encode()).digest()[:16]
    begins = int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": client_id,
        "azp": client_id,
        "at_hash": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "iat": begins,
        "exp": begins + int(timedelta(hours=1).total_seconds()),
        **said,
        **person(account),
    }
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None}, _key(), "RS256", {"kid": KEY_ID}
    )


def person(account: Account) -> dict[str, Any]:
    about = {"sub": account.subject, "email": account.email, "email_verified": True, "name": account.name or None}
    return {**about, **account.claims}


def configuration(origin: str) -> dict[str, Any]:
    return {
        "issuer": origin,
        "authorization_endpoint": f"{origin}/oauth2/authorize",
        "token_endpoint": f"{origin}/oauth2/token",
        "revocation_endpoint": f"{origin}/oauth2/revoke",
        "userinfo_endpoint": f"{origin}/oauth2/userinfo",
        "jwks_uri": f"{origin}/oauth2/certs",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
    }
