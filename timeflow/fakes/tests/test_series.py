"""Series: where they occur across a change of clocks, one occurrence that differs, one that is gone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import assume, given
from hypothesis import strategies as st
from icalendar import Calendar

from timeflow.fakes.google.moments import Moment
from timeflow.fakes.google.recurrence import occurrences
from timeflow.fakes.tests.conftest import ALICE, at, meeting, reason

HERE = "calendars/primary/events"
WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=6"]


@pytest.fixture
def series(ask):
    """Six Mondays at nine in Berlin, from three weeks before the clocks go forward."""
    return ask("POST", HERE, meeting("Standup", day="2026-03-09", recurrence=WEEKLY)).json()


def instances(ask, series, **query):
    return ask("GET", f"{HERE}/{series['id']}/instances", **query).json()["items"]


def test_occurrences_keep_their_time_on_the_wall_and_are_named_by_their_instant(ask, series):
    found = instances(ask, series)
    assert [one["id"].removeprefix(f"{series['id']}_") for one in found] == [
        *("20260309T080000Z", "20260316T080000Z", "20260323T080000Z"),
        *("20260330T070000Z", "20260406T070000Z", "20260413T070000Z"),
    ]
    assert {one["start"]["dateTime"][11:16] for one in found} == {"09:00"}
    assert {one["recurringEventId"] for one in found} == {series["id"]}
    assert all("recurrence" not in one for one in found)
    assert found[2]["originalStartTime"] == found[2]["start"]
    assert ask("GET", f"{HERE}/{found[2]['id']}").json() == found[2]


def test_days_are_named_by_their_day(ask):
    days = {"start": {"date": "2026-03-09"}, "end": {"date": "2026-03-10"}}
    made = ask("POST", HERE, meeting("Bins", recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"]) | days).json()
    assert [one["id"].split("_")[1] for one in instances(ask, made)] == ["20260309", "20260316"]


def test_an_occurrence_that_is_moved_stands_for_itself_and_its_series_goes_on(ask, series):
    third = instances(ask, series)[2]
    move = {"start": at("2026-03-24", "14:00"), "end": at("2026-03-24", "15:00")}
    moved = ask("PATCH", f"{HERE}/{third['id']}", move).json()
    assert moved["id"] == third["id"]
    assert moved["originalStartTime"] == third["start"]
    assert moved["start"]["dateTime"] == "2026-03-24T14:00:00+01:00"
    assert [one["start"]["dateTime"][:10] for one in instances(ask, series)][1:4] == [
        *("2026-03-16", "2026-03-24", "2026-03-30"),
    ]
    listed = ask("GET", HERE).json()["items"]
    assert [one["id"] for one in listed] == [series["id"], third["id"]]


def test_an_occurrence_that_is_deleted_is_told_as_a_hole_as_long_as_its_series_lasts(ask, series):
    second = instances(ask, series)[1]
    assert ask("DELETE", f"{HERE}/{second['id']}").status_code == 204
    assert len(instances(ask, series)) == 5
    hole = ask("GET", HERE).json()["items"][1]
    assert hole.keys() == {"kind", "etag", "id", "status", "recurringEventId", "originalStartTime"}
    assert (hole["status"], hole["originalStartTime"]) == ("cancelled", second["start"])
    assert [one["status"] for one in instances(ask, series, showDeleted="true")].count("cancelled") == 1
    assert reason(ask("DELETE", f"{HERE}/{second['id']}")) == (410, "deleted")
    assert second["id"] not in {one["id"] for one in ask("GET", HERE, singleEvents="true").json()["items"]}


def test_a_deleted_series_takes_all_of_its_occurrences_along(ask, series):
    moved = instances(ask, series)[2]
    ask("PATCH", f"{HERE}/{moved['id']}", {"summary": "Other"})
    token = ask("GET", HERE).json()["nextSyncToken"]
    ask("DELETE", f"{HERE}/{series['id']}")
    changes = ask("GET", HERE, syncToken=token).json()["items"]
    assert {(one["id"], one["status"]) for one in changes} == {(series["id"], "cancelled"), (moved["id"], "cancelled")}
    assert ask("GET", HERE).json()["items"] == []
    assert reason(ask("GET", f"{HERE}/{series['id']}_20260309T080000Z")) == (404, "notFound")


def test_what_a_changed_rule_leaves_out_goes_though_it_had_been_moved(ask, series):
    last = instances(ask, series)[-1]
    ask("PATCH", f"{HERE}/{last['id']}", {"summary": "Other"})
    ask("PATCH", f"{HERE}/{series['id']}", {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3"]})
    assert ask("GET", f"{HERE}/{last['id']}").json()["status"] == "cancelled"
    assert len(instances(ask, series)) == 3


@pytest.mark.parametrize("rule", ["RRULE:FREQ=WEEKLY;COUNT=6", "RRULE:FREQ=WEEKLY;UNTIL=20260413T070000Z"])
def test_this_and_following_events_are_another_series_from_then_on(ask, google, rule):
    series = google.add_event(ALICE, meeting("Standup", day="2026-03-09", recurrence=[rule]))
    third, last = instances(ask, series)[2], instances(ask, series)[5]
    google.change_event(ALICE, last["id"], {"summary": "Other"})
    token = ask("GET", HERE).json()["nextSyncToken"]
    later = {"summary": "Later", "start": at("2026-03-23", "11:00"), "end": at("2026-03-23", "12:00")}
    made = google.change_following(ALICE, third["id"], later)
    assert made["id"] == f"{series['id']}_R20260323T080000"
    days = [[one["start"]["dateTime"][5:16] for one in instances(ask, one)] for one in (series, made)]
    assert days[0] == ["03-09T09:00", "03-16T09:00"]
    assert [day[:5] for day in days[1]] == ["03-23", "03-30", "04-06", "04-13"][: len(days[1])]
    assert len(days[1]) == (4 if "COUNT" in rule else 3)
    changes = {one["id"]: one["status"] for one in ask("GET", HERE, syncToken=token).json()["items"]}
    assert changes == {series["id"]: "confirmed", last["id"]: "cancelled", made["id"]: "confirmed"}
    assert ask("GET", f"{HERE}/{instances(ask, made)[1]['id']}").json()["recurringEventId"] == made["id"]


def test_days_are_split_by_days(ask, google):
    days = {"start": {"date": "2026-03-09"}, "end": {"date": "2026-03-10"}}
    series = google.add_event(ALICE, meeting("Bins", recurrence=["RRULE:FREQ=DAILY;COUNT=5"]) | days)
    made = google.change_following(ALICE, f"{series['id']}_20260312", {"summary": "Blue bins"})
    assert [len(instances(ask, one)) for one in (series, made)] == [3, 2]


def test_an_occurrence_that_the_rule_does_not_have_is_not_found(ask, series):
    assert reason(ask("GET", f"{HERE}/{series['id']}_20260310T080000Z")) == (404, "notFound")


def test_exceptions_and_additions_in_the_rule_count_on_the_wall(ask):
    lines = ["RRULE:FREQ=DAILY;UNTIL=20260401T070000Z", "EXDATE;TZID=Europe/Berlin:20260329T090000"]
    lines += ["EXRULE:FREQ=DAILY;INTERVAL=3;COUNT=2;BYMONTHDAY=30", "RDATE:20260410T070000Z"]
    made = ask("POST", HERE, meeting(day="2026-03-27", recurrence=lines)).json()
    days = [one["start"]["dateTime"][8:16] for one in instances(ask, made)]
    assert days == ["27T09:00", "28T09:00", "31T09:00", "01T09:00", "10T09:00"]


def test_a_window_over_occurrences_is_half_open_and_takes_moved_ones_where_they_are(ask, google, series):
    window = {"timeMin": "2026-03-16T10:00:00+01:00", "timeMax": "2026-03-30T09:00:00+02:00", "singleEvents": "true"}
    first, third = instances(ask, series)[0], instances(ask, series)[2]
    days = [one["start"]["dateTime"][:10] for one in ask("GET", HERE, **window).json()["items"]]
    assert days == [third["start"]["dateTime"][:10]]
    google.move_event(ALICE, first["id"], hours=24 * 8)
    listed = ask("GET", HERE, orderBy="startTime", **window).json()["items"]
    assert [one["start"]["dateTime"][:10] for one in listed] == ["2026-03-17", "2026-03-23"]


ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
STARTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
RULES = st.builds(
    "RRULE:FREQ={};INTERVAL={};COUNT={}".format,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    st.integers(1, 3),
    st.integers(1, 15),
)


@given(start=STARTS, zone=st.sampled_from(ZONES), rule=RULES)
def test_a_series_occurs_where_another_reading_of_the_standard_has_it(start, zone, rule):
    until = start + timedelta(days=2000)
    local = start.astimezone(ZoneInfo(zone))
    # The text of a calendar cannot say which of two equal hours is meant.
    assume(not local.fold)
    ours = [one.instant(zone) for one in occurrences([rule], Moment(at=start, zone=zone), zone, until)]
    event = f"BEGIN:VEVENT\nUID:1\nDTSTART;TZID={zone}:{local:%Y%m%dT%H%M%S}\n{rule}\nEND:VEVENT"
    calendar = Calendar.from_ical(f"BEGIN:VCALENDAR\n{event}\nEND:VCALENDAR")
    theirs = recurring_ical_events.of(calendar).between(start - timedelta(days=1), until)
    assert ours == sorted(event["DTSTART"].dt.astimezone(UTC) for event in theirs)
