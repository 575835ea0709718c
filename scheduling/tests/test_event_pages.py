"""The form of an event on the week's page: its times, how it repeats, and reasons at their fields."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from availability.domain.own_series import EVERY, Repeats
from availability.models import Event
from availability.selectors import with_repeats
from scheduling.forms.events import REPEATS
from scheduling.tests.planning import HOUR, MONDAY, works_nine_to_five

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/week?on=2026-04-20"}
LUNCH = {"title": "Lunch", "start": "2026-04-13T12:00", "end": "2026-04-13T13:00", "is_busy": "on", "ends": "never"}
DAILY = LUNCH | {"repeats": "day", "ends": "times", "times": "4"}


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def worker(alice):
    return works_nine_to_five(alice)


@pytest.fixture
def series(worker, alice_client) -> list[Event]:
    """Four lunches, Monday to Thursday."""
    assert alice_client.post("/week/events/new", DAILY).status_code == 302
    return list(Event.objects.order_by("starts_at"))


def titles():
    return list(Event.objects.order_by("starts_at").values_list("title", flat=True))


def reason_at(page: str, field: str) -> str:
    """What stands below a field of the form."""
    _before, _found, rest = page.partition(f'<ul class="errorlist" id="id_{field}_error">')
    return rest.partition("</ul>")[0].removeprefix("<li>").removesuffix("</li>")


def test_the_form_offers_every_way_of_repeating_that_there_is():
    assert list(REPEATS) == list(EVERY)


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"repeats": "day", "ends": "times", "times": "4"}, Repeats("day", times=4)),
        ({"repeats": "week", "ends": "until", "until": "2026-05-04"}, Repeats("week", until=date(2026, 5, 4))),
        ({"repeats": "fortnight", "ends": "never", "until": "2026-05-04", "times": "3"}, Repeats("fortnight")),
        ({"repeats": "weekday"}, Repeats("weekday")),
        ({"repeats": "", "ends": "times", "times": "4"}, None),
    ],
)
def test_an_event_repeats_as_the_form_says(worker, alice_client, asked, kept):
    alice_client.post("/week/events/new", LUNCH | asked)
    first = Event.objects.order_by("starts_at")[0]
    assert with_repeats([first])[0].repeats == kept
    page = alice_client.get(f"/week/events/{first.pk}").content.decode()
    assert ("It comes" in page) == (kept is not None)


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ({"repeats": "day", "ends": "until"}, "until", "Say on which day."),
        ({"repeats": "day", "ends": "times"}, "times", "Say how many times."),
        ({"repeats": "day", "ends": "times", "times": "0"}, "times", "must be at least 1"),
        ({"repeats": "day", "ends": "until", "until": "2026-04-12"}, "until", "The last day lies between"),
        ({"repeats": "weekday", "start": "2026-04-18T12:00", "end": ""}, "repeats", "Saturday is none."),
        ({"repeats": "week", "start": "2028-04-18T12:00", "end": ""}, "start", "A series begins at most"),
        ({"end": "2026-04-13T11:00"}, "end", "It ends before it starts."),
        ({"is_all_day": "on", "end": "2026-04-12T11:00"}, "end", "It ends before it starts."),
        ({"end": "2027-05-13T11:00"}, "end", "It lasts longer than a year."),
        ({"is_all_day": "on", "end": "2027-05-13T11:00"}, "end", "It lasts longer than a year."),
    ],
)
def test_what_is_refused_keeps_what_was_typed_and_says_why_once_at_its_field(
    worker, alice_client, wrong, field, reason
):
    answer = alice_client.post("/week/events/new", LUNCH | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert reason in reason_at(page, field)
    assert page.count('class="errorlist"') == 1
    assert 'value="Lunch"' in page
    assert not Event.objects.exists()


def test_beside_the_week_a_refusal_is_the_form_again_and_a_success_leads_back_to_the_week_one_looked_at(
    worker, alice_client
):
    refused = alice_client.post("/week/events/new", LUNCH | {"end": "2026-04-13T11:00"}, headers=HTMX)
    assert refused.status_code == 422
    assert "<html" not in refused.content.decode()
    assert 'name="next" value="/week?on=2026-04-20"' in refused.content.decode()
    kept = alice_client.post("/week/events/new", LUNCH | {"next": "/week?on=2026-04-20"}, headers=HTMX)
    assert kept["HX-Redirect"] == "/week?on=2026-04-20"


def test_without_an_end_an_event_lasts_half_an_hour_and_all_day_the_one_day(worker, alice_client):
    alice_client.post("/week/events/new", LUNCH | {"end": ""})
    event = Event.objects.get()
    assert event.ends_at - event.starts_at == HOUR / 2
    alice_client.post(f"/week/events/{event.pk}", LUNCH | {"end": "", "is_all_day": "on"})
    event.refresh_from_db()
    assert (event.starts_on, event.ends_on) == (date(2026, 4, 13), date(2026, 4, 14))


def test_only_this_one_is_changed_unless_the_whole_series_is_chosen(series, alice_client):
    address = f"/week/events/{series[1].pk}"
    tuesday = DAILY | {"start": "2026-04-14T12:00", "end": "2026-04-14T13:00"}
    page = alice_client.post(address, tuesday | {"title": "Brunch", "scope": "this"}, follow=True).content.decode()
    assert "Changed Brunch, only this one" in page
    assert titles() == ["Lunch", "Brunch", "Lunch", "Lunch"]
    page = alice_client.post(address, tuesday | {"title": "Meal", "scope": "all"}, follow=True).content.decode()
    assert "Changed Meal, the whole series" in page
    assert titles() == ["Meal"] * 4


def test_words_for_the_whole_series_leave_alone_when_each_one_is(series, alice_client):
    moved = {"start": "2026-04-14T15:00", "end": "2026-04-14T16:00"}
    alice_client.post(f"/week/events/{series[1].pk}/move", moved)
    before = list(Event.objects.order_by("starts_at").values_list("starts_at", "ends_at"))
    alice_client.post(f"/week/events/{series[1].pk}", DAILY | moved | {"title": "Meal", "scope": "all"})
    assert titles() == ["Meal"] * 4
    assert list(Event.objects.order_by("starts_at").values_list("starts_at", "ends_at")) == before


def test_another_time_for_the_whole_series_is_that_of_the_one_that_was_moved_before_too(series, alice_client):
    moved = {"start": "2026-04-14T15:00", "end": "2026-04-14T16:00"}
    alice_client.post(f"/week/events/{series[1].pk}/move", moved)
    later = {"start": "2026-04-14T16:00", "end": "2026-04-14T17:00", "scope": "all"}
    alice_client.post(f"/week/events/{series[1].pk}", DAILY | later)
    starts = [event.starts_at - MONDAY for event in Event.objects.order_by("starts_at")]
    assert [start % timedelta(days=1) for start in starts] == [8 * HOUR] * 4


def test_how_often_it_comes_is_changed_for_all_of_them_and_refused_for_one(series, alice_client):
    address, weekly = f"/week/events/{series[0].pk}", DAILY | {"repeats": "week", "times": "2"}
    answer = alice_client.post(address, weekly | {"scope": "this"})
    assert "is changed for all of them" in reason_at(answer.content.decode(), "repeats")
    alice_client.post(address, weekly | {"scope": "all"})
    assert Event.objects.count() == 2


def test_an_event_that_stands_alone_can_begin_to_repeat(worker, alice_client):
    alice_client.post("/week/events/new", LUNCH)
    page = alice_client.get(f"/week/events/{Event.objects.get().pk}").content.decode()
    assert "The whole series" not in page
    alice_client.post(f"/week/events/{Event.objects.get().pk}", DAILY)
    assert titles() == ["Lunch"] * 4


@pytest.mark.parametrize(("scope", "left"), [({}, 3), ({"scope": "this"}, 3), ({"scope": "all"}, 0)])
def test_deleting_takes_this_one_or_the_whole_series_and_undo_brings_it_back(series, alice_client, scope, left):
    page = alice_client.post(f"/week/events/{series[2].pk}/delete", scope, follow=True).content.decode()
    assert ("the whole series" if left == 0 else "only this one") in page
    assert Event.objects.count() == left
    alice_client.post("/undo")
    assert titles() == ["Lunch"] * 4


def test_an_unknown_choice_deletes_nothing(series, alice_client):
    answer = alice_client.post(f"/week/events/{series[2].pk}/delete", {"scope": "most"}, headers=JSON)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["scope"])
    assert Event.objects.count() == 4


def test_a_drag_moves_only_this_one_and_says_so(series, alice_client):
    span = {"start": "2026-04-14T15:00", "end": "2026-04-14T16:00"}
    answer = alice_client.post(f"/week/events/{series[1].pk}/move", span, headers=JSON).json()
    assert answer["words"] == "Moved Lunch, only this one"
    starts = [event.starts_at - MONDAY for event in Event.objects.order_by("starts_at")]
    assert [start % timedelta(days=1) for start in starts] == [4 * HOUR, 7 * HOUR, 4 * HOUR, 4 * HOUR]


def test_another_person_finds_no_event_and_a_stranger_signs_in(series, bob_client, charlie_client):
    address = f"/week/events/{series[0].pk}"
    for client, status in ((bob_client, 404), (charlie_client, 302)):
        assert client.get(address).status_code == status
        assert client.post(address, DAILY | {"scope": "all", "title": "Mine"}).status_code == status
        assert client.post(f"{address}/delete", {"scope": "all"}).status_code == status
    assert titles() == ["Lunch"] * 4


def test_a_time_that_nobody_touched_stays_in_its_half_of_a_doubled_hour(worker, alice_client):
    worker.time_zone = "America/New_York"
    worker.save()
    second = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
    alice_client.post("/week/events/new", LUNCH | {"start": "2026-11-01T01:30", "end": "2026-11-01T03:00"})
    event = Event.objects.get()
    Event.objects.update(starts_at=second)
    fields = LUNCH | {"title": "Night", "start": "2026-11-01T01:30", "end": "2026-11-01T02:30"}
    alice_client.post(f"/week/events/{event.pk}", fields)
    event.refresh_from_db()
    assert (event.title, event.starts_at, event.ends_at) == ("Night", second, second + HOUR)


@pytest.fixture
def around_the_doubled_hour(worker, alice_client) -> Event:
    """From the first 1:30 to the second 1:15 of a night in New York: 45 minutes."""
    worker.time_zone = "America/New_York"
    worker.save()
    alice_client.post("/week/events/new", LUNCH | {"start": "2026-11-01T01:30", "end": "2026-11-01T03:00"})
    start = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    Event.objects.update(starts_at=start, ends_at=start + 0.75 * HOUR)
    return Event.objects.get()


def test_an_event_that_ends_on_an_earlier_reading_of_the_clock_is_drawn_by_its_length(
    around_the_doubled_hour, alice_client
):
    shown = alice_client.get("/week/feed?start=2026-11-01&end=2026-11-02", headers=JSON).json()["events"]
    assert [(event["start"], event["end"]) for event in shown] == [("2026-11-01T01:30", "2026-11-01T02:15")]


def test_an_event_that_ends_on_an_earlier_reading_of_the_clock_can_be_renamed_and_made_longer(
    around_the_doubled_hour, alice_client
):
    event = around_the_doubled_hour
    said = {"start": "2026-11-01T01:30", "end": "2026-11-01T01:15"}
    assert alice_client.post(f"/week/events/{event.pk}", LUNCH | said | {"title": "Night"}).status_code == 302
    alice_client.post(f"/week/events/{event.pk}/move", said | {"end": "2026-11-01T02:30"})
    longer = Event.objects.get()
    assert (longer.title, longer.starts_at, longer.ends_at) == ("Night", event.starts_at, event.starts_at + 2 * HOUR)


def test_a_span_inside_the_hour_that_the_clocks_skip_comes_after_it_and_keeps_its_length(worker, alice_client):
    worker.time_zone = "Europe/Berlin"
    worker.save()
    alice_client.post("/week/events/new", LUNCH | {"start": "2027-03-28T02:00", "end": "2027-03-28T02:45"})
    event = Event.objects.get()
    assert event.starts_at == datetime(2027, 3, 28, 3, tzinfo=ZoneInfo("Europe/Berlin"))
    assert event.ends_at - event.starts_at == 0.75 * HOUR


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"is_busy": ""}, "It blocks no time"),
        ({"end": ""}, "Nothing else moves"),
        ({"is_all_day": "on", "end": "2026-04-13T11:00"}, "Nothing else moves"),
    ],
)
def test_the_price_under_the_times_is_that_of_the_form_as_it_stands(worker, alice_client, asked, sentence):
    fields = {name: value for name, value in (LUNCH | asked).items() if value}
    assert alice_client.post("/week/consequences", fields, headers=HTMX).content.decode() == sentence


def test_the_price_of_an_event_that_blocks_no_time_yet_can_be_asked(worker, alice_client):
    alice_client.post("/week/events/new", {name: value for name, value in LUNCH.items() if name != "is_busy"})
    asked = LUNCH | {"event": Event.objects.get().pk}
    assert alice_client.post("/week/consequences", asked, headers=HTMX).status_code == 200
