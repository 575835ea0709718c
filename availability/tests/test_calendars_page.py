import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from availability.models import Calendar, Event, Series
from availability.services.calendars import own_calendar, plan_calendar
from availability.tests.factories import NOW, CalendarFactory, EventFactory

pytestmark = pytest.mark.django_db

PAGE = "/settings/calendars"


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def shown(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def posted(calendar, **change):
    fields = {"name": calendar.name, "tint": calendar.tint, "is_shown": "on", "is_busy": "on"} | change
    return {f"{calendar.pk}-{name}": value for name, value in fields.items() if value is not None}


def test_each_calendar_says_how_fresh_it_is_and_what_it_holds(alice_client, alice):
    EventFactory(user=alice)
    work = CalendarFactory(user=alice, name="Work <b>", read_at=NOW - timedelta(minutes=5), is_busy=False)
    Series.objects.create(calendar=work, uid="standup", ics="")
    for n in range(3):
        EventFactory(user=alice, calendar=work, starts_at=NOW + timedelta(hours=n))
    plan_calendar(user=alice, now=NOW)
    words = shown(alice_client.get(PAGE))
    assert "My events Made here · 1 event" in words
    assert "Work <b> Read 5 min ago · 1 event does not block time" in words
    assert (words.count("Made here"), words.count("Read ")) == (1, 1)


def test_an_imported_calendar_says_which_time_its_dates_are_kept_for(alice_client, alice):
    window = {"expanded_from": NOW - timedelta(days=31), "expanded_until": NOW + timedelta(days=60)}
    full, empty = (CalendarFactory(user=alice, name=name, read_at=NOW, **window) for name in ("Choir", "Old"))
    for calendar in (full, empty):
        Series.objects.create(calendar=calendar, uid="one", ics="")
    for n in range(3):
        EventFactory(user=alice, calendar=full, starts_at=NOW + timedelta(hours=n))
    words = shown(alice_client.get(PAGE))
    assert "1 event with 3 dates (21 March – 20 June)" in words
    assert "1 event but none in the time that is kept (21 March – 20 June)" in words


def test_whoever_has_no_calendar_is_told_how_to_get_one(alice_client):
    assert "No calendars yet" in shown(alice_client.get(PAGE))


def test_a_calendar_is_changed(alice_client, alice):
    calendar = CalendarFactory(user=alice)
    change = posted(calendar, name="Choir", tint=5, is_shown=None, is_busy=None)
    answer = alice_client.post(reverse("settings-calendar", args=[calendar.pk]), change, follow=True)
    calendar.refresh_from_db()
    assert (calendar.name, calendar.tint, calendar.is_shown, calendar.is_busy) == ("Choir", 5, False, False)
    assert "Choir is saved. Your plan is being checked against it." in shown(answer)


def test_a_new_colour_is_no_news_for_the_plan(alice_client, alice):
    calendar = CalendarFactory(user=alice)
    answer = alice_client.post(reverse("settings-calendar", args=[calendar.pk]), posted(calendar, tint=5), follow=True)
    assert "being checked" not in shown(answer)
    alice.refresh_from_db()
    assert alice.data_version == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": " "}, "This is needed."),
        ({"name": "WORK"}, "Another calendar of yours has this name."),
        ({"tint": 9}, "Choose one of those that are offered."),
    ],
)
def test_a_refused_change_opens_the_calendar_and_says_why(alice_client, alice, change, reason):
    CalendarFactory(user=alice, name="Work")
    calendar = CalendarFactory(user=alice, name="Choir")
    answer = alice_client.post(reverse("settings-calendar", args=[calendar.pk]), posted(calendar, **change))
    assert answer.status_code == 422
    assert reason in shown(answer)
    assert re.findall(r'<details class="calendar[^>]* open>', answer.content.decode())
    calendar.refresh_from_db()
    assert calendar.name == "Choir"


def test_removing_asks_first_and_says_what_goes(alice_client, alice):
    calendar = CalendarFactory(user=alice, name="Choir")
    Series.objects.create(calendar=calendar, uid="choir", ics="")
    address = reverse("settings-calendar-remove", args=[calendar.pk])
    question = shown(alice_client.get(address))
    assert "Remove Choir?" in question
    assert "Its 1 event goes with it" in question
    assert "Choir is removed with its events." in shown(alice_client.post(address, follow=True))
    assert not Calendar.objects.exists()
    assert not Event.objects.exists()


def test_the_own_calendar_stays(alice_client, alice):
    calendar = own_calendar(user=alice, now=NOW)
    answer = alice_client.post(reverse("settings-calendar-remove", args=[calendar.pk]), follow=True)
    assert Calendar.objects.exists()
    assert "cannot be removed" in shown(answer)


def test_calendars_are_listed_in_a_fixed_number_of_queries(alice_client, alice, django_assert_max_num_queries):
    for _ in range(20):
        CalendarFactory(user=alice)
    with django_assert_max_num_queries(7):
        alice_client.get(PAGE)


def test_calendars_belong_to_one_person(alice, bob_client, charlie_client):
    calendar = CalendarFactory(user=alice)
    for address in (f"{PAGE}/{calendar.pk}", f"{PAGE}/{calendar.pk}/remove"):
        assert bob_client.post(address, posted(calendar)).status_code == 404, address
        assert charlie_client.post(address).headers["Location"].startswith("/accounts/login/"), address
    assert bob_client.get(f"{PAGE}/{calendar.pk}/remove").status_code == 404
    assert "No calendars yet" in shown(bob_client.get(PAGE))
    assert Calendar.objects.filter(pk=calendar.pk).exists()
