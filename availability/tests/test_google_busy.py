"""When calendars at Google are busy can be asked with what people grant, and is never made up."""

from datetime import UTC, datetime, timedelta

import pytest

from availability.gateways.faults import Unsound
from availability.gateways.provider import Provider
from availability.services.mirrors.providers import open_account
from availability.services.mirrors.quota import CountingMeter
from availability.tests.at_google import EMAIL, AtGoogle

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def there(google, alice) -> AtGoogle:
    return AtGoogle(google, alice, MONDAY)


def account(there: AtGoogle) -> Provider:
    return open_account(there.connection, CountingMeter(), there.clock)


def test_busy_times_are_those_of_the_events(there):
    club = there.google.add_calendar(EMAIL, "Club")
    there.add("Meeting", hours=1)
    there.add("Right after it", hours=2, minutes=30)
    there.add("Reminder", hours=5, transparency="transparent")
    there.add("Long", hours=20, minutes=600)
    found = account(there).busy([EMAIL, club], MONDAY, MONDAY + 24 * HOUR)
    assert found == {EMAIL: [(MONDAY + HOUR, MONDAY + 2.5 * HOUR), (MONDAY + 20 * HOUR, MONDAY + 24 * HOUR)], club: []}


def test_more_calendars_than_one_answer_holds_are_asked_in_turns(there):
    calendars = [there.google.add_calendar(EMAIL, f"Number {n}") for n in range(60)]
    there.google.forget()
    found = account(there).busy([EMAIL, *calendars], MONDAY, MONDAY + HOUR)
    assert list(found) == [EMAIL, *calendars]
    assert dict(there.google.calls) == {"freebusy.query": 2}


def test_a_calendar_that_cannot_be_asked_is_not_free(there):
    with pytest.raises(Unsound):
        account(there).busy([EMAIL, "nobody@google.test"], MONDAY, MONDAY + HOUR)
