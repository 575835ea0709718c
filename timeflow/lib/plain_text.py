"""Text that people and programs send: letters, signs and line breaks, nothing that only steers a machine."""

import re

from django import forms
from django.core.exceptions import ValidationError
from rest_framework import serializers

# Of the control characters tab and line breaks are text. A lone half of a surrogate pair is no character at all.
UNWRITTEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
REASON = "This holds a character that cannot be read."


def is_plain(text: str) -> bool:
    return UNWRITTEN.search(text) is None


def require_plain(text: object) -> None:
    """A validator of fields; what a field turned into something else than text is for whoever reads that to judge.

    Raises Django's `ValidationError`.
    """
    if isinstance(text, str) and not is_plain(text):
        raise ValidationError(REASON, code="unwritten")


def guard_fields() -> None:
    """Every text field of every form and serializer, other packages' too, takes plain text only."""
    forms.CharField.default_validators = [require_plain]
    serializers.CharField.default_validators = [require_plain]  # type: ignore[misc]
