from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.grammar import QuickEntry, parse
from scheduling.domain.recurrence import read

TUESDAY = date(2026, 11, 24)
BERLIN = ZoneInfo("Europe/Berlin")


def entry(text, *, today=TUESDAY, tz=BERLIN, week_start=0, clock="24") -> QuickEntry:
    return parse(text, today=today, tz=tz, week_start=week_start, clock=clock)


def at(year, month, day, hour, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def test_a_line_with_everything_is_understood():
    found = entry('report 2h !1 by fri 17:00 from wed #thesis #"big thing" split @morning')
    assert found.title == "report"
    assert (found.minutes, found.priority) == (120, 1)
    assert (found.due, found.earliest) == (at(2026, 11, 27, 17), date(2026, 11, 25))
    assert found.labels == ("thesis", "big thing")
    assert (found.is_splittable, found.preferred, found.recurrence) == (True, "morning", None)
    assert [chip.words for chip in found.chips] == [
        "2 h",
        "urgent",
        "due Fri 27 November 17:00",
        "from tomorrow",
        "#thesis",
        "#big thing",
        "may be split",
        "in the morning",
    ]
    assert (found.warnings, found.error) == ((), None)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("x 30m", 30),
        ("x 2h", 120),
        ("x 1h30", 90),
        ("x 1h30m", 90),
        ("x 1:30h", 90),
        ("x 1.5h", 90),
        ("x 1,5h", 90),
        ("x 90 min", 90),
        ("x 90min", 90),
        ("x 45 minutes", 45),
        ("x 2 hours", 120),
        ("x 1.5 hours", 90),
        ("x two hours", 120),
        ("x 2 hours 15 min", 135),
        ("x 2h 15m", 135),
        ("x 2 hours and 15 min", 135),
        ("x half an hour", 30),
        ("x an hour", 60),
        ("x an hour and a half", 90),
        ("x for 20 min", 20),
        ("X 30M,", 30),
        ("x 10000m", 10_000),
    ],
)
def test_lengths(text, minutes):
    found = entry(text)
    assert (found.title.lower(), found.minutes) == ("x", minutes)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("x today", TUESDAY),
        ("x tomorrow", date(2026, 11, 25)),
        ("x day after tomorrow", date(2026, 11, 26)),
        ("x fri", date(2026, 11, 27)),
        ("x Friday", date(2026, 11, 27)),
        ("x on friday", date(2026, 11, 27)),
        ("x tue", date(2026, 12, 1)),
        ("x this tue", TUESDAY),
        ("x next fri", date(2026, 12, 4)),
        ("x sat", date(2026, 11, 28)),
        ("x in 3 days", date(2026, 11, 27)),
        ("x in 2 weeks", date(2026, 12, 8)),
        ("x in a month", date(2026, 12, 24)),
        ("x 24 dec", date(2026, 12, 24)),
        ("x dec 24", date(2026, 12, 24)),
        ("x 24th of december", date(2026, 12, 24)),
        ("x dec 24, 2027", date(2027, 12, 24)),
        ("x 3 march", date(2027, 3, 3)),
        ("x feb 29", date(2028, 2, 29)),
        ("x 24.12.", date(2026, 12, 24)),
        ("x 24.12.2027", date(2027, 12, 24)),
        ("x 2026-12-24", date(2026, 12, 24)),
        ("x by the 5th", date(2026, 12, 5)),
        ("x due: the 30th", date(2026, 11, 30)),
        ("x end of month", date(2026, 11, 30)),
        ("x by the end of the month", date(2026, 11, 30)),
        ("x eow", date(2026, 11, 29)),
        ("x this week", date(2026, 11, 29)),
        ("x by next week", date(2026, 11, 30)),
        ("x before fri", date(2026, 11, 26)),
        ("x until fri", date(2026, 11, 27)),
        ("x by fri 17:00", at(2026, 11, 27, 17)),
        ("x fri at 5pm", at(2026, 11, 27, 17)),
        ("x 5:30 pm on fri", at(2026, 11, 27, 17, 30)),
        ("x fri noon", at(2026, 11, 27, 12)),
        ("x fri midnight", at(2026, 11, 28, 0)),
        ("x fri 12am", at(2026, 11, 27, 0)),
        ("x at 5pm", at(2026, 11, 24, 17)),
        ("x by 17:00", at(2026, 11, 24, 17)),
    ],
)
def test_dues(text, due):
    found = entry(text)
    assert (found.title, found.due) == ("x", due)
    assert type(found.due) is type(due)


