from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.services import people, stays
from availability.domain import ics
from availability.errors import FileRefused
from availability.models import Calendar, Event, Series
from availability.services.calendars import own_calendar
from availability.services.events import create_event
from availability.services.imports import AHEAD, BACK, calendars_to_roll, follow_zone, import_calendar, roll_window
from availability.tasks import roll_windows
from availability.tests.domain.calendar_files import HERE, calendar
from timeflow.lib.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db
# A Monday in the time of the fixtures' calendars.
NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
CHOIR = (HERE / "calendars" / "exceptions.ics").read_bytes()
DAILY = calendar("UID:d\r\nDTSTART:20260101T090000Z\r\nDTEND:20260101T093000Z\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Stand-up")


def bring(user, raw=CHOIR, now=NOW, **fields):
    return import_calendar(user=user, raw=raw, now=now, **fields)


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Calendar, Series, Event)]


def test_a_calendar_comes_in_with_its_series_and_their_dates(alice):
    report = bring(alice)
    assert (
        report.words == "Imported Choir: 2 events with 16 dates (14 August – 2 April 2027); 1 cancelled one is left out"
    )
    assert (report.occurrences, report.is_replaced, report.notes) == (16, False, ())
    found = Calendar.objects.get()
    assert (found.user, found.kind, found.name) == (alice, "file", "Choir")
    assert (found.expanded_from, found.expanded_until, found.read_at) == (NOW - BACK, NOW + AHEAD, NOW)
    moved = Event.objects.get(title="Rehearsal with orchestra")
    assert (moved.source, moved.recurrence_id) == ("file", "20261013T170000Z")
    assert moved.starts_at == datetime(2026, 10, 16, 18, tzinfo=UTC)
    assert not Event.objects.get(series__uid="guest@example.org").is_busy
    assert not Event.objects.filter(starts_at__date=date(2026, 10, 20)).exists()


def test_a_file_brought_in_again_replaces_what_was_there(alice):
    first = bring(alice).calendar
    again = bring(alice, raw=CHOIR.replace(b"Parish hall", b"Town hall"), name="choir")
    assert (again.calendar, again.is_replaced) == (first, True)
    assert again.words.startswith("Brought up to date Choir: ")
    assert Event.objects.count() == again.occurrences
    assert set(Event.objects.exclude(location="").values_list("location", flat=True)) == {"Town hall"}


def test_a_calendar_may_be_named_by_its_id_and_called_otherwise(alice):
    first = bring(alice).calendar
    again = bring(alice, raw=DAILY, calendar_id=first.pk, tint=5)
    assert (again.calendar.pk, again.calendar.name, again.calendar.tint) == (first.pk, "Choir", 5)
    assert bring(alice, raw=DAILY, name="Work").calendar.pk != first.pk


def test_a_file_without_a_name_is_called_as_the_file_is_and_never_replaces_another(alice):
    names = [bring(alice, raw=DAILY, file_name=name).calendar.name for name in ("my_work.ics", "", "", "my_work.ics")]
    assert names == ["my work", "Imported calendar", "Imported calendar 2", "my work"]
    assert Calendar.objects.count() == 3


def test_a_file_with_a_problem_changes_nothing(alice):
    bring(alice)
    before = everything()
    bad = CHOIR.replace(b"DTSTART:20261107T173000Z", b"DTSTART:soon")
    with pytest.raises(FileRefused) as refusal:
        bring(alice, raw=bad)
    assert refusal.value.problems == [
        {"line": 41, "uid": "guest@example.org", "reason": "DTSTART holds “soon”, which is not understood."}
    ]
    assert list(refusal.value.fields) == ["file"]
    assert everything() == before


def test_a_file_that_would_fill_the_week_with_tens_of_thousands_of_events_is_refused(alice):
    hourly = [f"UID:{n}\r\nDTSTART:20260101T000000Z\r\nRRULE:FREQ=HOURLY" for n in range(3)]
    with pytest.raises(FileRefused, match="problems"):
        bring(alice, raw=calendar(*hourly))
    assert not Calendar.objects.exists()


