"""What TimeFlow may do at Google is asked for when it is wanted, and no sooner. Against our stand-in."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.models import Connection
from accounts.services.google_grants import SCOPES, WRITE_ANYWHERE
from availability.gateways.faults import Away
from availability.models import Calendar, Mirror
from availability.tests.at_google import EMAIL, AtGoogle
from availability.tests.mirrored import own_calendar
from availability.tests.test_accounts_page import place, shown

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/settings/calendars"
START = "/settings/connections/google"


@pytest.fixture
def google(google, alice_client):
    # Google leads nobody back without TLS, but to the own machine.
    alice_client.defaults["SERVER_NAME"] = "localhost"
    google.add_account(EMAIL, "Alice Weber")
    return google


def asked(answer) -> set[str]:
    return set(parse_qs(urlsplit(answer.headers["Location"]).query)["scope"][0].split())


def come_back(client, google, answer, scopes: list[str] | None = None, email: str = EMAIL):
    back = google.agree(answer.headers["Location"], email, scopes)
    return client.get(back, follow=True)


@pytest.fixture
def connected(google, alice_client):
    """By the page; the worker lists and reads at once."""
    said = come_back(alice_client, google, alice_client.post(START))
    assert f"Google Calendar of {EMAIL} is connected." in shown(said)
    return Connection.objects.get()


@pytest.fixture
def primary(connected):
    return Calendar.objects.get(mirror__remote_id=EMAIL)


def choose(client, calendar, words: str = "busy"):
    return client.post(f"{PAGE}/place", {"place": str(calendar.pk), "own_words": "private", "words": words})


def test_connecting_asks_for_the_least_and_brings_the_calendars(alice_client, google, connected):
    assert set(connected.scopes) >= set(SCOPES)
    assert WRITE_ANYWHERE not in connected.scopes
    assert f"{EMAIL} Google Calendar · read just now" in shown(alice_client.get(PAGE))


def test_a_calendar_of_our_own_needs_no_more(alice_client, google, connected):
    place(alice_client, f"own:{connected.pk}")
    mirror = Mirror.objects.get(receives_blocks=True)
    assert (mirror.is_ours, mirror.words) == (True, "private")
    assert google.calls["calendars.insert"] == 1


def test_another_calendar_leads_to_google_and_the_way_back_finishes_what_was_chosen(
    alice_client, google, connected, primary
):
    answer = choose(alice_client, primary, "title")
    assert asked(answer) >= {*SCOPES, WRITE_ANYWHERE}
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["login_hint"] == [EMAIL]
    said = shown(come_back(alice_client, google, answer))
    assert "Your plan is written into that calendar from now on." in said
    mirror = Mirror.objects.get(receives_blocks=True)
    assert (mirror.pk, mirror.words) == (primary.pk, "title")
    assert WRITE_ANYWHERE in Connection.objects.get().scopes


def test_once_permitted_google_is_not_asked_again(alice_client, google, connected, primary):
    come_back(alice_client, google, choose(alice_client, primary))
    place(alice_client, "")
    assert choose(alice_client, primary).headers["Location"] == PAGE


@pytest.mark.parametrize("scopes", [list(SCOPES), []])
def test_a_box_left_unticked_changes_nothing(alice_client, google, connected, primary, scopes):
    said = shown(come_back(alice_client, google, choose(alice_client, primary), scopes))
    assert "was not permitted to write into that calendar" in said or "Not every box was ticked" in said
    assert not Mirror.objects.filter(receives_blocks=True).exists()
    assert Connection.objects.get().state == Connection.State.ACTIVE


def test_stopping_at_google_changes_nothing(alice_client, google, connected, primary):
    back = google.refuse(choose(alice_client, primary).headers["Location"])
    assert "was not permitted to write into that calendar" in shown(alice_client.get(back, follow=True))
    assert not Mirror.objects.filter(receives_blocks=True).exists()


def test_another_account_at_google_does_not_permit_this_ones_calendar(alice_client, google, connected, primary):
    google.add_account("other@google.test", "Other")
    said = shown(come_back(alice_client, google, choose(alice_client, primary), email="other@google.test"))
    assert "was not permitted to write into that calendar" in said
    assert not Mirror.objects.filter(receives_blocks=True).exists()


def test_connecting_again_asks_for_what_was_permitted_before(alice_client, google, connected, primary):
    come_back(alice_client, google, choose(alice_client, primary))
    google.revoke_grants(EMAIL)
    google.expire_access_tokens()
    alice_client.post(f"/settings/connections/{connected.pk}/look")
    assert "must be connected again" in shown(alice_client.get(PAGE))
    answer = alice_client.post(START, {"again": str(connected.pk)})
    assert WRITE_ANYWHERE in asked(answer)
    said = shown(come_back(alice_client, google, answer))
    assert "must be connected again" not in said
    assert Mirror.objects.get(receives_blocks=True).pk == primary.pk


def test_only_ones_own_account_is_connected_again(bob_client, connected):
    assert bob_client.post(START, {"again": str(connected.pk)}).status_code == 404


@pytest.fixture
def at_google(google, alice):
    world = AtGoogle(google, alice, datetime(2026, 6, 8, 6, tzinfo=UTC))
    world.look_around()
    return world


def make(world: AtGoogle) -> None:
    own_calendar(world.connection, world.clock)


def test_a_calendar_of_our_own_that_was_deleted_there_is_made_anew(at_google):
    make(at_google)
    gone = Mirror.objects.get(is_ours=True)
    at_google.google.drop_calendar(gone.remote_id)
    make(at_google)
    ours = Mirror.objects.get(is_ours=True)
    assert ours.remote_id != gone.remote_id
    assert ours.receives_blocks
    assert not Calendar.objects.filter(pk=gone.pk).exists()


def test_why_a_calendar_of_our_own_could_not_be_made_is_told(at_google, alice_client):
    at_google.google.fail(403, "forbidden", on="calendars.insert")
    make(at_google)
    assert not Mirror.objects.filter(receives_blocks=True).exists()
    assert "Its server does not allow this." in shown(alice_client.get(PAGE))


def test_what_may_pass_is_tried_again_by_its_errand(at_google):
    at_google.google.fail(503, on="calendars.insert")
    with pytest.raises(Away):
        make(at_google)
    make(at_google)
    assert Mirror.objects.filter(receives_blocks=True, is_ours=True).exists()


def test_a_flow_that_began_before_anybody_could_wish_for_more_ends_well(alice_client, google):
    answer = alice_client.post(START)
    session = alice_client.session
    del session["google_grant"]["wish"]
    session.save()
    assert f"Google Calendar of {EMAIL} is connected." in shown(come_back(alice_client, google, answer))
