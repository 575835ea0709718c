from datetime import timedelta

import pytest

from availability.models import Event
from availability.services.calendars import plan_calendar
from availability.tests.factories import NOW, CalendarFactory, EventFactory

pytestmark = pytest.mark.django_db

EVENTS = "/api/events"
LUNCH = {"title": "Lunch", "starts_at": "2026-04-22T12:00:00+02:00", "ends_at": "2026-04-22T13:00:00+02:00"}
FAIR = {"title": "Fair", "is_all_day": True, "starts_on": "2026-05-04", "ends_on": "2026-05-07"}


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def titles(answer):
    return [event["title"] for event in answer.json()["results"]]


def test_an_event_is_made_read_changed_and_removed(alice_api):
    made = alice_api.post(EVENTS, LUNCH | {"location": "Canteen"})
    assert made.status_code == 201
    event = made.json()
    assert (event["starts_at"], event["source"], event["is_busy"]) == ("2026-04-22T10:00:00Z", "own", True)
    url = f"{EVENTS}/{event['id']}"
    assert alice_api.get(url).json() == event
    changed = alice_api.patch(url, {"title": "Long lunch", "ends_at": "2026-04-22T14:00:00+02:00", "notes": ""}).json()
    assert (changed["title"], changed["ends_at"]) == ("Long lunch", "2026-04-22T12:00:00Z")
    assert (changed["location"], changed["starts_at"]) == ("Canteen", event["starts_at"])
    assert alice_api.delete(url).status_code == 204
    assert alice_api.get(url).status_code == 404


def test_an_event_of_another_calendar_says_that_it_is_uncertain_or_private(alice, alice_api):
    own = alice_api.post(EVENTS, LUNCH).json()
    assert (own["is_tentative"], own["is_private"]) == (False, False)
    read = EventFactory(user=alice, source="remote", is_tentative=True, is_private=True)
    told = alice_api.get(f"{EVENTS}/{read.pk}").json()
    assert (told["is_tentative"], told["is_private"]) == (True, True)


def test_an_all_day_event_covers_its_dates_where_the_person_lives(alice_api):
    event = alice_api.post(EVENTS, FAIR).json()
    assert (event["starts_at"], event["ends_at"]) == ("2026-05-03T22:00:00Z", "2026-05-06T22:00:00Z")
    url = f"{EVENTS}/{event['id']}"
    longer = alice_api.patch(url, {"ends_on": "2026-05-08"}).json()
    assert (longer["starts_on"], longer["ends_at"]) == ("2026-05-04", "2026-05-07T22:00:00Z")
    timed = {"is_all_day": False, "starts_at": LUNCH["starts_at"], "ends_at": LUNCH["ends_at"]}
    assert alice_api.patch(url, timed).json()["starts_on"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"starts_at": "2026-04-22T12:00:00"}, "starts_at"),
        ({"starts_at": "noon"}, "starts_at"),
        ({"starts_at": "1969-04-22T12:00:00Z"}, "starts_at"),
        ({"ends_at": "2026-04-22T12:00:00+02:00"}, "ends_at"),
        ({"ends_at": "2026-04-22T11:59:00+02:00"}, "ends_at"),
        ({"location": "x" * 501}, "location"),
        ({"notes": "x" * 10_001}, "notes"),
        ({"starts_on": "2026-04-22"}, "starts_on"),
        ({"is_busy": "perhaps"}, "is_busy"),
        ({"calendar": "my own"}, "calendar"),
        ({"source": "file"}, "source"),
    ],
)
def test_an_event_that_breaks_a_rule_is_refused_with_its_field(alice_api, body, field):
    answer = alice_api.post(EVENTS, LUNCH | body)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ends_on": "2026-05-04"}, "ends_on"),
        ({"ends_on": "2200-05-04"}, "ends_on"),
        ({"starts_on": "2026-02-30"}, "starts_on"),
        ({"starts_on": None}, "starts_on"),
        ({"starts_at": LUNCH["starts_at"]}, "starts_at"),
    ],
)
def test_an_all_day_event_that_breaks_a_rule_is_refused_with_its_field(alice_api, body, field):
    answer = alice_api.post(EVENTS, FAIR | body)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]


def test_an_event_without_times_is_refused(alice_api):
    answer = alice_api.post(EVENTS, {"title": "Some day"})
    assert list(answer.json()["fields"]) == ["ends_at"]


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"starts_at": "2026-04-21T08:00:00Z", "ends_at": "2027-04-22T08:00:01Z"}, "ends_at"),
        ({"is_all_day": True, "starts_on": "2026-04-21", "ends_on": "2027-04-23"}, "ends_on"),
    ],
)
def test_an_event_longer_than_a_year_is_refused(alice_api, times, field):
    answer = alice_api.post(EVENTS, {"title": "Sabbatical"} | times)
    assert (answer.status_code, answer.json()["fields"]) == (400, {field: ["It lasts longer than a year."]})
    assert not Event.objects.exists()


