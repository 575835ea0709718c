from datetime import UTC, date, datetime, timedelta

import pytest

from availability.domain.own_series import Repeats
from availability.models import Event, Series
from availability.services.events import create_event, delete_event, update_event
from availability.services.imports import calendars_to_roll, roll_window
from availability.services.occurrences import AHEAD, BACK
from availability.tests.factories import NOW, CalendarFactory, EventFactory
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db

HALF_PAST_NINE = datetime(2026, 4, 21, 7, 30, tzinfo=UTC)
QUARTER, ONE_DAY = timedelta(minutes=15), timedelta(days=1)
EVENTS = "/api/events"
STAND_UP = {
    "title": "Stand-up",
    "starts_at": "2026-04-21T09:30:00+02:00",
    "ends_at": "2026-04-21T09:45:00+02:00",
    "repeats": {"every": "weekday", "times": 5},
}


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def stand_up(user, every="day", start=HALF_PAST_NINE, **repeats):
    return create_event(
        user=user,
        now=NOW,
        title="Stand-up",
        starts_at=start,
        ends_at=start + QUARTER,
        repeats=Repeats(every, **(repeats or {"times": 4})),
    )


def starts():
    """Day and time in UTC of each row, in order."""
    rows = Event.objects.order_by("starts_at").values_list("starts_at", flat=True)
    return [f"{at.astimezone(UTC):%d %H:%M}" for at in rows]


def nth(number):
    return Event.objects.order_by("starts_at")[number]


def test_a_series_is_there_at_once_and_blocks_time(alice):
    first = stand_up(alice)
    assert starts() == ["21 07:30", "22 07:30", "23 07:30", "24 07:30"]
    assert first.pk == nth(0).pk
    assert first.series is not None
    assert Event.objects.of(alice).busy().filter(source=Event.Source.OWN, calendar__kind="own").count() == 4


def test_a_series_without_an_end_fills_the_window_and_is_rolled_on(alice):
    calendar = stand_up(alice, every="weekday", until=None).calendar
    assert (calendar.expanded_from, calendar.expanded_until) == (NOW - BACK, NOW + AHEAD)
    before = Event.objects.count()
    assert calendars_to_roll(now=NOW) == []
    later = NOW + timedelta(days=28)
    assert calendars_to_roll(now=later) == [calendar]
    assert roll_window(calendar=calendar, now=later) == 20
    assert Event.objects.filter(source=Event.Source.OWN).count() == before + 20
    assert roll_window(calendar=calendar, now=later) == 0


def test_rolling_steps_back_from_a_series_that_was_changed_meanwhile(alice):
    event = stand_up(alice, every="weekday", until=None)
    stale = event.calendar
    update_event(user=alice, event_id=event.pk, now=NOW + QUARTER, scope="all", title="Huddle")
    assert roll_window(calendar=stale, now=NOW + timedelta(days=28)) == 0


def test_one_occurrence_moves_alone_and_keeps_its_id(alice):
    stand_up(alice)
    second = nth(1)
    later = second.starts_at + timedelta(hours=5)
    update_event(user=alice, event_id=second.pk, now=NOW, title="Retro", starts_at=later, ends_at=later + QUARTER)
    assert starts() == ["21 07:30", "22 12:30", "23 07:30", "24 07:30"]
    assert Event.objects.get(title="Retro").pk == second.pk


def test_all_move_as_far_as_the_one_and_keep_their_ids(alice):
    stand_up(alice)
    ids = {event.pk for event in Event.objects.all()}
    third = nth(2)
    start = third.starts_at + ONE_DAY - timedelta(minutes=30)
    update_event(
        user=alice, event_id=third.pk, now=NOW, scope="all", title="Huddle", starts_at=start, ends_at=start + QUARTER
    )
    assert starts() == ["22 07:00", "23 07:00", "24 07:00", "25 07:00"]
    assert {event.pk for event in Event.objects.filter(title="Huddle")} == ids
    assert nth(2).pk == third.pk


