"""Real calendars, brought in as a person would, and plans made around them. The library is the judge of both."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events

from availability.models import Calendar, Event, WorkingHours
from availability.selectors import busy_spans
from availability.services.imports import BACK, import_calendar, roll_window
from availability.tests.domain.calendar_files import BERLIN, REAL_CALENDARS
from scheduling.models import Block
from scheduling.tests.factories import TaskFactory
from scheduling.tests.planning import applied
from timeflow.lib.time import edge, first_weekday_on_or_before

pytestmark = pytest.mark.django_db
# The programmes of these calendars are from these years.
NEW_YEAR = datetime(2019, 1, 1, tzinfo=BERLIN)
YEAR = timedelta(days=365)


def occurrences(raw, start, end):
    return recurring_ical_events.of(icalendar.Calendar.from_ical(raw)).between(start, end)


def instant(at):
    if isinstance(at, datetime):
        return at.astimezone(UTC) if at.tzinfo else edge(at.date(), at.hour * 60 + at.minute, BERLIN)
    return edge(at, 0, BERLIN)


def busy(raw, start, end):
    """What blocks time, read with nothing of ours."""
    found = []
    for one in occurrences(raw, start, end):
        if one.get("TRANSP") == "TRANSPARENT" or one.get("STATUS") == "CANCELLED":
            continue
        first, last = one["DTSTART"].dt, one["DTEND"].dt
        if not isinstance(first, datetime):
            last = max(last, first + timedelta(days=1))
        if instant(first) < instant(last):
            found.append((instant(first), instant(last)))
    return sorted(found)


@pytest.mark.parametrize("path", REAL_CALENDARS)
def test_a_year_of_a_real_calendar_is_in_the_database(alice, path):
    now = NEW_YEAR + BACK
    calendar = import_calendar(user=alice, raw=path.read_bytes(), name=path.stem, now=now).calendar
    while Calendar.objects.get(pk=calendar.pk).expanded_until < NEW_YEAR + YEAR:
        now += timedelta(days=60)
        roll_window(calendar=Calendar.objects.get(pk=calendar.pk), now=now)
    expected = [
        one for one in occurrences(path.read_bytes(), NEW_YEAR, NEW_YEAR + YEAR) if one.get("STATUS") != "CANCELLED"
    ]
    found = Event.objects.of(alice).overlapping(NEW_YEAR, NEW_YEAR + YEAR)
    assert found.count() == len(expected) > 0
    whole_days = [one for one in expected if not isinstance(one["DTSTART"].dt, datetime)]
    assert found.filter(is_all_day=True).count() == len(whole_days)
    assert sorted(found.values_list("starts_at", flat=True)) == sorted(instant(one["DTSTART"].dt) for one in expected)


@pytest.mark.parametrize("path", REAL_CALENDARS)
def test_a_plan_over_a_real_calendar_respects_every_busy_minute(alice, path):
    raw = path.read_bytes().replace(b"TRANSP:TRANSPARENT", b"TRANSP:OPAQUE")
    first = busy(raw, NEW_YEAR - YEAR, NEW_YEAR + YEAR)[0][0].astimezone(BERLIN).date()
    monday = edge(first_weekday_on_or_before(first, 0), 480, BERLIN)
    for weekday in range(7):
        WorkingHours.objects.create(user=alice, weekday=weekday, start_minute=600, end_minute=1320)
    import_calendar(user=alice, raw=raw, name=path.stem, now=monday)
    fortnight = (monday, monday + timedelta(days=14))
    taken = busy(raw, *fortnight)
    assert sorted(busy_spans(alice, *fortnight)) == taken != []
    for number in range(60):
        TaskFactory(user=alice, minutes=45 + number, is_splittable=False)
    applied(alice, now=monday)
    blocks = list(Block.objects.of(alice).values_list("event__starts_at", "event__ends_at"))
    assert len(blocks) > 40
    clashes = [(block, span) for block in blocks for span in taken if block[0] < span[1] and span[0] < block[1]]
    assert clashes == []
