import pytest

from availability.tests.writing import MONDAY, Plan


@pytest.fixture
def plan(google, alice, no_worker) -> Plan:
    """A calendar of our own at the stand-in for Google, into which blocks are written."""
    found = Plan(google, alice, MONDAY)
    found.begin()
    return found
