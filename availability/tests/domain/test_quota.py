"""Quota goes to what is urgent, comes back with time, and is never spent twice."""

from hypothesis import given
from hypothesis import strategies as st

from availability.domain.quota import Bucket, Lane, Limit, take

LANES = list(Lane)
limits = st.builds(Limit, rate=st.floats(0.1, 200), capacity=st.floats(3, 5_000))
units = st.integers(1, 3)
steps = st.lists(st.tuples(st.sampled_from(LANES), st.floats(0, 30), units), max_size=60)


@given(limit=limits, steps=steps)
def test_no_more_pass_than_the_bucket_held_and_got_back(limit, steps):
    buckets: dict[str, Bucket] = {}
    now, passed = 1_000.0, 0
    for lane, seconds, some in steps:
        now += seconds
        buckets, wait = take(buckets, {"one": limit}, lane, now, some)
        passed += some * (wait == 0)
    assert passed <= limit.capacity + (now - 1_000) * limit.rate + 1e-6


@given(limit=limits, level=st.floats(0, 5_000), lane=st.sampled_from(LANES), some=units)
def test_whoever_waits_as_long_as_told_gets_through(limit, level, lane, some):
    bucket = Bucket(min(level, limit.capacity), 0)
    after, wait = take({"one": bucket}, {"one": limit}, lane, 0, some)
    if wait:
        _, wait = take(after, {"one": limit}, lane, wait + 1e-6, some)
    assert wait == 0


@given(limit=limits, level=st.floats(0, 5_000))
def test_what_one_lane_may_every_more_urgent_one_may(limit, level):
    bucket = Bucket(min(level, limit.capacity), 0)
    may = [take({"one": bucket}, {"one": limit}, lane, 0)[1] == 0 for lane in LANES]
    assert may == sorted(may, reverse=True)


def test_under_pressure_the_least_urgent_stop_first():
    limit = Limit(rate=1, capacity=100)
    stopped = []
    buckets: dict[str, Bucket] = {}
    for _ in range(100):
        for lane in reversed(LANES):
            if lane not in stopped and take(buckets, {"one": limit}, lane, 0)[1]:
                stopped.append(lane)
        buckets, _ = take(buckets, {"one": limit}, Lane.BOOKING, 0)
    assert stopped == [Lane.BACKFILL, Lane.SAFETY, Lane.PUSH, Lane.CLICK]


def test_a_call_takes_from_every_bucket_or_from_none():
    both = {"minute": Limit(1, 10), "user": Limit(1, 10)}
    buckets = {"minute": Bucket(10, 0), "user": Bucket(0, 0)}
    after, wait = take(buckets, both, Lane.BOOKING, 0)
    assert wait == 1
    assert after["minute"].level == 10


def test_a_clock_that_went_back_gives_nothing_away():
    limit = Limit(rate=10, capacity=10)
    after, _ = take({"one": Bucket(5, 100)}, {"one": limit}, Lane.BOOKING, 50)
    assert after["one"] == Bucket(4, 100)