def test_a_weekday_named_on_that_weekday_is_in_a_week():
    assert entry("x fri", today=date(2026, 11, 27)).due == date(2026, 12, 4)


@pytest.mark.parametrize(("week_start", "due"), [(0, date(2026, 12, 6)), (6, date(2026, 11, 29))])
def test_next_sunday_depends_on_where_weeks_begin(week_start, due):
    assert entry("x next sun", week_start=week_start).due == due


def test_next_week_is_a_stretch_to_work_in():
    found = entry("x next week")
    assert (found.earliest, found.due) == (date(2026, 11, 30), date(2026, 12, 6))


def test_a_time_of_day_that_the_clock_skips_is_the_moment_of_the_jump():
    found = entry("x 2027-03-28 2:30am")
    assert found.due == datetime(2027, 3, 28, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "due", "part"),
    [
        ("x tonight", TUESDAY, "evening"),
        ("x this afternoon", TUESDAY, "afternoon"),
        ("x tomorrow morning", date(2026, 11, 25), "morning"),
    ],
)
def test_a_part_of_a_day_is_a_due_and_a_wish(text, due, part):
    found = entry(text)
    assert (found.title, found.due, found.preferred) == ("x", due, part)


@pytest.mark.parametrize(
    ("text", "earliest"),
    [
        ("x from mon", date(2026, 11, 30)),
        ("x after mon", date(2026, 12, 1)),
        ("x starting 24 dec", date(2026, 12, 24)),
        ("x not before tomorrow", date(2026, 11, 25)),
        ("x after 17:00", at(2026, 11, 24, 17)),
        ("x after fri 17:00", at(2026, 11, 27, 17)),
    ],
)
def test_earliest_starts(text, earliest):
    found = entry(text)
    assert (found.title, found.earliest, found.due) == ("x", earliest, None)


