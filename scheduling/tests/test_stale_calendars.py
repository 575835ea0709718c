"""What the plan may not know is said where one leans on it: Today, Week, and a proposal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Connection
from availability.domain.freshness import Why
from availability.models import Channel, Mirror
from availability.selectors.mirrors import stale_calendars
from availability.tests.factories import NOW
from availability.tests.mirrored import Feed, Google, connected, mirrored
from availability.tests.test_accounts_page import shown
from scheduling.models import Plan
from timeflow.tests.routes import EMPTY_PLAN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]
LONG_AGO = NOW - timedelta(hours=3)


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def google(alice):
    return connected(alice, "alice@google.test", now=NOW, provider=Google)


def names(user) -> list[list[str]]:
    return [list(each.names) for each in stale_calendars(user, NOW)]


def test_only_what_is_followed_and_blocks_time_matters(alice, bob, google):
    mirrored(google, "Fresh", now=NOW)
    mirrored(google, "Old", now=LONG_AGO)
    mirrored(google, "Ignored", now=LONG_AGO, is_followed=False)
    mirrored(google, "Free", now=LONG_AGO, calendar={"is_busy": False})
    assert names(alice) == [["Old"]]
    assert names(bob) == []


def test_a_calendar_whose_provider_tells_of_changes_may_be_read_less_often(alice, google):
    told = mirrored(google, "Told", now=LONG_AGO)
    channel = Channel.objects.create(
        connection=google, mirror=told, secret_digest=b"d" * 32, made_at=LONG_AGO, expires_at=NOW + timedelta(days=1)
    )
    assert names(alice) == []
    Channel.objects.filter(pk=channel.pk).update(expires_at=NOW - timedelta(seconds=1))
    assert names(alice) == [["Told"]]


def test_a_subscribed_file_may_be_a_day_old(alice):
    feed = connected(alice, "choir.example", now=NOW, provider=Feed)
    choir = mirrored(feed, "Choir", now=NOW - timedelta(hours=23))
    assert names(alice) == []
    mirrored(feed, "Club", now=NOW - timedelta(hours=25))
    assert names(alice) == [["Club"]]
    Mirror.objects.filter(pk=choir.pk).update(fault="There is no calendar at its address any more.")
    assert sorted(map(tuple, names(alice))) == [("Choir",), ("Club",)]


def test_calendars_of_one_account_are_told_together_and_what_is_closed_comes_first(alice, google):
    for name in ("Work", "Family"):
        mirrored(google, name, now=LONG_AGO)
    dav = connected(alice, now=NOW)
    mirrored(dav, "Home", now=NOW)
    mirrored(dav, "Club", now=NOW, fault="The permission is not valid any more; connect it again.")
    Connection.objects.filter(pk=dav.pk).update(state=Connection.State.NEEDS_RECONNECT)
    closed, old = stale_calendars(alice, NOW)
    assert (closed.why, closed.connection.account) == (Why.BROKEN, "alice@dav.example")
    assert (old.why, old.names, old.since) == (Why.OLD, ["Work", "Family"], LONG_AGO)


def test_it_costs_two_queries_however_many_there_are(alice, google, django_assert_num_queries):
    for n in range(20):
        mirrored(google, f"Calendar {n}", now=LONG_AGO)
    with django_assert_num_queries(2):
        assert len(stale_calendars(alice, NOW)[0].names) == 20


def test_today_week_and_a_proposal_say_so_and_offer_to_look(alice_client, alice, google):
    mirrored(google, "<b>Work</b>", now=LONG_AGO)
    plan = Plan.objects.create(user=alice, state="proposed", origin="request", created_at=timezone.now(), **EMPTY_PLAN)
    for page in ("/today", "/week", f"/plan/{plan.pk}"):
        answer = alice_client.get(page)
        assert "<b>Work</b> (Google) was last read 3 h ago ; your plan may not know everything." in shown(answer), page
        assert 'action="/settings/calendars/look"' in answer.content.decode(), page
    alice_client.post("/settings/calendars/look", headers={"Referer": "http://testserver/today"})
    page = shown(alice_client.get("/today"))
    assert "TimeFlow is looking now." in page
    assert "Look now" not in page


def test_nothing_is_said_while_all_is_fresh(alice_client, google):
    mirrored(google, "Work", now=NOW)
    for page in ("/today", "/week"):
        assert "last read" not in shown(alice_client.get(page)), page