def test_a_rule_that_cannot_be_followed_is_told_and_the_rest_comes_in(alice):
    bomb = "UID:b\r\nDTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY"
    report = bring(alice, raw=calendar("UID:a\r\nDTSTART:20260920T100000Z", bomb))
    assert report.occurrences == 1
    assert "repeats too often" in report.notes[0]


def test_bob_cannot_replace_alices_calendar(alice, bob):
    theirs = bring(alice).calendar
    with pytest.raises(NotFound):
        bring(bob, calendar_id=theirs.pk)
    assert bring(bob).calendar.pk != theirs.pk
    assert set(Event.objects.filter(user=bob).values_list("calendar__user", flat=True)) == {bob.pk}


def test_only_an_imported_calendar_is_replaced(alice):
    own = own_calendar(user=alice, now=NOW)
    with pytest.raises(NotFound):
        bring(alice, calendar_id=own.pk)
    with pytest.raises(Invalid):
        bring(alice, tint=9)
    with pytest.raises(Invalid):
        bring(alice, name="n" * 101)
    with pytest.raises(Invalid):
        bring(alice, name=own.name)


def test_an_import_asks_for_a_repair_of_the_plan(alice, django_capture_on_commit_callbacks):
    version = alice.data_version
    with django_capture_on_commit_callbacks() as callbacks:
        bring(alice)
    assert len(callbacks) == 1
    alice.refresh_from_db()
    assert alice.data_version > version


# The window


def test_the_window_rolls_forward_and_keeps_what_is_past(alice):
    calendar_ = bring(alice, raw=DAILY).calendar
    before = list(Event.objects.order_by("starts_at").values_list("pk", flat=True))
    later = NOW + timedelta(days=60)
    assert [row.pk for row in calendars_to_roll(now=NOW)] == []
    assert [row.pk for row in calendars_to_roll(now=later)] == [calendar_.pk]
    assert roll_window(calendar=calendar_, now=later) == 60
    after = list(Event.objects.order_by("starts_at").values_list("pk", flat=True))
    assert after[: len(before)] == before
    calendar_.refresh_from_db()
    assert calendar_.expanded_until == later + AHEAD


def test_a_window_into_which_too_much_would_come_stays_as_it_is(alice, monkeypatch):
    calendar_ = bring(alice, raw=DAILY).calendar
    before = Event.objects.count()
    monkeypatch.setattr("timeflow.lib.bounds.EVENTS", 30)
    assert roll_window(calendar=calendar_, now=NOW + timedelta(days=60)) == 0
    calendar_.refresh_from_db()
    assert (Event.objects.count(), calendar_.expanded_until) == (before, NOW + AHEAD)


def test_however_many_dates_there_are_all_of_them_follow_the_person_to_another_zone(alice):
    calendar_ = bring(alice, raw=DAILY).calendar
    hourly = "BEGIN:VEVENT\r\nUID:{0}\r\nDTSTART:20260101T000000\r\nRRULE:FREQ=HOURLY\r\nEND:VEVENT\r\n"
    Series.objects.bulk_create(Series(calendar=calendar_, uid=uid, ics=hourly.format(uid)) for uid in ("a", "b"))
    follow_zone(user=alice, now=NOW)
    hours = (BACK + AHEAD) / timedelta(hours=1)
    assert Event.objects.exclude(series__uid__in=["a", "b"]).count() > 200
    assert Event.objects.filter(series__uid__in=["a", "b"]).count() >= 2 * hours > ics.MAX_OCCURRENCES


def test_rolling_twice_adds_nothing_twice(alice):
    calendar_ = bring(alice, raw=DAILY).calendar
    later = NOW + timedelta(days=60)
    stale = Calendar.objects.get(pk=calendar_.pk)
    roll_window(calendar=calendar_, now=later)
    count = Event.objects.count()
    assert roll_window(calendar=stale, now=later) == 0
    assert roll_window(calendar=Calendar.objects.get(pk=calendar_.pk), now=later) == 0
    assert Event.objects.count() == count


