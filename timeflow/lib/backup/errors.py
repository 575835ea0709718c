"""Why a backup is not made or not played back."""


class BackupRefused(Exception):
    """One or two sentences for whoever runs the installation: what is wrong, what was kept, what to do."""


class Damaged(BackupRefused):
    """The file is not a whole backup."""

    def __init__(self, what: str) -> None:
        super().__init__(f"This file is damaged, or no backup of TimeFlow: {what}. Nothing was changed.")
