"""Grants of the stand-in: consent, codes and tokens that are good once or end, scopes that open doors."""

import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
from jwt import PyJWKClient

from timeflow.fakes.google import Google, running_google
from timeflow.fakes.google.oauth import API, MOST_REFRESH_TOKENS
from timeflow.fakes.tests.conftest import ALICE, BOB, asker, meeting, reason

BACK = "http://127.0.0.1:8000/back"
VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
EVENTS = f"{API}calendar.events.readonly"


def consent(google: Google, scope: str = f"openid email {EVENTS}", **more: str) -> str:
    """The address of the page that asks for consent."""
    asked = {"client_id": google.client_id, "redirect_uri": BACK, "response_type": "code", "scope": scope, "state": "s"}
    asked |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256", "access_type": "offline", **more}
    return f"{google.url}/oauth2/authorize?{urlencode(asked)}"


def said(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def exchange(google: Google, code: str, **other: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, "redirect_uri": BACK}
    form |= {"client_id": google.client_id, "client_secret": google.client_secret}
    return requests.post(f"{google.url}/oauth2/token", form | other, timeout=10)


def refresh(google: Google, token: str) -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return requests.post(f"{google.url}/oauth2/token", form, auth=(google.client_id, google.client_secret), timeout=10)


def granted(google: Google, **more: str) -> dict:
    return exchange(google, said(google.agree(consent(google, **more), ALICE))["code"]).json()


def test_a_code_becomes_tokens_and_says_who_it_is_in_a_signed_token(google):
    back = google.agree(consent(google, nonce="n"), ALICE)
    assert back.startswith(f"{BACK}?")
    assert said(back)["state"] == "s"
    tokens = exchange(google, said(back)["code"]).json()
    assert tokens["expires_in"] == 3599
    assert set(tokens["scope"].split()) == {"openid", f"{API}userinfo.email", EVENTS}
    configuration = requests.get(f"{google.url}/.well-known/openid-configuration", timeout=10).json()
    key = PyJWKClient(configuration["jwks_uri"]).get_signing_key_from_jwt(tokens["id_token"])
    about = {"audience": google.client_id, "issuer": google.url, "algorithms": ["RS256"]}
    identity = jwt.decode(tokens["id_token"], key, **about)
    assert (identity["email"], identity["email_verified"], identity["nonce"]) == (ALICE, True, "n")
    assert "auth_time" not in identity
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    userinfo = requests.get(configuration["userinfo_endpoint"], headers=bearer, timeout=10).json()
    assert userinfo["sub"] == identity["sub"]


def test_when_somebody_signed_in_is_told_on_demand(google):
    tokens = granted(google, claims='{"id_token": {"auth_time": {"essential": true}}}')
    identity = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert abs(identity["auth_time"] - google.clock.now().timestamp()) < 10


def test_whoever_says_no_is_sent_back_with_that(google):
    assert said(google.refuse(consent(google))) == {"error": "access_denied", "state": "s"}
    assert said(google.agree(consent(google, scope=EVENTS), ALICE, [])) == {"error": "access_denied", "state": "s"}
    assert said(requests.get(consent(google, prompt="none"), allow_redirects=False, timeout=10).headers["Location"])[
        "error"
    ] == ("interaction_required")


def test_only_ticked_scopes_are_granted_and_former_ones_are_added_if_asked(google):
    other = f"{API}calendar.app.created"
    first = exchange(google, said(google.agree(consent(google, f"{EVENTS} {other}"), ALICE, [other]))["code"]).json()
    assert first["scope"].split() == [other]
    again = consent(google, EVENTS, include_granted_scopes="true")
    assert set(exchange(google, said(google.agree(again, ALICE))["code"]).json()["scope"].split()) == {EVENTS, other}


def test_a_code_is_good_once_and_for_minutes_and_for_whoever_asked(google):
    code = said(google.agree(consent(google), ALICE))["code"]
    assert exchange(google, code).status_code == 200
    assert exchange(google, code).json()["error"] == "invalid_grant"
    for other, error in (
        ({"code_verifier": "x" * 50}, "invalid_grant"),
        ({"redirect_uri": f"{BACK}/other"}, "redirect_uri_mismatch"),
        ({"client_secret": "guessed"}, "invalid_client"),
    ):
        code = said(google.agree(consent(google), ALICE))["code"]
        assert exchange(google, code, **other).json()["error"] == error
    code = said(google.agree(consent(google), ALICE))["code"]
    google.advance(301)
    assert exchange(google, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"client_id": "strange"}, "invalid_client"),
        ({"redirect_uri": "http://evil.example/back"}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"code_challenge_method": "md5"}, "invalid_request"),
    ],
)
def test_what_nobody_should_be_asked_leads_to_a_page_and_nowhere_else(google, wrong, words):
    answer = requests.get(consent(google, **wrong), allow_redirects=False, timeout=10)
    assert answer.status_code in (400, 401)
    assert words in answer.text