@pytest.mark.parametrize(
    ("text", "rule", "due"),
    [
        ("x every day", "FREQ=DAILY", TUESDAY),
        ("x daily", "FREQ=DAILY", TUESDAY),
        ("x every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", TUESDAY),
        ("x every mon,wed", "FREQ=WEEKLY;BYDAY=MO,WE", date(2026, 11, 25)),
        ("x every mon, wed and fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR", date(2026, 11, 25)),
        ("x every mon-thu", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", TUESDAY),
        ("x on mondays", "FREQ=WEEKLY;BYDAY=MO", date(2026, 11, 30)),
        ("x every 2 weeks", "FREQ=WEEKLY;INTERVAL=2", TUESDAY),
        ("x every 2 weeks on mon", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", date(2026, 11, 30)),
        ("x every other tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", TUESDAY),
        ("x every second tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", TUESDAY),
        ("x every second day", "FREQ=DAILY;INTERVAL=2", TUESDAY),
        ("x every month", "FREQ=MONTHLY", TUESDAY),
        ("x every 1st", "FREQ=MONTHLY;BYMONTHDAY=1", date(2026, 12, 1)),
        ("x every 1st and 15th of the month", "FREQ=MONTHLY;BYMONTHDAY=1,15", date(2026, 12, 1)),
        ("x every month on the 5th", "FREQ=MONTHLY;BYMONTHDAY=5", date(2026, 12, 5)),
        ("x every last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 11, 30)),
        ("x every first monday", "FREQ=MONTHLY;BYDAY=1MO", date(2026, 12, 7)),
        ("x every 2nd tuesday of the month", "FREQ=MONTHLY;BYDAY=2TU", date(2026, 12, 8)),
        ("x every quarter", "FREQ=MONTHLY;INTERVAL=3", TUESDAY),
        ("x every 24 dec", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", date(2026, 12, 24)),
        ("x yearly", "FREQ=YEARLY", TUESDAY),
        ("x every mon at 9:00", "FREQ=WEEKLY;BYDAY=MO", at(2026, 11, 30, 9)),
        ("x every day 3 times", "FREQ=DAILY;COUNT=3", TUESDAY),
        ("x every day until fri", "FREQ=DAILY;UNTIL=20261127", TUESDAY),
        ("x every day #a until fri", "FREQ=DAILY;UNTIL=20261127", TUESDAY),
        ("x weekly by fri", "FREQ=WEEKLY", date(2026, 11, 27)),
        ("x every mon from 1 dec", "FREQ=WEEKLY;BYDAY=MO", date(2026, 12, 7)),
    ],
)
def test_recurrences(text, rule, due):
    found = entry(text)
    assert (found.title, found.recurrence, found.due) == ("x", rule, due)


@pytest.mark.parametrize(
    "title",
    [
        "ask if they may come",
        "sat on the fence",
        "enjoy the sun and write",
        "read chapter 2 of march",
        "march of the penguins",
        "buy sun cream",
        "split the bill",
        "write weekly report",
        "watch good friday film",
        "ring back at 5",
        "version 24.12 and 24/12",
        "close #1",
        "take every pill",
        "every 31 feb",
        "meet in 2 hours",
        "pay 31 nov",
        "fri-report today's news p5 !0",
        "say “fri",
        '#"" #! @noon',
        "wait 25:00 and 13pm",
        "x on 5pm",
    ],
)
def test_words_that_are_no_commands_stay_untouched(title):
    found = entry(title)
    assert (found.title, found.chips) == (title, ())


def test_quotes_protect_what_they_hold_and_go_only_if_they_protected_something():
    assert entry('call "fri 2h" 30m').title == "call fri 2h"
    assert entry('read “Emma” "fri').title == 'read “Emma” "fri'


def test_of_two_of_a_kind_the_last_counts_and_the_other_stays_in_the_title():
    found = entry("move mon lesson to be early, fri")
    assert (found.title, found.due) == ("move mon lesson to be early,", date(2026, 11, 27))


def test_a_due_with_a_word_before_it_wins_over_a_bare_one():
    found = entry("prepare by thu the fri meeting mon")
    assert (found.title, found.due) == ("prepare the fri meeting mon", date(2026, 11, 26))


def test_a_label_is_taken_once_whatever_its_case():
    assert entry("x #Home #home #Über_uns").labels == ("Home", "Über_uns")


def test_nothing_but_commands_is_an_error():
    assert entry("2h fri #a").error == "Say what is to be done; there is no title left."
    assert entry("").error
    assert entry("w" * 201).error == "A title has at most 200 characters."
    assert entry("x" * 1001).error == "A line has at most 1,000 characters."


@pytest.mark.parametrize("text", ["x 0m", "x 0h", "x 0 min", "x for 0 hours"])
def test_a_task_of_no_minutes_is_an_error(text):
    assert entry(text).error == "A task takes at least 1 minute."


@pytest.mark.parametrize("text", ["x 10001m", "x 167h", "x 99999h", "x 1234567 min", "x 999999999m", "x 1000.5h"])
def test_a_task_that_would_take_for_ever_is_an_error(text):
    assert entry(text).error == "A task takes at most 10,000 minutes, which are 166 h 40."


@pytest.mark.parametrize("text", ["x yesterday", "x due yesterday", "x by yesterday"])
def test_yesterday_is_the_day_before(text):
    found = entry(text)
    assert (found.title, found.due) == ("x", date(2026, 11, 23))
    assert found.warnings == ("It is due on a day that has passed.",)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("call 25:00", "“25:00” is no time of day, so it stays in the title."),
        ("call fri 9:75", "“9:75” is no time of day, so it stays in the title."),
        ("call 13pm", "“13pm” is no time of day, so it stays in the title."),
        ("call 17:00", "“17:00” stays in the title. If it is due today at that time, write “at 17:00”."),
        ("call 1h75", "“1h75” is no length, so it stays in the title. Write 45m or 1h30."),
        ("call -5m", "“-5m” is no length, so it stays in the title. Write 45m or 1h30."),
        ("call 45mn", "“45mn” is no length, so it stays in the title. Write 45m or 1h30."),
        ("call 2026-13-45", "“2026-13-45” is no date, so it stays in the title."),
        ("call 31 feb", "“31 feb” is no date, so it stays in the title."),
    ],
)
def test_what_looks_like_a_slip_stays_in_the_title_and_is_said(text, warning):
    assert entry(text).warnings == (warning,)


@pytest.mark.parametrize("text", ["call in 2h", 'read "25:00"', "buy 2 may flowers", "2h call 3h", "route 66"])
def test_what_is_no_slip_is_left_in_peace(text):
    assert entry(text).warnings == ()


def test_what_looks_wrong_is_said():
    assert entry("x 2020-01-01").warnings == ("It is due on a day that has passed.",)
    assert entry("x by fri from mon").warnings == ("It is due before it may start.",)
    assert entry("x every day until 2020-01-01").warnings == ("It is over before it begins.",)


def test_a_twelve_hour_clock_is_said_with_am_and_pm():
    assert entry("x fri 17:00", clock="12").chips[0].words == "due Fri 27 November 5:00 pm"


PIECES = (
    *("report", "may", "sat", "on", "the", ",", "fri", "next", "this", "2h", "30m", "min", "90", "half", "an", "hour"),
    *("!1", "p2", "#a", '#"b c"', '"', "“", "”", "by", "due", "from", "after", "until", "at", "5pm", "17:00", "every"),
    *("other", "day", "mon,wed", "mon,", "and", "month", "weekly", "24", "dec", "24.12.", "2026-12-24", "0000-00-00"),
    *("in", "3", "days", "weeks", "split", "@morning", "first", "last", "of", "31st", "times", "for", "noon", "²", "٣"),
    *("İ", "ß", "\x00", "\u2028"),
)
lines = st.one_of(st.text(max_size=1000), st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join))


@given(
    text=lines,
    today=st.dates(date(1950, 1, 1), date(2150, 1, 1)),
    tz=st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "America/St_Johns"]).map(ZoneInfo),
    week_start=st.integers(0, 6),
    clock=st.sampled_from(["12", "24"]),
)
@settings(max_examples=600, deadline=None)
def test_any_line_is_read_and_what_was_understood_can_be_cut_out_of_it(text, today, tz, week_start, clock):
    found = parse(text, today=today, tz=tz, week_start=week_start, clock=clock)
    assert found == parse(text, today=today, tz=tz, week_start=week_start, clock=clock)
    place, kept = 0, ""
    for start, end in found.removed:
        assert place <= start < end <= len(text)
        kept, place = kept + text[place:start], end
    assert " ".join((kept + text[place:]).split()) == found.title
    assert {(chip.start, chip.end) for chip in found.chips} <= set(found.removed)
    assert all(chip.words for chip in found.chips)
    assert bool(found.title) or found.error is not None
    if found.recurrence:
        assert str(read(found.recurrence)) == found.recurrence


@given(lines)
def test_a_title_in_quotes_comes_back_as_it_was(text):
    title = " ".join(entry(text).title.replace('"', "").replace("“", "").replace("”", "").split())
    quoted = entry(f'"{title}" 2h')
    assert quoted.title in {title, f'"{title}"'}
