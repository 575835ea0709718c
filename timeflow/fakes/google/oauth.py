"""Grants: asked of a person, exchanged by a program for tokens that end, refreshed, and taken back."""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from timeflow.fakes.google.exchange import Answer, Refused, as_json
from timeflow.fakes.google.identity import id_token
from timeflow.fakes.google.push import LOOPBACK
from timeflow.fakes.google.store import Account, Store

API = "https://www.googleapis.com/auth/"
# Google answers with the longer names.
PROFILE_SCOPES = {"openid": "openid", "email": f"{API}userinfo.email", "profile": f"{API}userinfo.profile"}
CODE_LIVES, ACCESS_LIVES = timedelta(minutes=5), timedelta(hours=1)
# Of one account for one program; the oldest ends silently.
MOST_REFRESH_TOKENS = 100


class NotGranted(Exception):
    """An error of OAuth, for a program (`answer`) or, before there is a way back, for the person (`words`)."""

    def __init__(self, error: str, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.error, self.words, self.status = error, words, status

    def answer(self) -> Answer:
        return as_json({"error": self.error, "error_description": self.words}, self.status)


@dataclass(frozen=True)
class Ask:
    """What a program asks a person for. `boxes`: the scopes beside who they are, which they may leave unticked."""

    client_id: str
    redirect_uri: str
    state: str
    scopes: tuple[str, ...]
    challenge: str
    method: str
    nonce: str
    hint: str
    is_lasting: bool
    adds_to_former: bool
    prompt: tuple[str, ...]
    wants_auth_time: bool

    @property
    def boxes(self) -> tuple[str, ...]:
        return tuple(scope for scope in self.scopes if scope not in PROFILE_SCOPES.values())


@dataclass(frozen=True)
class Code:
    ask: Ask
    email: str
    scopes: frozenset[str]
    has_refresh: bool
    expires_at: datetime
    signed_in_at: datetime


@dataclass(frozen=True)
class Access:
    email: str
    client_id: str
    scopes: frozenset[str]
    expires_at: datetime


@dataclass
class Grant:
    scopes: frozenset[str] = frozenset()
    refresh_tokens: dict[str, frozenset[str]] = field(default_factory=dict)


class OAuth:
    """Used under the store's lock."""

    def __init__(self, store: Store, clients: Mapping[str, str]) -> None:
        self.store, self.clients, self.issuer = store, clients, ""
        # To which a person may be sent back without TLS.
        self.plain_hosts = {*LOOPBACK}
        self.codes: dict[str, Code] = {}
        self.access_tokens: dict[str, Access] = {}
        self.grants: dict[tuple[str, str], Grant] = {}

    def read(self, query: Mapping[str, str]) -> Ask:
        """Raises `NotGranted` for what nobody should be asked."""
        if query.get("client_id") not in self.clients:
            raise NotGranted("invalid_client", "The OAuth client was not found.", 401)
        back = urlsplit(query.get("redirect_uri", ""))
        if back.scheme not in ("http", "https") or (back.scheme == "http" and back.hostname not in self.plain_hosts):
            raise NotGranted("redirect_uri_mismatch", "The way back is no address of this program.")
        if query.get("response_type") != "code":
            raise NotGranted("unsupported_response_type", "Only response_type=code is known.")
        scopes = tuple(dict.fromkeys(PROFILE_SCOPES.get(name, name) for name in query.get("scope", "").split()))
        strange = [name for name in scopes if name != "openid" and not name.startswith(API)]
        if not scopes or strange:
            raise NotGranted("invalid_scope", f"These scopes are not known: {' '.join(strange) or 'none'}.")
        method = query.get("code_challenge_method", "plain")
        if method not in ("plain", "S256"):
            raise NotGranted("invalid_request", "code_challenge_method is plain or S256.")
        return Ask(
            client_id=query["client_id"],
            redirect_uri=query["redirect_uri"],
            state=query.get("state", ""),
            scopes=scopes,
            challenge=query.get("code_challenge", ""),
            method=method,
            nonce=query.get("nonce", ""),
            hint=query.get("login_hint", "").lower(),
            is_lasting=query.get("access_type") == "offline",
            adds_to_former=query.get("include_granted_scopes") == "true",
            prompt=tuple(query.get("prompt", "").split()),
            wants_auth_time=_wants_auth_time(query.get("claims", "")),
        )

    def agree(self, ask: Ask, account: Account, ticked: Iterable[str]) -> str:
        """The way back with a code, for who they are and the ticked boxes."""
        now, grant = self.store.clock.now(), self.grants.get((account.email, ask.client_id))
        scopes = frozenset(ask.scopes) - set(ask.boxes) | (set(ask.boxes) & set(ticked))
        if not scopes:
            return self.refuse(ask)
        if grant and ask.adds_to_former:
            scopes |= grant.scopes
        has_refresh = ask.is_lasting and (grant is None or "consent" in ask.prompt)
        code = f"4/{secrets.token_urlsafe(40)}"
        self.codes[code] = Code(ask, account.email, scopes, has_refresh, now + CODE_LIVES, now)
        return way_back(
            ask, code=code, scope=" ".join(sorted(scopes)), authuser="0", prompt=" ".join(ask.prompt) or "none"
        )

    def refuse(self, ask: Ask, error: str = "access_denied") -> str:
        return way_back(ask, error=error)

    def tokens(self, form: Mapping[str, str], authorization: str) -> dict[str, Any]:
        """Raises `NotGranted`."""
        client_id = self._client(form, authorization)
        if form.get("grant_type") == "authorization_code":
            return self._exchange(client_id, form)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(client_id, form.get("refresh_token", ""))
        raise NotGranted("unsupported_grant_type", "Invalid grant_type.")

    def give(self, account: Account, client_id: str, scopes: frozenset[str], *, has_refresh: bool) -> dict[str, Any]:
        """Tokens of a grant, remembered."""
        grant = self.grants.setdefault((account.email, client_id), Grant())
        grant.scopes |= scopes
        given = self._access(account.email, client_id, scopes)
        if has_refresh:
            given["refresh_token"] = f"1//{secrets.token_urlsafe(48)}"
            grant.refresh_tokens[given["refresh_token"]] = scopes
            if len(grant.refresh_tokens) > MOST_REFRESH_TOKENS:
                del grant.refresh_tokens[next(iter(grant.refresh_tokens))]
        return given

    def access(self, token: str) -> Access:
        """Raises `Refused`."""
        access = self.access_tokens.get(token)
        if access is None or access.expires_at <= self.store.clock.now():
            raise Refused(401, "authError", "Invalid Credentials", place="header Authorization")
        return access

    def revoke(self, token: str) -> None:
        """Any token of a grant ends all of it. Raises `NotGranted` for one that is not known any more."""
        access = self.access_tokens.get(token)
        refreshed = [key for key, grant in self.grants.items() if token in grant.refresh_tokens]
        key = (access.email, access.client_id) if access else next(iter(refreshed), None)
        if key is None:
            raise NotGranted("invalid_token", "Token expired or revoked")
        self.end(*key)

    def end(self, email: str, client_id: str) -> None:
        self.grants.pop((email, client_id), None)
        for token, access in list(self.access_tokens.items()):
            if (access.email, access.client_id) == (email, client_id):
                del self.access_tokens[token]

    def _client(self, form: Mapping[str, str], authorization: str) -> str:
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization.startswith("Basic "):
            try:
                client_id, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
            except ValueError:
                client_id = ""
        if client_id not in self.clients or not secrets.compare_digest(
            self.clients[client_id].encode(), secret.encode()
        ):
            raise NotGranted("invalid_client", "Unauthorized", 401)
        return client_id

    def _exchange(self, client_id: str, form: Mapping[str, str]) -> dict[str, Any]:
        """A code is good once, whatever comes of it."""
        code = self.codes.pop(form.get("code", ""), None)
        if code is None or code.expires_at <= self.store.clock.now() or code.ask.client_id != client_id:
            raise NotGranted("invalid_grant", "Malformed auth code.")
        if code.ask.redirect_uri != form.get("redirect_uri"):
            raise NotGranted("redirect_uri_mismatch", "Bad Request")
        if code.ask.challenge and not _proves(form.get("code_verifier", ""), code.ask):
            raise NotGranted("invalid_grant", "Invalid code verifier.")
        account = self.store.accounts[code.email]
        given = self.give(account, client_id, code.scopes, has_refresh=code.has_refresh)
        said: dict[str, Any] = {"nonce": code.ask.nonce or None}
        if code.ask.wants_auth_time:
            said["auth_time"] = int(code.signed_in_at.timestamp())
        return self._with_identity(given, account, client_id, said)

    def _refresh(self, client_id: str, token: str) -> dict[str, Any]:
        for (email, app), grant in self.grants.items():
            if app == client_id and token in grant.refresh_tokens:
                given = self._access(email, app, grant.refresh_tokens[token])
                return self._with_identity(given, self.store.accounts[email], app, {})
        raise NotGranted("invalid_grant", "Token has been expired or revoked.")

    def _access(self, email: str, client_id: str, scopes: frozenset[str]) -> dict[str, Any]:
        token = f"ya29.{secrets.token_urlsafe(64)}"
        self.access_tokens[token] = Access(email, client_id, scopes, self.store.clock.now() + ACCESS_LIVES)
        lives = int(ACCESS_LIVES.total_seconds()) - 1
        return {"access_token": token, "expires_in": lives, "scope": " ".join(sorted(scopes)), "token_type": "Bearer"}

    def _with_identity(
        self, given: dict[str, Any], account: Account, client_id: str, said: dict[str, Any]
    ) -> dict[str, Any]:
        if "openid" not in given["scope"].split():
            return given
        about = {"issuer": self.issuer, "client_id": client_id, "access_token": given["access_token"]}
        return {**given, "id_token": id_token(account, **about, now=self.store.clock.now(), said=said)}


def way_back(ask: Ask, **said: str) -> str:
    joint = "&" if urlsplit(ask.redirect_uri).query else "?"
    state = {"state": ask.state} if ask.state else {}
    return f"{ask.redirect_uri}{joint}{urlencode({**state, **said})}"


def _proves(verifier: str, ask: Ask) -> bool:
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return secrets.compare_digest((digest if ask.method == "S256" else verifier).encode(), ask.challenge.encode())


def _wants_auth_time(claims: str) -> bool:
    try:
        return "auth_time" in json.loads(claims or "{}")["id_token"]
    except (ValueError, KeyError, TypeError):
        return False