def test_an_event_across_the_end_of_the_window_is_there_once(alice):
    edge_of_window = NOW + AHEAD
    long = f"UID:l\r\nDTSTART:{edge_of_window - timedelta(hours=1):%Y%m%dT%H%M%SZ}\r\nDURATION:PT5H"
    calendar_ = bring(alice, raw=calendar(long)).calendar
    assert roll_window(calendar=calendar_, now=NOW + timedelta(days=30)) == 0
    assert Event.objects.count() == 1


def test_the_beat_rolls_every_calendar_that_needs_it(alice, bob, time_machine):
    bring(alice, raw=DAILY)
    bring(bob, raw=DAILY)
    before = Event.objects.count()
    time_machine.move_to(NOW + timedelta(days=60), tick=False)
    roll_windows()
    assert Event.objects.count() == before + 120


def test_however_often_it_rolls_the_rows_are_those_of_one_long_window(alice):
    calendar_ = bring(alice, raw=DAILY).calendar
    for days in (3, 11, 12, 45, 46, 300):
        roll_window(calendar=Calendar.objects.get(pk=calendar_.pk), now=NOW + timedelta(days=days))
    starts = list(Event.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert starts == [starts[0] + timedelta(days=day) for day in range(len(starts))]
    assert starts[-1] + timedelta(days=1) >= NOW + timedelta(days=300) + AHEAD


# Another zone


WALL = calendar(
    "UID:f\r\nDTSTART:20260920T080000\r\nDTEND:20260920T090000",
    "UID:a\r\nDTSTART;VALUE=DATE:20260921",
    "UID:z\r\nDTSTART:20260922T080000Z",
)


def test_wall_clock_follows_the_person_to_another_zone(alice, django_capture_on_commit_callbacks):
    bring(alice, raw=WALL)
    day = date(2026, 9, 23)
    create_event(user=alice, now=NOW, title="Off", is_all_day=True, starts_on=day, ends_on=day + timedelta(days=1))
    ids = set(Event.objects.values_list("pk", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        people.update_profile(user=alice, time_zone="America/New_York")
    assert dict(Event.objects.values_list("series__uid", "starts_at")) == {
        "f": datetime(2026, 9, 20, 12, tzinfo=UTC),
        "a": datetime(2026, 9, 21, 4, tzinfo=UTC),
        "z": datetime(2026, 9, 22, 8, tzinfo=UTC),
        None: datetime(2026, 9, 23, 4, tzinfo=UTC),
    }
    assert set(Event.objects.values_list("pk", flat=True)) == ids


def test_a_journey_moves_only_the_days_it_covers(alice, django_capture_on_commit_callbacks):
    bring(alice, raw=WALL)
    with django_capture_on_commit_callbacks(execute=True):
        stay = stays.add_stay(user=alice, starts_on=date(2026, 9, 21), time_zone="America/New_York")
    moved = dict(Event.objects.values_list("series__uid", "starts_at"))
    assert moved["f"] == datetime(2026, 9, 20, 6, tzinfo=UTC)
    assert moved["a"] == datetime(2026, 9, 21, 4, tzinfo=UTC)
    with django_capture_on_commit_callbacks(execute=True):
        stays.remove_stay(user=alice, stay_id=stay.pk)
    assert dict(Event.objects.values_list("series__uid", "starts_at"))["a"] == datetime(2026, 9, 20, 22, tzinfo=UTC)


def test_one_persons_calendars_hold_only_so_many_events(alice, monkeypatch):
    monkeypatch.setattr("timeflow.lib.bounds.EVENTS", 20)
    bring(alice)
    before = everything()
    with pytest.raises(Invalid) as refusal:
        bring(alice, raw=DAILY, name="Daily")
    assert list(refusal.value.fields) == ["file"]
    assert everything() == before
    bring(alice)
    for _ in range(4):
        create_event(user=alice, now=NOW, title="Own", starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    with pytest.raises(Invalid, match="remove a calendar first"):
        create_event(user=alice, now=NOW, title="Own", starts_at=NOW, ends_at=NOW + timedelta(hours=1))
