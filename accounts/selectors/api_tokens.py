"""A person's API tokens."""

from datetime import datetime

from accounts.models import ApiToken, User
from accounts.models.api_tokens import ApiTokenQuerySet


def api_tokens(user: User, now: datetime) -> ApiTokenQuerySet:
    """The ones that still open a door, newest first."""
    return ApiToken.objects.live(now).filter(user=user).order_by("-created_at", "pk")
