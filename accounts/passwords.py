"""What a password must not rest on besides what Django refuses: the words that anybody would try here first."""

import re

from django.core.exceptions import ValidationError

WORDS = ("timeflow", "calendar", "schedule", "planner", "password")
"""docs/SECURITY_REVIEW.md lists them; a test compares."""
LIKE = str.maketrans("013457@$!", "oleastasi")
REASON = "Without words such as “timeflow” or “password” this is too short."


class NotOurWordsValidator:
    """One of settings.AUTH_PASSWORD_VALIDATORS: what is left without `WORDS` must still be long enough."""

    def __init__(self, min_length: int) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: object = None) -> None:
        """Raises Django's `ValidationError`."""
        plain = re.sub(r"[\W_]", "", password.lower()).translate(LIKE)
        bare = re.sub("|".join(WORDS), "", plain)
        if bare != plain and len(bare) < self.min_length:
            raise ValidationError(REASON, code="our_words")

    def get_help_text(self) -> str:
        return REASON
