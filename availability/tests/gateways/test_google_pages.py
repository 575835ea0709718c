"""A page of changes as Google sends it, with what is wrong in it."""

import json
from collections import defaultdict

import pytest

from availability.gateways.google import GoogleAccount
from availability.services.mirrors.quota import CountingMeter
from availability.tests.gateways.scripted import Said

NOON = {"dateTime": "2026-06-08T12:00:00+02:00", "timeZone": "Europe/Berlin"}


@pytest.fixture
def account(server, settings) -> GoogleAccount:
    settings.GOOGLE_URL = server.url
    return GoogleAccount(lambda _is_fresh: "token", CountingMeter())


def test_what_is_there_and_cannot_be_read_is_named_and_costs_no_other(server, account):
    events = [
        {"id": "good", "start": NOON, "end": NOON},
        {"id": "odd", "start": {"dateTime": "soon"}},
        {"start": NOON, "end": NOON},
        "no event",
        {"id": "gone", "status": "cancelled"},
    ]
    said = Said(200, json.dumps({"items": events, "nextSyncToken": "t"}))
    server.answers = defaultdict(lambda: [said])
    page = account.changes("work")
    assert [item.id for item in page.items] == ["good", "gone"]
    assert list(page.unread) == ["odd"]
    assert page.skipped == {"Its times are not understood.": 1, "It has no id.": 1, "It is not an event.": 1}
