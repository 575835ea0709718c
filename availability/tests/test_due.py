"""Which calendars are to be read: what people want here, when its time has come, and nobody's who is leaving."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.domain.callers import Caller
from accounts.models import User
from accounts.services.deletion import ask_deletion
from availability.models import Mirror
from availability.services.mirrors.lease import HOLD, claim
from availability.services.mirrors.listing import follow
from availability.tests.at_google import AtGoogle

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)


@pytest.fixture
def there(google, alice, no_worker) -> AtGoogle:
    found = AtGoogle(google, alice, MONDAY)
    found.look_around()
    found.step()
    google.calls.clear()
    return found


def is_due(there: AtGoogle) -> bool:
    return Mirror.objects.due(there.now).exists()


def test_a_calendar_is_due_when_its_time_has_come(there):
    assert not is_due(there)
    there.later(hours=5)
    assert is_due(there)


def test_a_calendar_that_is_not_followed_is_never_due(there):
    follow(user=there.user, calendar_id=there.primary.pk, is_followed=False, now=there.now)
    there.later(days=2)
    assert not is_due(there)
    follow(user=there.user, calendar_id=there.primary.pk, is_followed=True, now=there.now)
    assert is_due(there)


def test_two_workers_never_have_one_calendar_and_a_dead_one_has_it_for_two_minutes(there):
    there.later(hours=5)
    assert claim(there.primary.pk, there.now)
    assert claim(there.primary.pk, there.now) is None
    assert not is_due(there)
    there.later(seconds=HOLD / timedelta(seconds=1) + 1)
    assert is_due(there)
    assert claim(there.primary.pk, there.now)


def test_calendars_of_people_who_leave_are_left_alone_until_they_come_back(there):
    ask_deletion(user=there.user, caller=Caller(), now=there.now)
    there.later(days=1)
    assert not is_due(there)
    there.step()
    assert not there.google.calls.total()
    User.objects.update(deletion_due_at=None)
    assert is_due(there)
    there.step()
    assert there.google.calls["events.list"] == 1
