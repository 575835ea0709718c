"""Events that repeat, on the week: the plan makes room, and undo brings every occurrence back."""

from datetime import UTC, timedelta

import pytest

from availability.domain.own_series import Repeats
from availability.models import Event, Series
from scheduling.services.events import add_event, change_event, remove_event
from scheduling.services.plans import undo_plan
from scheduling.tests.factories import NOW

pytestmark = pytest.mark.django_db

HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)


def kept():
    fields = ("pk", "title", "starts_at", "ends_at", "series", "recurrence_id")
    return list(Event.objects.order_by("starts_at").values_list(*fields)), list(Series.objects.values_list("pk", "ics"))


def stand_up(user):
    return add_event(
        user=user,
        now=NOW,
        title="Stand-up",
        starts_at=NOW + HOUR,
        ends_at=NOW + 2 * HOUR,
        repeats=Repeats("day", times=4),
    )


def test_a_new_series_is_taken_back_whole(alice):
    edit = stand_up(alice)
    assert Event.objects.count() == 4
    undo_plan(user=alice, plan_id=edit.plan.pk, now=NOW)
    assert kept() == ([], [])


def test_a_series_that_moved_by_a_day_moves_back(alice):
    stand_up(alice)
    before, event = kept(), Event.objects.order_by("starts_at")[1]
    start = event.starts_at + ONE_DAY
    edit = change_event(
        user=alice, event=event, now=NOW, scope="all", title="Huddle", starts_at=start, ends_at=start + HOUR
    )
    days = [at.astimezone(UTC).day for at in Event.objects.order_by("starts_at").values_list("starts_at", flat=True)]
    assert days == [22, 23, 24, 25]
    undo_plan(user=alice, plan_id=edit.plan.pk, now=NOW)
    assert kept() == before


@pytest.mark.parametrize("scope", ["this", "all"])
def test_what_was_removed_comes_back(alice, scope):
    stand_up(alice)
    before, event = kept(), Event.objects.order_by("starts_at")[1]
    edit = remove_event(user=alice, event=event, now=NOW, scope=scope)
    assert Event.objects.count() == {"this": 3, "all": 0}[scope]
    undo_plan(user=alice, plan_id=edit.plan.pk, now=NOW)
    assert kept() == before


def test_an_event_that_began_to_repeat_stands_alone_again(alice):
    add_event(user=alice, now=NOW, title="Lunch", starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    before = kept()
    edit = change_event(user=alice, event=Event.objects.get(), now=NOW, repeats=Repeats("week", times=3))
    assert Event.objects.count() == 3
    undo_plan(user=alice, plan_id=edit.plan.pk, now=NOW)
    assert kept() == before
