"""Whatever a browser says of a passkey, it is taken, or refused on the page, and never breaks anything."""

import json
from base64 import urlsafe_b64encode

import pytest
from allauth.mfa.models import Authenticator

from accounts.tests.signing_in import is_in

A, B = "AAAA", urlsafe_b64encode(b"\xff" * 40).decode().rstrip("=")
CLIENT = urlsafe_b64encode(json.dumps({"type": "webauthn.get", "challenge": A, "origin": "x"}).encode()).decode()
SAID = {"clientDataJSON": CLIENT.rstrip("="), "authenticatorData": B, "signature": B, "attestationObject": B}
WHOLE = {"id": A, "rawId": A, "type": "public-key", "response": SAID, "clientExtensionResults": {}}
ODD = [None, 5, True, "", "x", "é", [], [1], {}, {"a": {}}, 1.5, "=" * 9, B * 300]
LOGIN, ADD = "/accounts/2fa/webauthn/login/", "/accounts/2fa/webauthn/add/"


def credentials():
    yield from ODD
    yield WHOLE
    for name in WHOLE:
        yield {key: value for key, value in WHOLE.items() if key != name}
        yield from ({**WHOLE, name: odd} for odd in ODD)
    for name in ("clientDataJSON", "authenticatorData", "signature", "attestationObject", "userHandle"):
        yield from ({**WHOLE, "response": {**SAID, name: odd}} for odd in ODD)
    yield from ({**WHOLE, "clientExtensionResults": {"credProps": odd}} for odd in ODD)


@pytest.mark.django_db
def test_no_odd_credential_opens_an_account_or_breaks_the_page(charlie_client):
    charlie_client.raise_request_exception = False
    charlie_client.get(LOGIN, headers={"X-Requested-With": "XMLHttpRequest", "Accept": "application/json"})
    for said in credentials():
        answer = charlie_client.post(LOGIN, {"credential": json.dumps(said)})
        assert answer.status_code < 500, said
        assert not is_in(charlie_client), said


def test_no_odd_credential_becomes_a_way_in_or_breaks_the_page(alice, alice_client):
    alice_client.raise_request_exception = False
    assert alice_client.get(ADD).status_code == 200
    for said in credentials():
        answer = alice_client.post(ADD, {"credential": json.dumps(said), "name": "Key"})
        assert answer.status_code < 500, said
    assert not Authenticator.objects.exists()