def test_a_refused_change_leaves_the_event(alice_api, alice):
    event = EventFactory(user=alice)
    answer = alice_api.patch(f"{EVENTS}/{event.pk}", {"title": "Other", "ends_at": "2026-04-21T07:59:00Z"})
    assert answer.json()["code"] == "ends_before_it_starts"
    assert Event.objects.get().title == event.title


def test_the_same_request_twice_makes_one_event(alice_api):
    first, second = (alice_api.post(EVENTS, LUNCH, headers={"Idempotency-Key": "one"}).json() for _ in range(2))
    assert first == second
    assert Event.objects.count() == 1


def test_events_of_other_calendars_are_read_and_not_changed(alice_api, alice):
    event = EventFactory(user=alice, calendar=CalendarFactory(user=alice))
    url = f"{EVENTS}/{event.pk}"
    assert alice_api.get(url).json()["source"] == "file"
    for answer in (alice_api.patch(url, {"title": "Mine"}), alice_api.delete(url)):
        assert (answer.status_code, answer.json()["code"]) == (409, "not_editable")
    assert Event.objects.get().title == event.title


def test_planned_work_is_no_event_here(alice_api, alice):
    block = EventFactory(user=alice, calendar=plan_calendar(user=alice, now=NOW), source=Event.Source.BLOCK)
    assert titles(alice_api.get(EVENTS)) == []
    assert alice_api.patch(f"{EVENTS}/{block.pk}", {"title": "Mine"}).status_code == 404


def test_what_shares_time_with_the_stretch_is_listed_in_order(alice_api, alice):
    for title, hours in (("early", -1), ("late", 30), ("middle", 2)):
        EventFactory(user=alice, title=title, starts_at=NOW + timedelta(hours=hours))
    EventFactory(user=alice, title="running", starts_at=NOW - timedelta(minutes=30))
    EventFactory(user=alice, title="hidden", calendar=CalendarFactory(user=alice, is_shown=False))
    assert titles(alice_api.get(EVENTS)) == ["running", "hidden", "middle", "late"]
    today = f"{EVENTS}?start=2026-04-21T07:00:00Z&end=2026-04-21T22:00:00Z"
    assert titles(alice_api.get(today)) == ["running", "hidden", "middle"]


def test_one_calendar_is_listed_alone(alice_api, alice, bob):
    work, choir = CalendarFactory(user=alice), CalendarFactory(user=bob)
    EventFactory(user=alice)
    EventFactory(user=alice, title="work", calendar=work)
    EventFactory(user=bob, title="choir", calendar=choir)
    assert titles(alice_api.get(f"{EVENTS}?calendar={work.pk}")) == ["work"]
    assert titles(alice_api.get(f"{EVENTS}?calendar={choir.pk}")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("start=2026-04-21", "start"),
        ("start=2026-04-21T07:00:00Z&end=2027-04-23T07:00:00Z", "end"),
        ("start=2026-04-21T07:00:00Z&end=2026-04-21T07:00:00Z", "end"),
        ("end=2026-04-20T07:00:00Z", "end"),
        ("calendar=work", "calendar"),
        ("page_size=201", "page_size"),
        ("day=monday", "day"),
        ("calendar=a&calendar=b", "calendar"),
    ],
)
def test_a_query_that_means_nothing_is_refused_with_its_parameter(alice_api, query, field):
    answer = alice_api.get(f"{EVENTS}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]


def test_events_are_listed_by_the_page_in_a_fixed_number_of_queries(alice_api, alice, django_assert_num_queries):
    for n in range(7):
        EventFactory(user=alice, title=str(n), starts_at=NOW + timedelta(hours=n // 3))
    with django_assert_num_queries(2):
        page = alice_api.get(f"{EVENTS}?page_size=3").json()
    found = [event["title"] for event in page["results"]]
    while page["next"]:
        page = alice_api.get(page["next"]).json()
        found += [event["title"] for event in page["results"]]
    assert sorted(found) == [str(n) for n in range(7)]


def test_events_belong_to_one_person(alice, bob_api, charlie_api):
    event = EventFactory(user=alice)
    url = f"{EVENTS}/{event.pk}"
    for method in ("get", "patch", "delete"):
        assert getattr(bob_api, method)(url).status_code == 404, method
    assert titles(bob_api.get(EVENTS)) == []
    for method, address in [("get", EVENTS), ("post", EVENTS), ("get", url), ("patch", url), ("delete", url)]:
        assert getattr(charlie_api, method)(address).status_code == 401, (method, address)
    assert Event.objects.filter(pk=event.pk).exists()