def test_new_words_for_all_leave_a_moved_one_where_it_is(alice):
    stand_up(alice)
    second = nth(1)
    later = second.starts_at + timedelta(hours=5)
    update_event(user=alice, event_id=second.pk, now=NOW, starts_at=later, ends_at=later + QUARTER)
    update_event(user=alice, event_id=second.pk, now=NOW, scope="all", title="Huddle", is_busy=False)
    assert starts() == ["21 07:30", "22 12:30", "23 07:30", "24 07:30"]
    assert set(Event.objects.values_list("title", "is_busy")) == {("Huddle", False)}


def test_a_series_gets_another_end_and_another_pace(alice):
    event = stand_up(alice)
    update_event(user=alice, event_id=event.pk, now=NOW, scope="all", repeats=Repeats("week", until=date(2026, 5, 5)))
    assert starts() == ["21 07:30", "28 07:30", "05 07:30"]
    assert nth(0).pk == event.pk


def test_an_event_that_stood_alone_begins_to_repeat(alice):
    event = EventFactory(user=alice, starts_at=HALF_PAST_NINE)
    update_event(user=alice, event_id=event.pk, now=NOW, repeats=Repeats("week", times=3))
    assert starts() == ["21 07:30", "28 07:30", "05 07:30"]
    assert nth(0).pk == event.pk


def test_one_occurrence_goes_and_does_not_come_back(alice):
    event = stand_up(alice)
    delete_event(user=alice, event_id=nth(1).pk, now=NOW)
    assert starts() == ["21 07:30", "23 07:30", "24 07:30"]
    update_event(user=alice, event_id=event.pk, now=NOW, scope="all", title="Huddle")
    assert starts() == ["21 07:30", "23 07:30", "24 07:30"]


def test_a_series_goes_whole_and_with_its_last_occurrence(alice):
    delete_event(user=alice, event_id=stand_up(alice).pk, now=NOW, scope="all")
    assert not Series.objects.exists()
    stand_up(alice, times=2)
    for _ in range(2):
        delete_event(user=alice, event_id=nth(0).pk, now=NOW)
    assert not Series.objects.exists()
    assert not Event.objects.exists()


def test_the_wall_clock_counts_through_the_change_of_the_clock(alice):
    start = datetime(2026, 10, 23, 7, 30, tzinfo=UTC)
    stand_up(alice, every="week", start=start, times=2)
    assert starts() == ["23 07:30", "30 08:30"]


def test_days_repeat_as_days(alice):
    event = create_event(
        user=alice,
        now=NOW,
        title="Market",
        is_all_day=True,
        starts_on=date(2026, 4, 25),
        ends_on=date(2026, 4, 26),
        repeats=Repeats("week", times=2),
    )
    assert list(Event.objects.order_by("starts_on").values_list("starts_on", flat=True)) == [
        date(2026, 4, 25),
        date(2026, 5, 2),
    ]
    update_event(
        user=alice,
        event_id=event.pk,
        now=NOW,
        scope="all",
        is_all_day=False,
        starts_on=None,
        ends_on=None,
        starts_at=datetime(2026, 4, 25, 8, 0, tzinfo=UTC),
        ends_at=datetime(2026, 4, 25, 9, 0, tzinfo=UTC),
    )
    assert starts() == ["25 08:00", "02 08:00"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"repeats": Repeats("hour")}, "repeats.every"),
        ({"repeats": Repeats("day", times=0)}, "repeats.times"),
        ({"repeats": Repeats("day", until=date(2026, 4, 20))}, "repeats.until"),
        ({"repeats": Repeats("weekday"), "shift": 4}, "repeats.every"),
        ({"shift": 201}, "starts_at"),
        ({"shift": -32}, "starts_at"),
        ({"minutes": 1441}, "repeats.every"),
    ],
)
def test_a_series_that_cannot_be_is_refused_and_leaves_nothing(alice, fields, field):
    start = HALF_PAST_NINE + fields.get("shift", 0) * ONE_DAY
    end = start + timedelta(minutes=fields.get("minutes", 15))
    repeats = fields.get("repeats", Repeats("day"))
    with pytest.raises(Invalid) as refused:
        create_event(user=alice, now=NOW, title="Stand-up", starts_at=start, ends_at=end, repeats=repeats)
    assert list(refused.value.fields) == [field]
    assert not Event.objects.exists()
    assert not Series.objects.exists()


