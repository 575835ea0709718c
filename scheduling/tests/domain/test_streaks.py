from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.streaks import streak

FRIDAY = date(2026, 11, 27)
ALL_DAYS = range(7)
WORKDAYS = range(5)


def days_ago(*numbers):
    return [FRIDAY - timedelta(days=number) for number in numbers]


def of(checks, *, weekdays=ALL_DAYS, times=7, week_start=0, today=FRIDAY):
    return streak(checks, weekdays=weekdays, times_per_week=times, week_start=week_start, today=today)


def test_a_daily_habit_counts_days_and_today_still_has_time():
    found = of(days_ago(1, 2, 3, 5, 6, 7, 8))
    assert (found.unit, found.current, found.best) == ("day", 3, 4)
    assert of(days_ago(0, 1, 2, 3)).current == 4


def test_a_missed_day_breaks_a_daily_habit():
    found = of(days_ago(2, 3))
    assert (found.current, found.best) == (0, 2)


def test_a_workday_habit_goes_over_the_weekend():
    monday = date(2026, 11, 30)
    checks = [date(2026, 11, 26), date(2026, 11, 27), monday]
    found = of(checks, weekdays=WORKDAYS, times=5, today=monday)
    assert (found.unit, found.current) == ("day", 3)


def test_a_habit_some_times_a_week_counts_weeks_and_this_week_still_has_time():
    earlier = [date(2026, 11, 9), date(2026, 11, 15), date(2026, 11, 16), date(2026, 11, 20)]
    found = of(earlier, times=2)
    assert (found.unit, found.current, found.best) == ("week", 2, 2)
    assert (found.done_this_week, found.target) == (0, 2)
    filled = of([*earlier, *days_ago(0, 1)], times=2)
    assert (filled.current, filled.done_this_week) == (3, 2)


def test_a_week_with_too_few_breaks_it():
    found = of([date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 16)], times=2)
    assert (found.current, found.best) == (0, 1)


def test_the_first_weekday_decides_which_week_a_sunday_fills():
    checks = [date(2026, 11, 20), date(2026, 11, 22)]  # a Friday and the Sunday after
    assert of(checks, times=2, week_start=0).current == 1
    assert of(checks, times=2, week_start=6).current == 0


def test_more_times_than_days_is_every_day():
    found = of([], weekdays=[0, 2], times=5)
    assert (found.unit, found.target) == ("day", 2)


def test_nothing_done_is_no_streak_and_the_future_does_not_count():
    assert of([]).current == 0
    assert of([FRIDAY + timedelta(days=1)]).best == 0


checks = st.sets(st.integers(0, 120), max_size=60).map(lambda numbers: days_ago(*numbers))


@given(checks, st.sets(st.integers(0, 6)), st.integers(1, 7), st.integers(0, 6))
def test_one_more_check_today_never_shortens_a_streak(done, weekdays, times, week_start):
    before = of(done, weekdays=weekdays, times=times, week_start=week_start)
    after = of([*done, FRIDAY], weekdays=weekdays, times=times, week_start=week_start)
    assert after.current >= before.current
    assert before.best >= before.current >= 0
    assert 0 <= before.done_this_week <= 7


@given(checks, st.integers(1, 6), st.integers(0, 6))
def test_a_week_streak_is_what_counting_back_by_hand_gives(done, times, week_start):
    found = of(done, times=times, week_start=week_start)
    week = FRIDAY - timedelta(days=(FRIDAY.weekday() - week_start) % 7)

    def filled(start):
        return sum(start <= on < start + timedelta(days=7) for on in done) >= times

    expected = int(filled(week))
    while filled(week - timedelta(days=7)):
        week, expected = week - timedelta(days=7), expected + 1
    assert found.current == expected


def test_a_long_history_is_counted_to_its_end():
    found = of(days_ago(*range(10_000)))
    assert found.current == found.best == 10_000
