import pytest

from availability.tests.at_google import AtGoogle
from availability.tests.writing import MONDAY, Plan


@pytest.fixture
def there(google, alice, no_worker) -> AtGoogle:
    """An account at the stand-in for Google whose own calendar is in step; its calls are counted from here on."""
    found = AtGoogle(google, alice, MONDAY)
    found.look_around()
    found.step()
    google.forget()
    return found


@pytest.fixture
def plan(google, alice, no_worker) -> Plan:
    """A calendar of our own at the stand-in for Google, into which blocks are written."""
    found = Plan(google, alice, MONDAY)
    found.begin()
    return found