def test_one_occurrence_changes_neither_its_kind_nor_the_pace(alice):
    event = stand_up(alice)
    for fields in (
        {"repeats": Repeats("week")},
        {"is_all_day": True, "starts_on": date(2026, 4, 21), "ends_on": date(2026, 4, 22)},
    ):
        with pytest.raises(Invalid):
            update_event(user=alice, event_id=event.pk, now=NOW, **fields)
    assert starts() == ["21 07:30", "22 07:30", "23 07:30", "24 07:30"]


def test_there_is_an_end_to_the_number_of_series(alice, monkeypatch):
    monkeypatch.setattr(bounds, "SERIES", 1)
    stand_up(alice)
    with pytest.raises(Invalid):
        stand_up(alice)


def test_a_strangers_series_is_not_there(alice, bob):
    event = stand_up(alice)
    with pytest.raises(NotFound):
        update_event(user=bob, event_id=event.pk, now=NOW, scope="all", title="Mine")
    with pytest.raises(NotFound):
        delete_event(user=bob, event_id=event.pk, now=NOW, scope="all")
    assert Event.objects.filter(title="Stand-up").count() == 4


def test_programs_make_change_and_remove_a_series(alice_api):
    made = alice_api.post(EVENTS, STAND_UP).json()
    assert made["repeats"] == {"every": "weekday", "until": None, "times": 5}
    listed = alice_api.get(EVENTS).json()["results"]
    assert [event["starts_at"][8:16] for event in listed] == [
        "21T07:30",
        "22T07:30",
        "23T07:30",
        "24T07:30",
        "27T07:30",
    ]
    assert {event["series"] for event in listed} == {made["series"]}
    second = f"{EVENTS}/{listed[1]['id']}"
    assert alice_api.patch(second, {"title": "Retro"}).json()["title"] == "Retro"
    assert [event["title"] for event in alice_api.get(EVENTS).json()["results"]].count("Retro") == 1
    everyone = {"scope": "all", "location": "Lounge", "repeats": {"every": "weekday", "until": "2026-04-23"}}
    changed = alice_api.patch(second, everyone).json()
    assert (changed["location"], changed["title"], changed["repeats"]["until"]) == ("Lounge", "Retro", "2026-04-23")
    assert len(alice_api.get(EVENTS).json()["results"]) == 3
    assert alice_api.delete(second).status_code == 204
    assert len(alice_api.get(EVENTS).json()["results"]) == 2
    assert alice_api.delete(f"{EVENTS}/{made['id']}?scope=all").status_code == 204
    assert alice_api.get(EVENTS).json()["results"] == []


@pytest.mark.parametrize(
    ("repeats", "field"),
    [
        ({"every": "hour"}, "repeats.every"),
        ({"times": 3}, "repeats.every"),
        ({"every": "day", "times": 0}, "repeats.times"),
        ({"every": "day", "times": 1001}, "repeats.times"),
        ({"every": "day", "times": 3, "until": "2026-05-01"}, "repeats.times"),
        ({"every": "day", "until": "2026-04-20"}, "repeats.until"),
        ({"every": "day", "until": "soon"}, "repeats.until"),
        ({"every": "day", "rule": "FREQ=DAILY"}, "repeats.rule"),
        ("daily", "repeats"),
    ],
)
def test_repeats_that_mean_nothing_are_refused_with_their_field(alice_api, repeats, field):
    answer = alice_api.post(EVENTS, STAND_UP | {"repeats": repeats})
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not Event.objects.exists()


def test_scope_is_one_of_two_words(alice_api, alice):
    url = f"{EVENTS}/{stand_up(alice).pk}"
    assert list(alice_api.patch(url, {"scope": "following"}).json()["fields"]) == ["scope"]
    assert list(alice_api.delete(f"{url}?scope=following").json()["fields"]) == ["scope"]
    assert Event.objects.count() == 4


def test_series_are_listed_in_a_fixed_number_of_queries(alice_api, alice, django_assert_num_queries):
    for hour in range(4):
        stand_up(alice, start=HALF_PAST_NINE + timedelta(hours=hour))
    imported = CalendarFactory(user=alice)
    EventFactory(user=alice, calendar=imported, series=Series.objects.create(calendar=imported, uid="x", ics=""))
    with django_assert_num_queries(3):
        listed = alice_api.get(EVENTS).json()["results"]
    assert [event["repeats"] is None for event in listed].count(True) == 1
