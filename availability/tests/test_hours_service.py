from datetime import date, timedelta

import pytest

from availability.models import DateOverride, OverrideHours, WorkingHours
from availability.selectors import date_overrides, weekly_hours
from availability.services.hours import (
    remove_override,
    remove_overrides,
    set_override,
    set_overrides,
    set_working_hours,
    start_with_usual_hours,
)
from availability.tests.factories import NOW, TODAY, DateOverrideFactory, WorkingHoursFactory
from timeflow.lib.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)
NINE_TO_FIVE = (540, 1020)


def test_the_whole_week_is_replaced(alice):
    WorkingHoursFactory(user=alice, weekday=5)
    set_working_hours(user=alice, hours={0: [NINE_TO_FIVE], 3: [(1320, 120), (600, 720)]})
    assert weekly_hours(alice) == {0: [NINE_TO_FIVE], 3: [(600, 720), (1320, 120)]}


def test_a_day_that_ends_at_midnight_ends_at_24_00(alice):
    set_working_hours(user=alice, hours={0: [(1320, 0)]})
    assert weekly_hours(alice) == {0: [(1320, 1440)]}


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ({0: [NINE_TO_FIVE, (600, 660)]}, "monday"),
        ({4: [(1320, 120)], 5: [(0, 60)]}, "saturday"),
        ({6: [(0, 1441)]}, "sunday"),
        ({7: [NINE_TO_FIVE]}, "hours"),
    ],
)
def test_a_refused_week_leaves_the_old_one(alice, hours, field):
    WorkingHoursFactory(user=alice, weekday=5)
    with pytest.raises(Invalid) as refused:
        set_working_hours(user=alice, hours=hours)
    assert list(refused.value.fields) == [field]
    assert weekly_hours(alice) == {5: [NINE_TO_FIVE]}


def test_hours_raise_the_data_version_and_touch_nobody_else(alice, bob):
    WorkingHoursFactory(user=bob, weekday=2)
    set_working_hours(user=alice, hours={})
    alice.refresh_from_db()
    assert alice.data_version == 1
    assert weekly_hours(bob) == {2: [NINE_TO_FIVE]}


def test_usual_hours_are_for_those_who_said_nothing_yet(alice):
    assert start_with_usual_hours(user=alice)
    assert weekly_hours(alice) == {weekday: [NINE_TO_FIVE] for weekday in range(5)}
    set_working_hours(user=alice, hours={6: [NINE_TO_FIVE]})
    assert not start_with_usual_hours(user=alice)
    assert weekly_hours(alice) == {6: [NINE_TO_FIVE]}


def test_an_override_replaces_what_the_date_had(alice):
    set_override(user=alice, on=TODAY, windows=[NINE_TO_FIVE, (1200, 1260)], now=NOW)
    set_override(user=alice, on=TODAY, windows=[(600, 0)], now=NOW)
    assert date_overrides(alice, TODAY, TODAY) == {TODAY: [(600, 1440)]}


def test_days_away_are_a_rest_day_each(alice):
    made = set_overrides(user=alice, first=TODAY, last=TODAY + 3 * ONE_DAY, windows=[], now=NOW)
    assert [override.on for override in made] == [TODAY + n * ONE_DAY for n in range(4)]
    assert date_overrides(alice, TODAY, TODAY + 9 * ONE_DAY) == {TODAY + n * ONE_DAY: [] for n in range(4)}


def test_a_year_away_is_possible_and_a_day_more_is_not(alice):
    assert len(set_overrides(user=alice, first=TODAY, last=TODAY + 365 * ONE_DAY, windows=[], now=NOW)) == 366
    with pytest.raises(Invalid) as refused:
        set_overrides(user=alice, first=TODAY, last=TODAY + 366 * ONE_DAY, windows=[], now=NOW)
    assert list(refused.value.fields) == ["last"]


@pytest.mark.parametrize(
    ("first", "last", "windows", "field"),
    [
        (TODAY, TODAY - ONE_DAY, [], "last"),
        (date(2062, 5, 1), date(2062, 5, 2), [], "first"),
        (date(1999, 5, 1), date(1999, 5, 2), [], "first"),
        (TODAY, TODAY, [NINE_TO_FIVE, NINE_TO_FIVE], "windows"),
        (TODAY, TODAY, [(0, 1441)], "windows"),
    ],
)
def test_a_refused_override_leaves_what_was_there(alice, first, last, windows, field):
    DateOverrideFactory(user=alice, windows=[(600, 660)])
    with pytest.raises(Invalid) as refused:
        set_overrides(user=alice, first=first, last=last, windows=windows, now=NOW)
    assert list(refused.value.fields) == [field]
    assert date_overrides(alice, date.min, date.max) == {TODAY: [(600, 660)]}


def test_a_removed_override_takes_its_hours_along(alice):
    override = DateOverrideFactory(user=alice, windows=[NINE_TO_FIVE])
    remove_override(user=alice, override_id=override.pk)
    assert not DateOverride.objects.exists()
    assert not OverrideHours.objects.exists()


def test_a_range_is_removed_at_once(alice):
    for n in range(3):
        DateOverrideFactory(user=alice, on=TODAY + n * ONE_DAY)
    remove_overrides(user=alice, first=TODAY, last=TODAY + ONE_DAY)
    assert list(DateOverride.objects.values_list("on", flat=True)) == [TODAY + 2 * ONE_DAY]
    with pytest.raises(NotFound):
        remove_overrides(user=alice, first=TODAY, last=TODAY + ONE_DAY)


def test_a_strangers_dates_are_not_there(alice, bob):
    override = DateOverrideFactory(user=alice)
    with pytest.raises(NotFound):
        remove_override(user=bob, override_id=override.pk)
    with pytest.raises(NotFound):
        remove_overrides(user=bob, first=TODAY, last=TODAY)
    set_working_hours(user=bob, hours={0: [NINE_TO_FIVE]})
    set_override(user=bob, on=TODAY, windows=[NINE_TO_FIVE], now=NOW)
    assert date_overrides(alice, TODAY, TODAY) == {TODAY: []}
    assert not WorkingHours.objects.filter(user=alice).exists()
