"""Google's doors for accounts: where they are, a code exchanged for a grant, a grant given back.

In development `GOOGLE_URL` may name a stand-in that has the same doors at one origin. No token is ever logged.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from django.conf import settings

# To reach Google, and to wait for its answer.
TIMEOUT = (5, 10)


class GoogleFault(Exception):
    """Google did not answer, or not with what it promises. Says what, and holds nothing of the answer."""


class GrantRefused(GoogleFault):
    """The person took the permission back, or it ran out."""


@dataclass(frozen=True)
class Addresses:
    authorize: str
    token: str
    revoke: str
    issuer: str


GOOGLE = Addresses(
    authorize="https://accounts.google.com/o/oauth2/v2/auth",
    token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
    revoke="https://oauth2.googleapis.com/revoke",
    issuer="https://accounts.google.com",
)


@dataclass(frozen=True)
class Grant:
    """What somebody allowed: `subject` is Google's id of their account, `lives` the seconds of the access token."""

    subject: str
    email: str
    scopes: tuple[str, ...]
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    lives: int


@dataclass(frozen=True)
class Access:
    """An access token, and for how many seconds it lives."""

    token: str = field(repr=False)
    lives: int


def addresses() -> Addresses:
    url = settings.GOOGLE_URL
    if not url:
        return GOOGLE
    return Addresses(f"{url}/oauth2/authorize", f"{url}/oauth2/token", f"{url}/oauth2/revoke", url)


def new_verifier() -> str:
    """The secret of one exchange (PKCE): only who has it can use the code that Google sends back."""
    return secrets.token_urlsafe(48)


def consent_address(*, scopes: Sequence[str], state: str, verifier: str, redirect_uri: str, hint: str) -> str:
    """Where Google asks for a lasting grant, beside what was granted before."""
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "client_id": settings.GOOGLE_CLIENT_ID,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": " ".join(["openid", "email", *scopes]),
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "access_type": "offline",
        "include_granted_scopes": "true",
        "prompt": "consent",
        "login_hint": hint,
    }
    return f"{addresses().authorize}?{urlencode(asked)}"


def exchange(*, code: str, verifier: str, redirect_uri: str) -> Grant:
    """Raises `GoogleFault`."""
    answer = _post(
        addresses().token,
        {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": redirect_uri,
            "client_id": settings.GOOGLE_CLIENT_ID,
            "client_secret": settings.GOOGLE_CLIENT_SECRET,
        },
    )
    try:
        given = answer.json() if answer.ok else {}
        identity = _identity(given["id_token"])
        return Grant(
            subject=str(identity["sub"]),
            email=str(identity.get("email", "")),
            scopes=tuple(str(given["scope"]).split()),
            access_token=str(given["access_token"]),
            refresh_token=str(given["refresh_token"]),
            lives=int(given["expires_in"]),
        )
    except (KeyError, TypeError, ValueError, jwt.InvalidTokenError):
        # The cause may quote what Google sent.
        raise GoogleFault(f"An answer with status {answer.status_code} is not what was asked for.") from None


def refresh(refresh_token: str) -> Access:
    """A new access token. Raises `GrantRefused`, `GoogleFault`."""
    answer = _post(
        addresses().token,
        {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": settings.GOOGLE_CLIENT_ID,
            "client_secret": settings.GOOGLE_CLIENT_SECRET,
        },
    )
    try:
        given = answer.json()
        if answer.status_code == 400 and given.get("error") == "invalid_grant":
            raise GrantRefused("The grant is not valid any more.")
        return Access(str(given["access_token"]), int(given["expires_in"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise GoogleFault(f"An answer with status {answer.status_code} is not what was asked for.") from None


def revoke(token: str) -> bool:
    """Whether the grant is over: given back now, or unknown to Google already."""
    try:
        answer = _post(addresses().revoke, {"token": token})
    except GoogleFault:
        return False
    return answer.ok or answer.status_code == 400


def _identity(id_token: str) -> Mapping[str, Any]:
    """It came straight from Google over TLS, so its signature need not be checked (OIDC Core, 3.1.3.7)."""
    return jwt.decode(
        id_token,
        options={"verify_signature": False, "verify_aud": True, "verify_iss": True, "verify_exp": True},
        audience=settings.GOOGLE_CLIENT_ID,
        issuer=addresses().issuer,
    )


def _post(address: str, form: dict[str, str]) -> requests.Response:
    try:
        return requests.post(address, data=form, timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        raise GoogleFault(f"Google could not be asked: {type(error).__name__}.") from None
