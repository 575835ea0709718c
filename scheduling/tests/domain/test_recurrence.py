from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scheduling.domain.recurrence import BadRecurrence, first_occurrence, next_occurrence, read, words

days = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@st.composite
def rules(draw):
    parts = ["FREQ=" + draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 366))}")
    if draw(st.booleans()):
        ordinal = st.sampled_from(["", "1", "-1", "5", "-5"])
        day = st.builds(str.__add__, ordinal, st.sampled_from(["MO", "WE", "SU"]))
        parts.append("BYDAY=" + ",".join(draw(st.lists(day, min_size=1, max_size=3))))
    if draw(st.booleans()):
        day = st.sampled_from([1, 13, 28, 29, 30, 31, -1, -29, -31])
        parts.append("BYMONTHDAY=" + ",".join(map(str, draw(st.lists(day, min_size=1, max_size=2)))))
    if draw(st.booleans()):
        month = st.sampled_from([1, 2, 4, 12])
        parts.append("BYMONTH=" + ",".join(map(str, draw(st.lists(month, min_size=1, max_size=2)))))
    return ";".join(parts)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a part"),
        ("every monday", "not a part"),
        ("FREQ=HOURLY", "FREQ must be"),
        ("INTERVAL=2", "FREQ must be"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL must be"),
        ("FREQ=DAILY;INTERVAL=367", "INTERVAL must be"),
        ("FREQ=DAILY;INTERVAL=²", "INTERVAL must be"),
        ("FREQ=DAILY;COUNT=10001", "COUNT must be"),
        ("FREQ=DAILY;FREQ=DAILY", "given twice"),
        ("FREQ=DAILY;BYHOUR=5", "BYHOUR is not supported"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20300101", "cannot both"),
        ("FREQ=DAILY;UNTIL=20300230", "UNTIL holds"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY holds"),
        ("FREQ=WEEKLY;BYDAY=0MO", "BYDAY holds"),
        ("FREQ=WEEKLY;BYDAY=1MO", "numbered weekday"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "no BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY holds"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "No month"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29", "No month"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "No month"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "daily rule with an interval"),
        ("FREQ=DAILY;" + "BYMONTH=1;" * 30, "at most"),
    ],
)
def test_an_unsound_rule_is_refused_with_its_reason(text, reason):
    with pytest.raises(BadRecurrence, match=reason):
        read(text)


@given(st.text(max_size=210))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    try:
        rule = read(text)
    except BadRecurrence:
        return
    assert read(str(rule)) == rule


@given(rules(), days, days)
@settings(max_examples=300, deadline=None)
def test_a_rule_that_was_read_always_has_a_next_date_and_it_is_later(text, start, after):
    try:
        rule = read(text)
    except BadRecurrence:
        assume(False)
    found = next_occurrence(text, after, start)
    assert found is not None
    assert found > after
    assert found >= start
    if rule.by_day:
        assert found.weekday() in {day for _, day in rule.by_day}
    if rule.by_month:
        assert found.month in rule.by_month
    assert words(text).startswith("every ")


@given(rules(), days)
@settings(max_examples=100, deadline=None)
def test_next_dates_follow_each_other_without_a_gap(text, start):
    try:
        read(text)
    except BadRecurrence:
        assume(False)
    first = next_occurrence(text, start - timedelta(days=1), start)
    second = next_occurrence(text, first, start)
    between = next_occurrence(text, second - timedelta(days=1), start)
    assert between == second


def test_text_is_normalised():
    assert str(read("RRULE:byday=we,mo;freq=weekly;interval=1")) == "FREQ=WEEKLY;BYDAY=MO,WE"
    assert str(read("FREQ=DAILY;UNTIL=20261231T235959Z")) == "FREQ=DAILY;UNTIL=20261231"


def test_a_month_without_the_day_takes_its_last_day():
    start = date(2024, 1, 31)
    dates = [start]
    while len(dates) < 5:
        dates.append(next_occurrence("FREQ=MONTHLY", dates[-1], start))
    assert dates[1:] == [date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30), date(2024, 5, 31)]
    assert next_occurrence("FREQ=YEARLY", date(2024, 2, 29), date(2024, 2, 29)) == date(2025, 2, 28)


def test_a_named_day_that_a_month_lacks_is_skipped():
    assert next_occurrence("FREQ=MONTHLY;BYMONTHDAY=31", date(2026, 1, 31), date(2026, 1, 31)) == date(2026, 3, 31)


def test_intervals_are_counted_from_the_start():
    start = date(2026, 11, 24)  # a Tuesday
    assert next_occurrence("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", start, start) == date(2026, 12, 8)


def test_the_first_weekday_decides_which_week_a_sunday_is_in():
    start, rule = date(2026, 11, 23), "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU"
    assert next_occurrence(rule, start, start, week_start=0) == date(2026, 11, 29)
    assert next_occurrence(rule, start, start, week_start=6) == date(2026, 12, 6)


def test_a_new_series_starts_at_the_very_next_date_whatever_its_interval():
    assert first_occurrence(read("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"), date(2026, 11, 25)) == date(2026, 12, 1)


def test_a_rule_that_is_over_has_no_next_date():
    start = date(2026, 11, 23)
    assert next_occurrence("FREQ=DAILY;COUNT=2", date(2026, 11, 24), start) is None
    assert next_occurrence("FREQ=DAILY;UNTIL=20261125", date(2026, 11, 24), start) == date(2026, 11, 25)
    assert next_occurrence("FREQ=DAILY;UNTIL=20261125", date(2026, 11, 25), start) is None


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=2", "every 2 days"),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "every Monday and Wednesday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "every other Tuesday"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TU", "every 3 weeks on Monday and Tuesday"),
        ("FREQ=WEEKLY;BYMONTH=6,7;BYDAY=SA", "every Saturday in June and July"),
        ("FREQ=MONTHLY", "every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "every month on the 1st and the 15th"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
        ("FREQ=MONTHLY;BYDAY=1MO", "every month on the first Monday"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "every month on Friday the 13th"),
        ("FREQ=MONTHLY;INTERVAL=3;COUNT=4", "every 3 months, 4 times"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "every year on 24 December"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "every year on the fourth Thursday of November"),
        ("FREQ=YEARLY;UNTIL=20301231", "every year, until 31 December 2030"),
    ],
)
def test_a_rule_is_said_in_words(rule, said):
    assert words(rule) == said
