import re
from datetime import timedelta

import pytest
import time_machine

from accounts.domain.activity import sentence
from accounts.domain.callers import Caller
from accounts.models import SecurityEvent
from accounts.services.audit import record_event
from accounts.tests.test_deletion import NOW

LAPTOP = Caller("Firefox on Linux", "203.0.113.0/24")


def record(user, kind=SecurityEvent.Kind.SIGNED_IN, ago=timedelta(0), **facts):
    record_event(user_id=user.pk, kind=kind, caller=LAPTOP, now=NOW - ago, **facts)


@pytest.mark.parametrize("kind", SecurityEvent.Kind)
def test_every_kind_of_entry_is_a_sentence_with_and_without_facts(kind):
    for facts in ({}, {"name": "Backup {x}", "was_on": "Chrome", "method": "password", "model": "event", "devices": 2}):
        words = sentence(kind.value, kind.label, facts)
        assert words[0].isupper()
        assert words.endswith(".")
        assert "_" not in words


@time_machine.travel(NOW, tick=False)
def test_the_page_says_what_happened_where_and_when(alice, alice_client):
    record(alice, ago=timedelta(minutes=5), method="password")
    record(alice, SecurityEvent.Kind.TOKEN_CREATED, name="<b>Backup")
    page = alice_client.get("/settings/activity").content.decode()
    assert "Signed in with a password." in page
    assert re.search(r"<time[^>]*>today \d+:\d\d</time>", page)
    assert "Firefox on Linux" in page
    assert "from 203.0.113.0/24" in page
    assert "An API token was made: &lt;b&gt;Backup." in page
    assert page.index("An API token was made") < page.index("Signed in with")
    assert page.count('<a class="small text-nowrap" href="/settings/devices">This was not me</a>') == 1


def test_the_log_comes_in_pages_of_two_queries_each(alice, alice_client, django_assert_max_num_queries):
    for minute in range(51):
        record(alice, ago=timedelta(minutes=minute), method=f"x{minute}")
    with django_assert_max_num_queries(6):
        page = alice_client.get("/settings/activity?page=2").content.decode()
    assert page.count("This was not me") == 1
    assert alice_client.get("/settings/activity?page=nonsense").status_code == 200


def test_everybody_reads_only_their_own(alice, bob_client, charlie_client):
    record(alice)
    assert "Nothing happened yet" in bob_client.get("/settings/activity").content.decode()
    assert charlie_client.get("/settings/activity").status_code == 302