def test_a_refresh_token_comes_at_the_first_time_or_when_consent_is_asked_for(google):
    assert "refresh_token" in granted(google)
    assert "refresh_token" not in granted(google)
    assert "refresh_token" in granted(google, prompt="consent")
    assert "refresh_token" not in granted(google, access_type="online", prompt="consent")


def test_an_access_token_lives_for_an_hour_and_is_refreshed(google, ask):
    assert ask("GET", "users/me/calendarList").status_code == 200
    google.advance(3601)
    assert reason(ask("GET", "users/me/calendarList")) == (401, "authError")
    tokens = granted(google, prompt="consent")
    fresh = refresh(google, tokens["refresh_token"]).json()
    assert fresh["access_token"] != tokens["access_token"]
    assert "refresh_token" not in fresh
    assert refresh(google, "1//guessed").json()["error"] == "invalid_grant"


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_any_token_that_is_given_back_ends_the_whole_grant(google, which):
    tokens = granted(google)
    revoke = f"{google.url}/oauth2/revoke"
    assert requests.post(revoke, {"token": tokens[which]}, timeout=10).status_code == 200
    assert refresh(google, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert requests.get(f"{google.url}/oauth2/userinfo", headers=bearer, timeout=10).status_code == 401
    assert requests.post(revoke, {"token": tokens[which]}, timeout=10).json()["error"] == "invalid_token"
    assert google.revoked == [tokens[which]] * 2


def test_what_the_person_takes_back_ends_without_a_word(google):
    tokens = granted(google)
    google.revoke_grants(ALICE)
    assert refresh(google, tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_of_too_many_refresh_tokens_the_oldest_ends(google):
    tokens = [google.grant(ALICE, ["calendar"]).refresh_token for _ in range(MOST_REFRESH_TOKENS + 1)]
    assert refresh(google, tokens[0]).status_code == 400
    assert refresh(google, tokens[1]).status_code == 200


def test_each_door_wants_its_scopes(google):
    reads = asker(google, ALICE, "calendar.events.readonly")
    lists = asker(google, ALICE, "calendar.calendarlist.readonly")
    missing = (403, "insufficientPermissions")
    assert reads("GET", "calendars/primary/events").status_code == 200
    assert reason(reads("POST", "calendars/primary/events", meeting())) == missing
    assert reason(reads("GET", "users/me/calendarList")) == missing
    assert lists("GET", "users/me/calendarList").status_code == 200
    assert reason(lists("GET", "calendars/primary/events")) == missing


def test_a_program_that_may_only_make_calendars_writes_into_its_own_and_no_other(google):
    ask = asker(google, ALICE, "calendar.app.created", "calendar.events.readonly")
    theirs = google.add_calendar(ALICE, "Theirs")
    made = ask("POST", "calendars", {"summary": "Plan"}).json()["id"]
    assert ask("POST", f"calendars/{made}/events", meeting()).status_code == 200
    for calendar in (theirs, "primary"):
        assert reason(ask("POST", f"calendars/{calendar}/events", meeting())) == (403, "insufficientPermissions")
        assert ask("GET", f"calendars/{calendar}/events").status_code == 200
    assert reason(ask("DELETE", f"calendars/{theirs}")) == (403, "insufficientPermissions")
    assert ask("DELETE", f"calendars/{made}").status_code == 204


def test_owned_calendars_alone_are_open_to_a_scope_for_those(google):
    google.add_account(BOB)
    google.share(BOB, ALICE, "writer")
    ask = asker(google, ALICE, "calendar.events.owned")
    assert ask("GET", f"calendars/{ALICE}/events").status_code == 200
    assert reason(ask("GET", f"calendars/{BOB}/events")) == (403, "insufficientPermissions")


def test_programs_do_not_see_each_others_grants():
    with running_google(Google({"one": "secret 1", "two": "secret 2"})) as google:
        google.add_account(ALICE)
        token = google.grant(ALICE, ["calendar"]).refresh_token
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "two", "client_secret": "secret 2"}
        assert requests.post(f"{google.url}/oauth2/token", form, timeout=10).json()["error"] == "invalid_grant"


def test_a_new_address_typed_at_the_consent_page_is_a_new_account(google):
    tokens = exchange(google, said(google.agree(consent(google), "New.Person@gmail.example"))["code"]).json()
    identity = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert identity["email"] == "new.person@gmail.example"
    assert identity["sub"].isdecimal()
