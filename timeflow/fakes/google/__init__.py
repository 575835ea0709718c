"""A stand-in for Google: accounts that give grants, calendars that are read, written and watched. All in memory."""

from timeflow.fakes.google.running import running_google
from timeflow.fakes.google.stand_in import Google

__all__ = ["Google", "running_google"]
