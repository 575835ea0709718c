"""What many people ask of Google is reckoned from what one was counted to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from availability.domain import google_load
from availability.domain.google_load import WITH_PUSH, WITHOUT_PUSH, Limits, load, most_people, to_ask_for
from availability.domain.quota import USED, Lane

GRANTED = Limits(minute=10_000, day=1_000_000, user=600)
people = st.integers(1, 10**9)
peaks = st.floats(1, 100)
tables = st.sampled_from([WITH_PUSH, WITHOUT_PUSH])
# Of each sort the same: two calls for a click, one of which takes three units, and six that nobody waits for.
SMALL = {
    (Lane.CLICK, "insert_event"): (1.0, 1.0, 1.0, 0.0),
    (Lane.CLICK, "update_event"): (1.0, 1.0, 1.0, 0.0),
    (Lane.SAFETY, "list_events"): (6.0, 6.0, 6.0, 0.0),
}


def test_the_parts_of_the_mix_are_all_people():
    assert sum(google_load.MIX) == pytest.approx(1)


def test_calls_become_units_and_minutes():
    found = load(1_440, peak=3, table=SMALL, limits=GRANTED)
    assert (found.calls, found.units, found.minute, found.busiest) == pytest.approx((11_520, 14_400, 10, 30))
    assert not found.held_back


def test_what_nobody_waits_for_is_held_back_first():
    tight = Limits(minute=20 / USED, day=10**9, user=600)
    assert load(1_440, peak=3, table=SMALL, limits=tight).held_back == pytest.approx({Lane.SAFETY: 10 / 18})
    tighter = Limits(minute=6 / USED, day=10**9, user=600)
    assert load(1_440, peak=3, table=SMALL, limits=tighter).held_back == pytest.approx(
        {Lane.CLICK: 0.5, Lane.SAFETY: 1}
    )


def test_a_day_that_is_too_short_holds_back_as_well():
    short = Limits(minute=10**9, day=11_400 / USED, user=600)
    assert load(1_440, peak=3, table=SMALL, limits=short).held_back == pytest.approx({Lane.SAFETY: 3_000 / 8_640})


@given(people=people, peak=peaks, table=tables)
def test_nothing_is_held_back_up_to_the_most_people_and_something_beyond(people, peak, table):
    most = min(most_people(peak=peak, table=table, limits=GRANTED))
    for number in (most, min(most, people)):
        assert max(load(number, peak=peak, table=table, limits=GRANTED).held_back.values(), default=0) < 1e-9
    assert load(most + max(2, most // 1_000), peak=peak, table=table, limits=GRANTED).held_back


@given(people=people, peak=peaks, table=tables)
def test_whoever_is_granted_what_is_asked_for_needs_no_more_a_minute(people, peak, table):
    found = load(people, peak=peak, table=table, limits=GRANTED)
    granted = to_ask_for(found, GRANTED)
    assert found.busiest <= USED * granted * (1 + 1e-9)
    assert granted >= GRANTED.minute


@given(table=tables, peak=peaks)
def test_more_people_ask_for_more(table, peak):
    numbers = [load(people, peak=peak, table=table, limits=GRANTED).units for people in (1, 10, 1_000, 1_000_000)]
    assert numbers == sorted(set(numbers))
