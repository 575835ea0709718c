"""What a token must say, once its signature is known to be good."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.claims import LEEWAY, Expired, Unacceptable, key_id, read_claims

NOW = 1_800_000_000
US = "https://timeflow.example"
GOOD = {
    "iss": US,
    "aud": US,
    "sub": str(uuid.UUID(int=1)),
    "sid": str(uuid.UUID(int=2)),
    "jti": "one",
    "iat": NOW - 60,
    "exp": NOW + 60,
}
HEADER = {"alg": "EdDSA", "typ": "at+jwt", "kid": "k1"}


def read(**changes):
    return read_claims({**GOOD, **changes}, issuer=US, audience=US, now=NOW)


def test_a_good_token_tells_whose_it_is():
    claims = read()
    assert (claims.user_id, claims.session_id, claims.jti) == (uuid.UUID(int=1), uuid.UUID(int=2), "one")


@pytest.mark.parametrize("name", GOOD)
def test_every_claim_is_required(name):
    with pytest.raises(Unacceptable):
        read_claims({key: value for key, value in GOOD.items() if key != name}, issuer=US, audience=US, now=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "https://elsewhere.example"},
        {"aud": [US]},
        {"sub": "1"},
        {"sub": 1},
        {"sid": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 65},
        {"iat": NOW + LEEWAY + 1},
        {"iat": "1800000000"},
        {"iat": True},
        {"iat": -1},
        {"iat": 1.5},
        {"exp": 10**30},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"exp": "never"},
        {"exp": NOW - 61},
        {"exp": None},
    ],
)
def test_nonsense_is_refused(changes):
    with pytest.raises(Unacceptable):
        read(**changes)


def test_ten_seconds_between_two_clocks_do_no_harm():
    assert read(exp=NOW - LEEWAY + 1)
    assert read(iat=NOW + LEEWAY, exp=NOW + 60)
    with pytest.raises(Expired):
        read(exp=NOW - LEEWAY)


@given(
    st.dictionaries(
        st.sampled_from(sorted(GOOD)), st.recursive(st.none() | st.text() | st.integers() | st.floats(), st.lists)
    )
)
def test_whatever_a_token_says_it_is_read_or_refused(changes):
    try:
        claims = read(**changes)
    except Unacceptable:
        return
    assert claims.issued_at <= NOW + LEEWAY
    assert claims.expires_at > NOW - LEEWAY


def test_the_key_is_looked_up_by_the_id_in_the_header():
    assert key_id({**HEADER, "jku": "https://evil.example/keys", "jwk": {}, "x5u": "x"}, typ="at+jwt") == "k1"


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "eddsa"},
        {"typ": "rt+jwt"},
        {"typ": "JWT"},
        {"kid": None},
        {"kid": ""},
        {"kid": 5},
        {"kid": "x" * 33},
    ],
)
def test_a_header_of_another_kind_is_refused(changes):
    with pytest.raises(Unacceptable):
        key_id({**HEADER, **changes}, typ="at+jwt")
