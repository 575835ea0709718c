"""A session and the refresh tokens that are shown for it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.refreshing import GRACE, RefreshState, Verdict, judge

NOW = datetime(2026, 4, 21, 8, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=1)


@pytest.mark.parametrize("is_seen", [True, False])
@pytest.mark.parametrize("rotated_at", [NOW, LONG_AGO])
def test_the_current_token_is_good(is_seen, rotated_at):
    assert judge("b", RefreshState("b", "a", is_seen, rotated_at), NOW) is Verdict.CURRENT


@pytest.mark.parametrize("is_seen", [True, False])
def test_a_second_tab_may_be_a_moment_late(is_seen):
    assert judge("a", RefreshState("b", "a", is_seen, NOW - GRACE), NOW) is Verdict.JUST_BEFORE


def test_an_answer_that_was_lost_is_given_again():
    assert judge("a", RefreshState("b", "a", False, LONG_AGO), NOW) is Verdict.LOST_ANSWER


def test_a_token_whose_successor_was_used_is_a_copy():
    assert judge("a", RefreshState("b", "a", True, LONG_AGO), NOW) is Verdict.COPIED


@given(st.booleans(), st.integers(0, 10**6))
def test_a_token_of_earlier_is_always_a_copy(is_seen, seconds):
    state = RefreshState("c", "b", is_seen, NOW - timedelta(seconds=seconds))
    assert judge("a", state, NOW) is Verdict.COPIED


def test_before_the_first_rotation_there_is_no_token_before():
    assert judge("", RefreshState("a", "", False, NOW), NOW) is Verdict.COPIED
