"""A thief of the database: everything secret that TimeFlow gives out or is given, looked for in every table."""

import re
import time

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.domain.callers import Caller
from accounts.models import User
from accounts.services.connections import keep_grant
from accounts.tests.letters import link_in
from timeflow.tests.stored import everything_stored

PASSWORD = "four plain words here"
GRANT = {"access_token": "ya29.access-s3cret", "refresh_token": "1//refresh-s3cret"}
CALDAV = {"password": "app-password-s3cret"}
FEED = {"address": "https://calendar.example/private-s3cret/basic.ics"}


@pytest.fixture
def given_out(db, client) -> dict[str, list[str]]:
    """A person who uses all there is; what they were given or gave, by kind."""
    cache.clear()
    found: dict[str, list[str]] = {"password": [PASSWORD]}
    client.post("/accounts/signup/", {"email": "charlie@example.com", "password1": PASSWORD})
    confirm = link_in(mail.outbox[-1])
    found["link that confirms"] = [confirm.split("/")[-2]]
    found["key of the short session"] = [client.cookies[settings.SESSION_COOKIE_NAME].value]
    client.post(confirm)
    found["tokens of the session"] = _tokens(client)
    assert client.post("/api/auth/refresh", content_type="application/json").status_code == 204
    found["tokens after a refresh"] = _tokens(client)
    wanted = {"name": "Script", "scope": "write", "days": 30}
    found["API token"] = [client.post("/api/auth/tokens", wanted, content_type="application/json").json()["secret"]]
    found |= _second_step(client)
    found |= _connections(User.objects.get())
    Client().post("/accounts/password/reset/", {"email": "charlie@example.com"})
    found["link that resets"] = [link_in(mail.outbox[-1]).split("/")[-2]]
    return found


def _tokens(client: Client) -> list[str]:
    """Both tokens, their parts, and the ids by which they are known."""
    whole = [client.cookies[name].value for name in (settings.ACCESS_COOKIE_NAME, settings.REFRESH_COOKIE_NAME)]
    parts = [part for token in whole for part in token.split(".")[1:]]
    return [*whole, *parts, *(jwt.decode(token, options={"verify_signature": False})["jti"] for token in whole)]


def _second_step(client: Client) -> dict[str, list[str]]:
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    seed = re.search(r'<code class="secret"[^>]*>([A-Z2-7]{32})<', page).group(1)
    code = format_hotp_value(hotp_value(seed, int(time.time()) // 30))
    assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    client.get("/accounts/2fa/recovery-codes/")
    return {"seed of the app": [seed], "recovery codes": codes.wrap().get_unused_codes()}


def _connections(user: User) -> dict[str, list[str]]:
    for provider, secrets in {"google": GRANT, "caldav": CALDAV, "feed": FEED}.items():
        about = {"provider": provider, "subject": provider, "account": "Work"}
        keep_grant(user=user, caller=Caller(), now=timezone.now(), **about, **secrets)
    return {"grant": list(GRANT.values()), "CalDAV password": list(CALDAV.values()), "feed": list(FEED.values())}


def test_no_table_holds_a_token_a_key_or_a_code(given_out):
    stored = everything_stored()
    assert b"charlie@example.com" in stored, "the dump shows nothing at all"
    assert all(all(secrets) for secrets in given_out.values())
    in_clear = [kind for kind, secrets in given_out.items() if any(secret.encode() in stored for secret in secrets)]
    assert not in_clear


def test_no_table_holds_a_secret_of_the_installation(given_out):
    stored = everything_stored()
    sets = (settings.JWT_KEYS, settings.FIELD_KEYS)
    keys = [keys.get(kid) for keys in sets for kid in keys.ids]
    texts = [settings.SECRET_KEY.encode(), settings.GUEST_KEY, settings.CACHE_KEY]
    written = [entry.partition("=")[2].encode() for keys in sets for entry in keys.written().split(",")]
    assert not [secret for secret in (*keys, *texts, *written) if secret in stored]
