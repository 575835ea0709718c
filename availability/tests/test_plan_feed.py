"""The plan at a private address: for programs that know it, and no longer than wished."""

from datetime import timedelta

import icalendar
import pytest
from django.test import Client
from django.utils import timezone

from accounts.domain.callers import Caller
from accounts.services.changes import changing
from accounts.services.deletion import ask_deletion
from availability.models import PlanFeed
from availability.services.events import BlockTime, create_event, write_block_events
from availability.services.plan_feeds import make_address
from timeflow.lib.ids import new_id
from timeflow.tests.stored import everything_stored

pytestmark = pytest.mark.django_db


def plan(user, title: str) -> None:
    start = timezone.now().replace(microsecond=0) + timedelta(hours=3)
    block = BlockTime(new_id(), title, start, start + timedelta(hours=1), is_exclusive=False)
    with changing(user.pk) as person:
        write_block_events(user=person, new=[block], changed=[], removed=[], now=timezone.now())


@pytest.fixture
def address(alice) -> str:
    plan(alice, "Write; the, report")
    return f"/feeds/plan/{make_address(user=alice, caller=Caller(), now=timezone.now())}.ics"


def test_a_program_reads_the_blocks_and_nothing_else(alice, address, client):
    now = timezone.now()
    create_event(user=alice, now=now, title="Secret call", starts_at=now, ends_at=now + timedelta(hours=1))
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.content)
    [event] = calendar.walk("VEVENT")
    assert event["SUMMARY"] == "Write; the, report"
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=1)
    assert b"Secret" not in answer.content


def test_an_unchanged_plan_is_not_sent_again(alice, address, client):
    etag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    plan(alice, "Errand")
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_the_address_is_shown_once_and_kept_as_a_digest(alice_client, alice):
    page = alice_client.post("/settings/plan-feed").content.decode()
    secret = page.split("/feeds/plan/")[1].split(".ics")[0]
    assert len(secret) > 40
    assert secret.encode() not in everything_stored()
    assert secret not in alice_client.get("/settings/plan-feed").content.decode()
    assert Client().get(f"/feeds/plan/{secret}.ics").status_code == 200


def test_a_new_address_ends_the_old_one_and_taking_it_away_ends_both(alice_client, alice, address, client):
    page = alice_client.post("/settings/plan-feed").content.decode()
    newer = "/feeds/plan/" + page.split("/feeds/plan/")[1].split(".ics")[0] + ".ics"
    assert [client.get(each).status_code for each in (address, newer)] == [404, 200]
    alice_client.post("/settings/plan-feed/remove")
    assert client.get(newer).status_code == 404
    assert not PlanFeed.objects.exists()


def test_who_guesses_learns_nothing(address, client):
    assert client.get("/feeds/plan/guessed.ics").status_code == 404


def test_of_an_account_that_is_being_closed_nothing_is_shown(alice, address, client):
    ask_deletion(user=alice, caller=Caller(), now=timezone.now())
    assert client.get(address).status_code == 404


def test_the_page_says_when_it_was_read(alice_client, address, client):
    assert "nobody has read it yet" in alice_client.get("/settings/plan-feed").content.decode()
    client.get(address)
    assert "last read" in alice_client.get("/settings/plan-feed").content.decode()


def test_the_address_does_not_stand_in_the_log(client, caplog):
    client.get("/feeds/plan/guessed-but-long-enough-to-be-one.ics")
    assert "guessed-but-long" not in caplog.text


def test_an_address_that_comes_and_goes_stands_in_the_activity_of_the_account(alice, alice_client):
    for way in ("/settings/plan-feed/remove", "/settings/plan-feed", "/settings/plan-feed/remove"):
        alice_client.post(way)
    kinds = alice.security_events.filter(kind__contains="shared").order_by("at", "pk").values_list("kind", flat=True)
    assert list(kinds) == ["plan_shared", "plan_unshared"]
    page = alice_client.get("/settings/activity").content.decode()
    assert "A private address of your plan was made." in page
