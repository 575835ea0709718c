"""Backups: one file that holds the whole database and says what it is, and playing it back.

What is played back goes into a fresh place first, is checked, migrated and put right there, and only then takes the
place of what was: whatever fails on the way leaves the former database as it was.
"""

from timeflow.lib.backup.errors import BackupRefused
from timeflow.lib.backup.making import FOLDER_NAME, Made, make_backup
from timeflow.lib.backup.playing_back import Wish, keys_in_backup, play_back

__all__ = ["FOLDER_NAME", "BackupRefused", "Made", "Wish", "keys_in_backup", "make_backup", "play_back"]
