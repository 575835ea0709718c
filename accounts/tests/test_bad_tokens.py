"""Whatever somebody puts into the cookies: 401 for programs, the sign-in page for people, never an error of ours."""

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Session, User
from accounts.tests.signing_in import access_to, sign_in
from accounts.tokens import AccessToken, RefreshToken
from timeflow.lib.keys import KeySet

KID = settings.JWT_KEYS.primary
OURS = Ed25519PrivateKey.from_private_bytes(settings.JWT_KEYS.get(KID))
PUBLIC_PEM = OURS.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
PUBLIC_RAW = OURS.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


@pytest.fixture
def session(alice) -> Session:
    return sign_in(Client(), alice)


def claims_of(session: Session, **changes) -> dict:
    now = int(time.time())
    claims = {"iss": settings.PUBLIC_URL, "aud": settings.PUBLIC_URL, "jti": "x", "iat": now, "exp": now + 600}
    claims |= {"sub": str(session.user_id), "sid": str(session.pk)}
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def signed(claims: dict, key=OURS, alg="EdDSA", **header) -> str:
    return jwt.encode(claims, key, alg, {"kid": KID, "typ": "at+jwt", **header})


def by_hand(claims: dict, sign=lambda _message: b"", **header) -> str:
    """A token that PyJWT would not make."""

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    head = part(json.dumps({"kid": KID, "typ": "at+jwt", **header}).encode())
    message = f"{head}.{part(json.dumps(claims).encode())}"
    return f"{message}.{part(sign(message.encode()))}"


def hs256(key: bytes):
    return lambda message: hmac.new(key, message, hashlib.sha256).digest()


BAD = {
    "no algorithm": lambda s: by_hand(claims_of(s), alg="none"),
    "no algorithm, written otherwise": lambda s: by_hand(claims_of(s), alg="nOnE"),
    "our public key as a password": lambda s: by_hand(claims_of(s), hs256(PUBLIC_PEM), alg="HS256"),
    "our raw public key as a password": lambda s: by_hand(claims_of(s), hs256(PUBLIC_RAW), alg="HS256"),
    "signed by another key": lambda s: signed(claims_of(s), Ed25519PrivateKey.generate()),
    "an unknown key": lambda s: signed(claims_of(s), kid="another"),
    "no key": lambda s: jwt.encode(claims_of(s), OURS, "EdDSA", {"typ": "at+jwt"}),
    "a key that is a number": lambda s: by_hand(claims_of(s), OURS.sign, alg="EdDSA", kid=5),
    "a key from elsewhere": lambda s: signed(
        claims_of(s), Ed25519PrivateKey.generate(), jku="https://evil.example/jwks", x5u="https://evil.example/c"
    ),
    "a key inside": lambda s: signed(claims_of(s), Ed25519PrivateKey.generate(), jwk={"kty": "OKP", "crv": "Ed25519"}),
    "a condition that nobody knows": lambda s: by_hand(claims_of(s), OURS.sign, alg="EdDSA", crit=["x"], x=1),
    "expired": lambda s: signed(claims_of(s, iat=int(time.time()) - 700, exp=int(time.time()) - 100)),
    "from the future": lambda s: signed(claims_of(s, iat=int(time.time()) + 60)),
    "from somebody else": lambda s: signed(claims_of(s, iss="https://elsewhere.example")),
    "for somebody else": lambda s: signed(claims_of(s, aud="https://elsewhere.example")),
    "a refresh token": lambda s: signed(claims_of(s), typ="rt+jwt"),
    "of no kind": lambda s: signed(claims_of(s), typ=None),
    "without an id": lambda s: signed(claims_of(s, jti=None)),
    "without an end": lambda s: signed(claims_of(s, exp=None)),
    "until the end of days": lambda s: signed(claims_of(s, exp=10**30)),
    "until infinity": lambda s: by_hand(claims_of(s, exp=float("inf")), OURS.sign, alg="EdDSA"),
    "4 KB long": lambda s: signed(claims_of(s, more="x" * 4096)),
    "deep": lambda s: by_hand(claims_of(s), OURS.sign, alg="EdDSA") + "." + "[" * 2000,
    "another person's session": lambda s: signed(claims_of(s, sub=str(User.objects.create_user("eve@example.com").pk))),
    "of a session that never was": lambda s: signed(claims_of(s, sid=str(s.user_id))),
    "two parts": lambda s: access_to(s).rpartition(".")[0],
    "changed": lambda s: access_to(s)[:-2] + ("AA" if not access_to(s).endswith("AA") else "BB"),
    "not ASCII": lambda _s: "é" * 40,
    "NUL": lambda _s: "\x00.\x00.\x00",
    "words": lambda _s: "let me in",
    "dots": lambda _s: "..",
}


def test_the_good_token_that_the_bad_ones_are_made_from(session, client):
    client.cookies[settings.ACCESS_COOKIE_NAME] = signed(claims_of(session))
    assert client.get("/api/auth/me").status_code == 200


AT, RT = settings.ACCESS_COOKIE_NAME, settings.REFRESH_COOKIE_NAME
# Signed by us, as a refresh token, a token that was never given out is no nonsense but a copy: test_refresh.py.
PAIRS = [(kind, cookie) for kind in BAD for cookie in (AT, RT) if (kind, cookie) != ("a refresh token", RT)]


@pytest.mark.parametrize(("kind", "cookie"), PAIRS)
def test_a_bad_token_opens_nothing(session, client, kind, cookie):
    client.cookies[cookie] = BAD[kind](session)
    assert client.get("/api/auth/me").status_code == 401
    assert client.get("/settings").headers["Location"] == "/accounts/login/?next=/settings"
    assert client.post("/api/auth/refresh", content_type="application/json").status_code == 401
    session.refresh_from_db()
    assert session.revoked_at is None


def test_an_access_token_is_no_refresh_token(session, client):
    client.cookies[settings.REFRESH_COOKIE_NAME] = access_to(session)
    assert client.post("/api/auth/refresh", content_type="application/json").status_code == 401


@pytest.mark.parametrize("typ", [AccessToken, RefreshToken])
def test_keys_are_replaced_without_signing_anybody_out(session, client, settings, typ):
    old = settings.JWT_KEYS
    client.cookies[settings.ACCESS_COOKIE_NAME] = access_to(session)
    settings.JWT_KEYS = KeySet({"fresh": bytes(range(32)), old.primary: old.get(old.primary)})
    assert client.get("/api/auth/me").status_code == 200
    now = timezone.now()
    fresh = typ.issue(user_id=session.user_id, session_id=session.pk, jti="x", now=now, until=now + timedelta(hours=1))
    assert jwt.get_unverified_header(fresh) == {"alg": "EdDSA", "kid": "fresh", "typ": typ.typ}
    settings.JWT_KEYS = KeySet({"fresh": bytes(range(32))})
    assert client.get("/api/auth/me").status_code == 401


def test_a_person_who_is_switched_off_or_gone_is_out_at_once(session, client, alice):
    client.cookies[settings.ACCESS_COOKIE_NAME] = access_to(session)
    User.objects.update(is_active=False)
    assert client.get("/api/auth/me").status_code == 401
    User.objects.update(is_active=True)
    assert client.get("/api/auth/me").status_code == 200
    alice.delete()
    assert client.get("/api/auth/me").status_code == 401
    assert client.get("/settings").status_code == 302
