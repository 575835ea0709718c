"""Settings, Calendars: accounts and their calendars, without asking a provider."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Connection
from accounts.services.connections import use_secret
from availability.models import Calendar, Copy, Mirror
from availability.selectors.accounts import MAKE_OWN
from availability.tests.factories import NOW, EventFactory
from availability.tests.mirrored import Feed, connected, mirrored
from availability.views.connections import MOST_TURNS
from timeflow.lib.models import Errand

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]
PAGE = "/settings/calendars"
CALDAV, FEED = "/settings/connections/caldav", "/settings/connections/feed"
GIVEN = {"server": "other", "address": "https://dav.example/", "account": "alice", "password": "s3cret-app"}


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def account(alice):
    return connected(alice, now=NOW)


@pytest.fixture
def work(account):
    return mirrored(account, "Work", now=NOW - timedelta(minutes=3))


def shown(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def posted(mirror: Mirror, **change: object) -> dict[str, object]:
    calendar = mirror.calendar
    fields = {"name": calendar.name, "tint": calendar.tint, "is_shown": "on", "is_busy": "on", "is_followed": "on"}
    return {f"{calendar.pk}-{name}": value for name, value in (fields | change).items() if value is not None}


def place(client, key: str, **words: str):
    usual = {"own_words": "private", "words": "busy"}
    return client.post("/settings/calendars/place", usual | words | {"place": key}, follow=True)


def test_an_account_says_how_it_is_and_when_each_of_its_calendars_was_read(alice_client, account, work):
    mirrored(account, "Team", now=NOW, is_followed=False)
    words = shown(alice_client.get(PAGE))
    assert "alice@dav.example CalDAV · read 3 min ago" in words
    assert "Work Read 3 min ago · no events" in words
    assert "Team Not followed" in words


def test_what_is_wrong_with_a_calendar_is_said_in_words(alice_client, alice, account, work):
    fault = "Its server does not allow this."
    skipped = {"is not an event": 1, "It ends before it starts.": 4}
    Mirror.objects.filter(pk=work.pk).update(fault=fault, skipped=skipped, receives_blocks=True)
    for n in range(2):
        Copy.objects.create(user=alice, mirror=work, event_id=uuid4(), remote_id=str(n), fault=fault)
    words = shown(alice_client.get(PAGE))
    assert f"2 blocks could not be written: {fault}" in words
    assert words.count(fault) == 1, "it is said once"
    assert "Left out of it: It ends before it starts (4) It is not an event (1)" in words


def test_names_from_outside_are_text(alice_client, alice):
    mirrored(connected(alice, "<i>x</i>@dav.example", now=NOW), "<b>Work</b>", now=NOW, fault="<u>no</u>")
    page = alice_client.get(PAGE).content.decode()
    assert not re.search(r"<(b|i|u)>(Work|x|no)<", page)
    assert "&lt;b&gt;Work&lt;/b&gt;" in page


def test_an_account_that_does_not_let_us_in_offers_to_connect_it_again(alice_client, account, work):
    Connection.objects.update(state=Connection.State.NEEDS_RECONNECT)
    Mirror.objects.update(asked_at=NOW)
    page = alice_client.get(PAGE)
    assert "must be connected again" in shown(page)
    assert "eing read" not in shown(page)
    assert "Look now" not in shown(page)
    form = alice_client.get(f"{CALDAV}?again={account.pk}").content.decode()
    assert 'value="alice@dav.example"' in form


def test_a_refused_caldav_account_loses_nothing_but_its_password(alice_client):
    answer = alice_client.post(CALDAV, GIVEN | {"address": "ftp://dav.example/"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Give a whole address that begins with https://" in shown(answer)
    assert 'value="ftp://dav.example/"' in page
    assert 'value="alice"' in page
    assert "s3cret-app" not in page
    assert not Connection.objects.exists()


def test_two_servers_on_one_host_are_two_accounts_and_the_usual_port_is_no_other_server(alice_client):
    for place, password in (("", "first"), (":8443", "second"), (":443", "third")):
        alice_client.post(CALDAV, GIVEN | {"address": f"https://dav.example{place}/", "password": password})
    found = {row.subject: use_secret(connection=row, name="password", now=NOW) for row in Connection.objects.all()}
    assert found == {"alice@dav.example": "third", "alice@dav.example:8443": "second"}


@pytest.mark.parametrize("port", ["x", "99999", "0", "-1"])
def test_a_port_that_is_none_is_refused(alice_client, port):
    answer = alice_client.post(CALDAV, GIVEN | {"address": f"https://dav.example:{port}/"})
    assert "Give a whole address" in shown(answer)
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("server", "address"), [("fastmail", "https://caldav.fastmail.com/"), ("icloud", "https://caldav.icloud.com/")]
)
def test_a_known_server_needs_no_address(alice_client, server, address):
    answer = alice_client.post(CALDAV, GIVEN | {"server": server, "address": ""}, follow=True)
    assert "looking for calendars…" in shown(answer)
    connection = Connection.objects.get()
    assert use_secret(connection=connection, name="address", now=NOW) == address
    assert use_secret(connection=connection, name="password", now=NOW) == "s3cret-app"


def test_another_server_needs_one(alice_client):
    answer = alice_client.post(CALDAV, GIVEN | {"address": ""})
    assert "Give the address of the server." in shown(answer)


def test_subscribing_keeps_the_address_sealed_and_out_of_the_page(alice_client):
    address = "webcal://choir.example/secret-7c1f.ics"
    answer = alice_client.post(FEED, {"address": address}, follow=True)
    assert "choir.example Subscribed file · looking for calendars…" in shown(answer)
    assert "secret-7c1f" not in answer.content.decode()
    assert use_secret(connection=Connection.objects.get(), name="address", now=NOW) == address


def test_an_address_that_is_none_stays_in_its_field(alice_client):
    answer = alice_client.post(FEED, {"address": "choir"})
    assert answer.status_code == 422
    assert 'value="choir"' in answer.content.decode()


def test_the_page_asks_by_itself_until_the_calendars_are_there_and_not_for_ever(alice_client, account):
    address = reverse("settings-connection", args=[account.pk])
    Connection.objects.update(listed_at=None)
    assert f"{address}?turn=0&amp;listing=1" in alice_client.get(PAGE).content.decode()
    waiting = alice_client.get(f"{address}?turn=0&listing=1").content.decode()
    assert f"{address}?turn=1&amp;listing=1" in waiting
    for turn in (str(MOST_TURNS), "99999999999999999999", "-1", "x", "", "²"):
        last = alice_client.get(address, {"turn": turn, "listing": "1"})
        assert "hx-get" not in last.content.decode(), turn
        assert "Look again" in shown(last)
    Connection.objects.update(listed_at=NOW)
    mirrored(account, "Work", now=NOW)
    there = alice_client.get(f"{address}?turn=1&listing=1").content.decode()
    assert "Work" in there
    assert "hx-get" not in there
    assert f'name="place" value="{account.mirrors.get().pk}"' in there, "the plan can be written there by now"
    assert 'name="place"' not in waiting


def test_where_the_plan_is_written_it_is_said_how_much_of_it(alice_client, alice, work):
    Mirror.objects.update(receives_blocks=True)
    assert "Read 3 min ago · no planned blocks" in shown(alice_client.get(PAGE))
    for number, sent in enumerate(({}, {}, None)):
        Copy.objects.create(user=alice, mirror=work, event_id=uuid4(), remote_id=str(number), sent=sent)
    words = shown(alice_client.get(PAGE))
    assert "Read 3 min ago · 2 planned blocks" in words
    assert "no events" not in words


def test_while_calendars_are_read_no_form_that_somebody_fills_in_is_replaced(alice_client, account, work):
    Calendar.objects.filter(pk=work.pk).update(read_at=None)
    state = alice_client.get(reverse("settings-connection", args=[account.pk]) + "?turn=3").content.decode()
    assert "being read…" in state
    assert f'id="calendar-state-{work.pk}" hx-swap-oob="true"' in state
    assert "<form" not in state
    assert "<input" not in state


def test_a_calendar_that_appears_while_others_are_read_is_shown_at_once(alice_client, account, work):
    Calendar.objects.filter(pk=work.pk).update(read_at=None)
    page = alice_client.get(PAGE).content.decode()
    address = reverse("settings-connection", args=[account.pk]) + "?turn=0"
    assert f"{address}&amp;rows=1" in page
    mirrored(account, "Team", now=NOW)
    answer = alice_client.get(f"{address}&rows=1")
    assert answer["HX-Retarget"] == f"#account-{account.pk}"
    assert "Team" in shown(answer)
    assert "HX-Retarget" not in alice_client.get(f"{address}&rows=2").headers


def test_a_calendar_is_followed_no_longer_and_its_events_go(alice_client, alice, work):
    answer = alice_client.post(f"{PAGE}/{work.pk}", posted(work, is_followed=None, name="Office"), follow=True)
    work.refresh_from_db()
    assert not work.is_followed
    assert Calendar.objects.get(pk=work.pk).name == "Office"
    assert "Office is saved. Its events are gone from here." in shown(answer)


def test_one_that_receives_the_plan_is_followed_on_and_nothing_else_of_the_form_is_kept(alice_client, work):
    Mirror.objects.update(receives_blocks=True)
    answer = alice_client.post(f"{PAGE}/{work.pk}", posted(work, is_followed=None, name="Office"))
    assert answer.status_code == 422
    assert "Your plan is written into this calendar; choose another one first." in shown(answer)
    assert Calendar.objects.get(pk=work.pk).name == "Work"


def test_a_calendar_of_an_account_is_not_removed_but_followed_no_longer(alice_client, work):
    address = f"{PAGE}/{work.pk}/remove"
    assert alice_client.get(address).status_code == 404
    assert "follow it no longer instead" in shown(alice_client.post(address, follow=True))
    assert Calendar.objects.filter(pk=work.pk).exists()


def test_looking_at_one_account_leaves_the_others_alone(alice_client, alice, account, work):
    other = mirrored(connected(alice, "other@dav.example", now=NOW), "Other", now=NOW - timedelta(hours=1))
    Mirror.objects.update(next_at=NOW + timedelta(hours=1), rests_until=NOW + timedelta(hours=1))
    answer = alice_client.post(reverse("settings-connection-look", args=[account.pk]), follow=True)
    assert "TimeFlow looks at alice@dav.example now." in shown(answer)
    assert "being read…" in shown(answer)
    work.refresh_from_db()
    other.refresh_from_db()
    assert (work.next_at, work.rests_until) == (NOW, None)
    assert other.asked_at is None


def test_coming_back_to_a_page_looks_at_what_is_old_and_lets_rest_what_rests(alice_client, account):
    old = mirrored(account, "Old", now=NOW - timedelta(minutes=6))
    resting = mirrored(account, "Resting", now=NOW - timedelta(hours=1), rests_until=NOW + timedelta(minutes=1))
    new = mirrored(account, "New", now=NOW - timedelta(minutes=4))
    Mirror.objects.update(next_at=NOW + timedelta(hours=1))
    answer = alice_client.post("/settings/calendars/look", {"old": "1"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    asked = Mirror.objects.filter(asked_at=NOW, next_at=NOW)
    assert [one.pk for one in asked] == [old.pk]
    assert not asked.filter(pk__in=[resting.pk, new.pk]).exists()
    again = alice_client.post("/settings/calendars/look", {"old": "1"}, headers={"HX-Request": "true"})
    assert (again.status_code, again.content) == (204, b"")


def test_the_plan_is_written_into_another_calendar_and_others_see_only_that_one_is_busy(alice_client, work):
    assert "Your plan is written there from now on." in shown(place(alice_client, str(work.pk)))
    work.refresh_from_db()
    assert (work.receives_blocks, work.words) == (True, "busy")
    assert "your plan" in shown(alice_client.get(PAGE))


def test_what_others_may_read_is_a_choice_for_either_kind_of_calendar(alice_client, account, work):
    place(alice_client, str(work.pk), own_words="private", words="title")
    assert Mirror.objects.get(pk=work.pk).words == "title"
    place(alice_client, f"own:{account.pk}", words="title")
    assert Errand.objects.get(task=MAKE_OWN).args == [str(account.pk), "private"]


def test_nowhere_takes_the_plan_out_again_and_forgets_a_calendar_that_was_still_to_be_made(alice_client, account, work):
    place(alice_client, str(work.pk))
    assert "making a calendar for your plan…" in shown(place(alice_client, f"own:{account.pk}"))
    assert "Your plan stays in TimeFlow from now on." in shown(place(alice_client, ""))
    work.refresh_from_db()
    assert (work.receives_blocks, work.is_leaving) == (False, True)
    assert not Errand.objects.filter(task=MAKE_OWN).exists()


@pytest.mark.parametrize("key", ["own:x", "x", "1b0e7c5e-3c57-4d0e-8d57-6a1e3f7c2b11"])
def test_a_place_that_was_not_offered_is_refused(alice_client, work, key):
    answer = place(alice_client, key)
    assert answer.status_code == 422
    assert not Mirror.objects.filter(receives_blocks=True).exists()


def test_no_plan_is_offered_to_what_can_only_be_read(alice_client, alice, account):
    mirrored(account, "Team", now=NOW, access="reader")
    mirrored(connected(alice, "choir.example", now=NOW, provider=Feed), "Choir", now=NOW, access="reader")
    page = alice_client.get(PAGE).content.decode()
    assert page.count('name="place"') == 2, "nowhere, and a calendar of our own"


def test_disconnecting_asks_first_and_takes_calendars_and_events_along(alice_client, alice, account, work):
    EventFactory(user=alice, calendar=work.calendar)
    address = reverse("settings-connection-remove", args=[account.pk])
    question = shown(alice_client.get(address))
    assert "Disconnect alice@dav.example?" in question
    assert "In the account itself nothing is deleted" in question
    assert Connection.objects.exists()
    said = shown(alice_client.post(address, follow=True))
    assert "You can delete the app password at its provider now." in said
    assert not Connection.objects.exists()
    assert not Calendar.objects.filter(kind=Calendar.Kind.REMOTE).exists()


def test_accounts_are_shown_in_a_fixed_number_of_queries(alice_client, alice, django_assert_max_num_queries):
    for n in range(4):
        account = connected(alice, f"alice{n}@dav.example", now=NOW)
        for name in range(4):
            mirrored(account, f"{n}{name}", now=NOW)
    with django_assert_max_num_queries(11):
        alice_client.get(PAGE)


def test_where_the_plan_is_stays_chosen_although_its_account_must_be_connected_again(alice_client, work):
    Mirror.objects.update(receives_blocks=True, access="reader", words="title")
    Connection.objects.update(state=Connection.State.NEEDS_RECONNECT)
    page = alice_client.get(PAGE).content.decode()
    assert re.search(rf'name="place" value="{work.pk}"[^>]*checked', page)


def test_what_others_may_read_is_shown_as_it_was_chosen_while_the_calendar_is_being_made(alice_client, account):
    page = place(alice_client, f"own:{account.pk}", own_words="busy").content.decode()
    assert re.search(r'name="own_words" value="busy"[^>]*checked', page)
    assert re.search(rf'name="place" value="own:{account.pk}"[^>]*checked', page)


def test_a_subscribed_file_is_given_up_in_words_of_its_own(alice_client, alice):
    choir = connected(alice, "choir.example", now=NOW, provider=Feed)
    address = reverse("settings-connection-remove", args=[choir.pk])
    assert "Unsubscribe choir.example?" in shown(alice_client.get(address))
    assert "You are not subscribed any more." in shown(alice_client.post(address, follow=True))
    assert not Connection.objects.exists()
