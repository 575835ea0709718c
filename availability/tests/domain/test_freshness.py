from datetime import UTC, datetime, timedelta

import pytest

from availability.domain.freshness import FEED, POLLED, TOLD, Why, why_stale

NOW = datetime(2026, 6, 8, 8, tzinfo=UTC)


def why(ago: timedelta | None = timedelta(), **what: object) -> Why | None:
    usual = {"fault": "", "is_broken": False, "is_feed": False, "is_told": False}
    return why_stale(read_at=None if ago is None else NOW - ago, now=NOW, **usual | what)


@pytest.mark.parametrize(
    ("limit", "what"),
    [(POLLED, {}), (TOLD, {"is_told": True}), (FEED, {"is_feed": True})],
    ids=["polled", "told", "feed"],
)
def test_a_calendar_is_old_once_its_time_is_over_and_not_before(limit, what):
    assert why(limit, **what) is None
    assert why(limit + timedelta(seconds=1), **what) == Why.OLD


def test_what_was_never_read_or_failed_or_is_closed_cannot_be_relied_on_however_new_it_is():
    assert why(None) == Why.UNREAD
    assert why(fault="It does not answer.") == Why.FAULT
    assert why(is_broken=True, fault="It does not answer.") == Why.BROKEN
    assert why(None, is_broken=True) == Why.BROKEN
