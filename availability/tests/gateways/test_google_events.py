"""What Google says of an event, kept as iCalendar text; what contradicts itself is left out by its reason."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from availability.domain import ics
from availability.domain.mirror import compose
from availability.gateways.google.events import MARK, Odd, body_of, item_of
from availability.gateways.provider import Entry

NOON = {"dateTime": "2026-06-08T12:00:00+02:00", "timeZone": "Europe/Berlin"}
ONE = {"dateTime": "2026-06-08T13:00:00+02:00", "timeZone": "Europe/Berlin"}
WINDOW = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 15, tzinfo=UTC)
ENTRY = Entry("mark", "Report", datetime(2026, 6, 8, 10, tzinfo=UTC), datetime(2026, 6, 8, 11, tzinfo=UTC))


def dates(*events: dict, window: tuple[datetime, datetime] = WINDOW) -> list[ics.Occurrence]:
    items = [
        item_of({"id": "one", "etag": '"1"', "start": NOON, "end": ONE} | event, "Europe/Berlin") for event in events
    ]
    series = compose([(item.group, item.ics) for item in items]).series
    return list(ics.expand(series.values(), *window, lambda _: ZoneInfo("Europe/Berlin")).occurrences)


def test_texts_arrive_as_they_were_written_and_nothing_in_them_is_a_line_of_the_file():
    text = 'Tea; with, "quotes" \\n and\r\nRRULE:FREQ=DAILY <b>bold</b> & more'
    [date] = dates({"summary": text, "location": text})
    assert date.title == " ".join(text.split())
    assert date.location == " ".join(text.split())


@pytest.mark.parametrize("name", ["id", "etag", "summary", "location", "description", "recurringEventId"])
@pytest.mark.parametrize("odd", ["\x00", "\ud83d", "\x1b"])
def test_what_no_database_keeps_is_left_out_of_a_text(name, odd):
    item = item_of({"id": "one", "start": NOON, "end": ONE, "originalStartTime": NOON} | {name: f"a{odd}b"}, "UTC")
    kept = f"{item.id} {item.group} {item.etag} {item.ics}"
    assert "ab" in kept
    assert odd not in kept


def test_descriptions_are_read_without_their_markup():
    [date] = dates({"description": "<p>First</p><ul><li>a &amp; b</li></ul><script>x</script>"})
    assert date.description == "First\na & bx"


def test_a_rule_that_carries_a_second_line_brings_one_line_only():
    assert len(dates({"recurrence": ["RRULE:FREQ=DAILY;COUNT=2\r\nSUMMARY:Evil", "X-EVIL:1", None, 7]})) == 2


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "Europe/Berlin\r\nX:1", 7, None])
def test_a_zone_that_nobody_knows_moves_no_event(zone):
    [first, second] = dates({"start": NOON | {"timeZone": zone}, "recurrence": ["RRULE:FREQ=DAILY;COUNT=2"]})
    assert first.starts_at == datetime(2026, 6, 8, 10, tzinfo=UTC)
    assert second.starts_at - first.starts_at == timedelta(days=1)


@pytest.mark.parametrize("zone", [{}, {"timeZone": ""}, {"timeZone": "Mars/Olympus"}])
def test_a_series_without_a_zone_recurs_on_the_clock_of_its_calendar(zone):
    times = {
        "start": {"dateTime": "2026-10-20T12:00:00+02:00", **zone},
        "end": {"dateTime": "2026-10-20T13:00:00+02:00"},
    }
    found = dates(times | {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"]}, window=AUTUMN)
    assert [date.starts_at.hour for date in found] == [10, 11]


@pytest.mark.parametrize(("offset", "hour"), [("+02:00", 0), ("+01:00", 1)])
def test_a_date_that_was_moved_into_the_doubled_hour_is_at_its_own_instant(offset, hour):
    series = {
        "start": {"dateTime": "2026-10-24T09:00:00+02:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-10-24T10:00:00+02:00", "timeZone": "Europe/Berlin"},
        "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"],
    }
    moved = {
        "id": "one_20261025T080000Z",
        "recurringEventId": "one",
        "originalStartTime": {"dateTime": "2026-10-25T09:00:00+01:00", "timeZone": "Europe/Berlin"},
        "start": {"dateTime": f"2026-10-25T02:30:00{offset}", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-10-25T03:30:00+01:00", "timeZone": "Europe/Berlin"},
    }
    found = dates(series, moved, window=AUTUMN)
    assert [(date.starts_at.day, date.starts_at.hour, date.ends_at.hour) for date in found] == [
        (24, 7, 8),
        (25, hour, 2),
        (26, 8, 9),
    ]


@pytest.mark.parametrize("offset", ["+02:00", "+01:00"])
def test_an_occurrence_in_the_doubled_hour_is_the_one_that_was_cancelled(offset):
    series = {
        "start": {"dateTime": "2026-10-25T02:30:00+02:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-10-25T02:40:00+02:00", "timeZone": "Europe/Berlin"},
        "recurrence": ["RRULE:FREQ=DAILY;COUNT=2"],
    }
    original = {"dateTime": f"2026-10-25T02:30:00{offset}", "timeZone": "Europe/Berlin"}
    gone = {"id": "one_x", "recurringEventId": "one", "originalStartTime": original, "status": "cancelled"}
    is_it = offset == "+02:00"
    assert [date.starts_at.day for date in dates(series, gone, window=AUTUMN) if not date.is_cancelled] == (
        [26] if is_it else [25, 26]
    )


@pytest.mark.parametrize(
    "event",
    [
        {"start": None},
        {"start": {}},
        {"start": {"dateTime": "soon"}},
        {"start": {"dateTime": "2026-06-08T12:00:00"}},
        {"start": {"date": "2026-02-30"}},
        {"start": "2026-06-08"},
        {"end": {"date": 7}},
        {"recurringEventId": "series", "originalStartTime": {"date": "x"}},
        {"recurringEventId": "series"},
        {"id": None},
        {"id": ""},
    ],
)
def test_times_that_are_none_are_a_reason(event):
    with pytest.raises(Odd):
        item_of({"id": "one", "start": NOON, "end": ONE} | event, "UTC")


def test_an_end_before_the_start_is_left_out_and_counted():
    item = item_of({"id": "one", "start": ONE, "end": NOON}, "UTC")
    composed = compose([(item.group, item.ics)])
    assert not composed.series
    assert composed.skipped == {"It ends before it starts.": 1}


def test_one_bad_exception_leaves_its_series_whole():
    series = {"id": "one", "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"]}
    bad = {"id": "one_x", "recurringEventId": "one", "originalStartTime": NOON, "start": ONE, "end": NOON}
    assert len(dates(series, bad)) == 3


def test_an_occurrence_that_comes_before_its_series_waits_for_it():
    moved = {
        "id": "one_20260609T100000Z",
        "recurringEventId": "one",
        "originalStartTime": {"dateTime": "2026-06-09T10:00:00Z"},
        "start": {"dateTime": "2026-06-09T15:00:00Z"},
        "end": {"dateTime": "2026-06-09T16:00:00Z"},
    }
    assert [date.starts_at.hour for date in dates(moved)] == [15]
    series = {"recurrence": ["RRULE:FREQ=DAILY;COUNT=2"]}
    assert [date.starts_at.hour for date in dates(moved, series)] == [10, 15]


def test_only_what_is_other_is_sent_and_the_mark_once():
    later = Entry("mark", "Report", ENTRY.starts_at + timedelta(hours=1), ENTRY.ends_at + timedelta(hours=1))
    assert body_of(later, ENTRY).keys() == {"start", "end"}
    assert body_of(ENTRY, ENTRY) == {}
    new = body_of(ENTRY, is_new=True)
    assert new["extendedProperties"] == {"private": {MARK: "mark"}}
    assert "date" not in new["start"]


scraps = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = (
    "id", "etag", "status", "summary", "description", "start", "end", "recurrence", "recurringEventId",
    "originalStartTime", "transparency", "visibility", "attendees", "extendedProperties",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), scraps, max_size=len(NAMES)))
def test_whatever_comes_is_an_item_or_a_reason(scrap):
    for event in (scrap, {"id": "one", "start": NOON, "end": ONE} | scrap):
        try:
            item = item_of(event, "UTC")
        except Odd:
            continue
        assert item.id.encode()
        ics.expand(compose([(item.group, item.ics)]).series.values(), *WINDOW, lambda _: ZoneInfo("UTC"))
