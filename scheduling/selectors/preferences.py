"""How a person wants to be planned."""

from accounts.models import User
from scheduling.models import Preferences


def preferences_of(user: User) -> Preferences:
    """What the person chose, else how everybody begins (then not saved)."""
    return Preferences.objects.filter(user=user).first() or Preferences(user=user)
