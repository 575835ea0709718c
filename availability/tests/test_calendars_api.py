from datetime import timedelta

import pytest

from availability.models import Calendar, Event, Mirror, Series
from availability.services.calendars import own_calendar, plan_calendar
from availability.tests.factories import NOW, CalendarFactory, EventFactory
from availability.tests.mirrored import connected, mirrored

pytestmark = pytest.mark.django_db

CALENDARS = "/api/calendars"


def version(user):
    user.refresh_from_db()
    return user.data_version


def test_calendars_are_listed_with_the_number_of_their_events(alice_api, alice, django_assert_num_queries):
    EventFactory(user=alice)
    work = CalendarFactory(user=alice, name="Work", tint=3)
    for n in range(3):
        EventFactory(user=alice, calendar=work, starts_at=NOW + timedelta(hours=n))
    plan_calendar(user=alice, now=NOW)
    with django_assert_num_queries(3):
        found = alice_api.get(CALENDARS).json()["results"]
    assert [(one["name"], one["kind"], one["events"]) for one in found] == [
        ("My events", "own", 1),
        ("Work", "file", 3),
    ]
    assert found[1]["read_at"] == "2026-04-21T07:00:00Z"


def test_a_calendar_is_renamed_tinted_hidden_and_freed(alice_api, alice):
    calendar = CalendarFactory(user=alice)
    changes = {"name": " Choir ", "tint": 8, "is_shown": False, "is_busy": False}
    answer = alice_api.patch(f"{CALENDARS}/{calendar.pk}", changes).json()
    assert {name: answer[name] for name in changes} == changes | {"name": "Choir"}
    assert alice_api.get(f"{CALENDARS}/{calendar.pk}").json() == answer


def test_only_blocking_time_is_news_for_the_plan(alice_api, alice):
    url = f"{CALENDARS}/{CalendarFactory(user=alice).pk}"
    alice_api.patch(url, {"name": "Choir", "tint": 2, "is_shown": False})
    assert version(alice) == 0
    alice_api.patch(url, {"is_busy": False})
    assert version(alice) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "work"}, "name"),
        ({"tint": 0}, "tint"),
        ({"tint": 9}, "tint"),
        ({"is_busy": "perhaps"}, "is_busy"),
        ({"kind": "own"}, "kind"),
        ({"read_at": "2026-04-21T07:00:00Z"}, "read_at"),
    ],
)
def test_a_change_that_breaks_a_rule_is_refused_with_its_field(alice_api, alice, changes, field):
    CalendarFactory(user=alice, name="Work")
    calendar = CalendarFactory(user=alice, name="Choir")
    answer = alice_api.patch(f"{CALENDARS}/{calendar.pk}", changes)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    calendar.refresh_from_db()
    assert (calendar.name, calendar.tint, calendar.kind) == ("Choir", 1, Calendar.Kind.FILE)


def test_two_people_may_use_one_name(alice, bob_api, bob):
    CalendarFactory(user=alice, name="Work")
    calendar = CalendarFactory(user=bob)
    assert bob_api.patch(f"{CALENDARS}/{calendar.pk}", {"name": "Work"}).status_code == 200


def test_a_removed_calendar_takes_its_events_along_and_no_others(alice_api, alice):
    kept = EventFactory(user=alice)
    calendar = CalendarFactory(user=alice)
    series = Series.objects.create(calendar=calendar, uid="one", ics="")
    EventFactory(user=alice, calendar=calendar, series=series, recurrence_id="20260421")
    EventFactory(user=alice, calendar=calendar)
    assert alice_api.delete(f"{CALENDARS}/{calendar.pk}").status_code == 204
    assert list(Event.objects.all()) == [kept]
    assert not Series.objects.exists()
    assert version(alice) == 1


def test_the_calendars_that_everybody_has_stay(alice_api, alice):
    own, plan = own_calendar(user=alice, now=NOW), plan_calendar(user=alice, now=NOW)
    answer = alice_api.delete(f"{CALENDARS}/{own.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "calendar_stays")
    assert alice_api.delete(f"{CALENDARS}/{plan.pk}").status_code == 404
    assert alice_api.patch(f"{CALENDARS}/{plan.pk}", {"is_busy": False}).status_code == 404
    assert Calendar.objects.count() == 2


def test_calendars_belong_to_one_person(alice, bob_api, charlie_api):
    calendar = CalendarFactory(user=alice)
    url = f"{CALENDARS}/{calendar.pk}"
    for method in ("get", "patch", "delete"):
        assert getattr(bob_api, method)(url).status_code == 404, method
        assert getattr(charlie_api, method)(url).status_code == 401, method
    assert bob_api.get(CALENDARS).json()["results"] == []
    assert charlie_api.get(CALENDARS).status_code == 401
    assert Calendar.objects.filter(pk=calendar.pk).exists()


def test_a_calendar_of_an_account_says_whose_it_is_and_whether_it_can_be_relied_on(alice_api, alice, time_machine):
    time_machine.move_to(NOW, tick=False)
    account = connected(alice, now=NOW)
    mirrored(account, "Work", now=NOW, receives_blocks=True)
    mirrored(account, "Old", now=NOW - timedelta(hours=1), fault="Its server does not answer.")
    CalendarFactory(user=alice, name="Choir")
    names = ("name", "provider", "account", "is_followed", "is_fresh", "fault", "receives_blocks")
    found = [tuple(one[name] for name in names) for one in alice_api.get(CALENDARS).json()["results"]]
    assert sorted(found) == [
        ("Choir", None, None, None, None, "", False),
        ("Old", "caldav", "alice@dav.example", True, False, "Its server does not answer.", False),
        ("Work", "caldav", "alice@dav.example", True, True, "", True),
    ]


def test_a_program_has_calendars_looked_at(alice_api, alice, bob_api, charlie_api, no_worker):
    mirrored(connected(alice, now=NOW), "Work", now=NOW)
    assert bob_api.post(f"{CALENDARS}/look").json() == {"calendars": 0}
    assert charlie_api.post(f"{CALENDARS}/look").status_code == 401
    assert Mirror.objects.get().asked_at is None
    answer = alice_api.post(f"{CALENDARS}/look")
    assert (answer.status_code, answer.json()) == (202, {"calendars": 1})
    assert Mirror.objects.get().asked_at is not None


def test_a_calendar_of_an_account_is_not_removed(alice_api, alice):
    work = mirrored(connected(alice, now=NOW), "Work", now=NOW)
    answer = alice_api.delete(f"{CALENDARS}/{work.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "calendar_stays")
