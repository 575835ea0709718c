"""Which calendars are to be read: what people want here, when its time has come, and nobody's who is leaving."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.domain.callers import Caller
from accounts.models import Connection, User
from accounts.services.deletion import ask_deletion
from availability.domain.quota import Lane
from availability.gateways.provider import Access, Listed
from availability.models import Calendar, CallCount, Mirror
from availability.services.mirrors.lease import HOLD, claim
from availability.services.mirrors.listing import follow, look_now
from availability.services.mirrors.stepping import step, sweep
from availability.tests.at_google import EMAIL, AtGoogle, answers_go_through

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_calendar_is_due_when_its_time_has_come(there):
    assert not there.is_due()
    there.later(hours=5)
    assert there.is_due()


def test_a_calendar_that_is_not_followed_is_never_due(there):
    follow(user=there.user, calendar_id=there.primary.pk, is_followed=False, now=there.now)
    there.later(days=2)
    assert not there.is_due()
    follow(user=there.user, calendar_id=there.primary.pk, is_followed=True, now=there.now)
    assert there.is_due()


def test_two_workers_never_have_one_calendar_and_a_dead_one_has_it_for_two_minutes(there):
    there.later(hours=5)
    assert claim(there.primary.pk, there.now)
    assert claim(there.primary.pk, there.now) is None
    assert not there.is_due()
    there.later(seconds=HOLD / timedelta(seconds=1) + 1)
    assert there.is_due()
    assert claim(there.primary.pk, there.now)


def test_a_hold_by_a_clock_that_was_days_ahead_stops_nobody(there):
    there.later(hours=5)
    Mirror.objects.update(held_until=there.now + timedelta(days=30))
    assert there.is_due()
    assert claim(there.primary.pk, there.now)


def test_who_is_asked_for_patience_asks_no_more_for_a_plan_that_changed_but_does_for_a_person_who_looks(there):
    there.google.fail(403, "userRateLimitExceeded", retry_after=900)
    there.step()
    there.google.forget()
    there.later(minutes=1)
    step(calendar_id=there.primary.pk, lane=Lane.CLICK, clock=there.clock)
    assert not there.google.calls.total()
    look_now(user=there.user, now=there.now)
    step(calendar_id=there.primary.pk, lane=Lane.CLICK, clock=there.clock)
    assert there.google.calls["events.list"] == 1


def test_calendars_of_people_who_leave_are_left_alone_until_they_come_back(there):
    ask_deletion(user=there.user, caller=Caller(), now=there.now)
    there.later(days=1)
    assert not there.is_due()
    there.step()
    assert not there.google.calls.total()
    User.objects.update(deletion_due_at=None)
    assert there.is_due()
    there.step()
    assert there.google.calls["events.list"] == 1


def test_once_a_day_it_is_looked_which_calendars_there_are_and_sooner_where_that_failed(google, alice):
    there = AtGoogle(google, alice, timezone.now())
    there.look_around()
    google.add_calendar(EMAIL, "Choir")
    for fault, hours, is_found in (("", 3, False), ("It failed.", 0.5, False), ("It failed.", 2, True)):
        Connection.objects.update(fault=fault, listed_at=there.now - timedelta(hours=hours))
        sweep(now=there.now)
        assert Calendar.objects.filter(name="Choir").exists() is is_found
    google.add_calendar(EMAIL, "Team")
    Connection.objects.update(fault="", listed_at=there.now - timedelta(hours=25))
    sweep(now=there.now)
    assert Calendar.objects.filter(name="Team").exists()


def test_a_calendar_whose_id_is_too_long_to_be_kept_hides_no_other(there, monkeypatch):
    there.google.add_calendar(EMAIL, "Choir")
    odd = Listed("x" * 1_001, "Odd", Access.OWNER)
    answers_go_through(lambda found: [odd, *found], "calendars", monkeypatch)
    there.look_around()
    names = set(Calendar.objects.filter(kind=Calendar.Kind.REMOTE).values_list("name", flat=True))
    assert len(names) == 2
    assert "Choir" in names


def test_what_somebody_asked_for_and_had_to_wait_is_tried_again_before_what_nobody_waits_for(google, alice):
    there = AtGoogle(google, alice, timezone.now())
    there.look_around()
    for asked, lane in ((there.now, Lane.PUSH), (there.now - timedelta(hours=1), Lane.SAFETY)):
        Mirror.objects.update(next_at=there.now, asked_at=asked)
        Calendar.objects.filter(kind=Calendar.Kind.REMOTE).update(read_at=there.now - timedelta(minutes=1))
        sweep(now=there.now)
        [counted] = CallCount.objects.filter(kind="list_events").exclude(lane=Lane.BACKFILL)
        assert (counted.lane, counted.calls) == (lane, 1)
        CallCount.objects.all().delete()
