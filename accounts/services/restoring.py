"""What a backup brings back of accounts, and must not."""

from accounts.services.deletion import repeat_deletions
from accounts.services.sessions import end_all_sessions
from timeflow.lib.restore import Restored


def end_restored_sessions(restored: Restored) -> str:
    """Among them are some that were signed out, or found to be stolen, after the backup was made."""
    ended = end_all_sessions(now=restored.now)
    return f"{ended} sessions ended. Everybody signs in again."


def erase_again(restored: Restored) -> str:
    count = repeat_deletions(user_ids=sorted(restored.erased), now=restored.now)
    return f"{count} of {len(restored.erased)} erased accounts were there again and are erased."
