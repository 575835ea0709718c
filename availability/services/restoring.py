"""What a backup brings back of calendars elsewhere, and must not be relied on."""

from availability.models import Mirror
from timeflow.lib.restore import Restored


def read_anew(restored: Restored) -> str:
    """Between backup and now people changed things there, and TimeFlow wrote: both are found by reading everything.

    What was written since is known again by its mark, so nothing is written twice.
    """
    places = {"token": "", "page": "", "is_whole": False, "held_until": None, "rests_until": None}
    count = Mirror.objects.update(next_at=restored.now, written_version=None, **places)
    return f"{count} calendars of accounts are read anew."
