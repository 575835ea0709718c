"""How a person wants to be planned."""

from accounts.models import User
from scheduling.models import Preferences


def preferences_of(user: User) -> Preferences:
    """What the person chose, else how everybody begins (then not saved)."""
    return Preferences.objects.filter(user=user).first() or Preferences(user=user)


def usual_minutes(user: User) -> int:
    """How long a task takes that does not say it. One query."""
    return preferences_of(user).default_minutes
