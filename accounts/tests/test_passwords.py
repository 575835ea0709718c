"""Passwords made of the words that anybody would try here first."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError


@pytest.mark.parametrize(
    "password", ["timeflow2026", "T1meFl0w!-planner", "my-password-1", "TimeFlow TimeFlow", "calendar1234"]
)
def test_our_own_words_make_no_password(password):
    with pytest.raises(ValidationError, match="too short"):
        validate_password(password)


@pytest.mark.parametrize(
    "password", ["four plain words here", "the calendar of a lost sailor", "xq9 schedule of whales 71"]
)
def test_they_may_occur_in_a_longer_one(password):
    validate_password(password)
