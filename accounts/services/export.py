"""Everything of a person as one file for them to keep."""

from datetime import datetime
from typing import IO

from accounts.domain.callers import Caller
from accounts.models import SecurityEvent, User
from accounts.services.audit import record_event
from timeflow.lib import lifecycle
from timeflow.lib.lifecycle import Archive

INTRODUCTION = """\
Everything that TimeFlow keeps of you, as of {day} (UTC).

calendar.ics opens in any calendar program. The .json files are text, a row a line; rows point to each other by their
ids, and instants are in UTC. What only proves a secret (your password, your devices, your API tokens) is left out.

"""


def export_account(*, user: User, caller: Caller, now: datetime, to: IO[bytes]) -> None:
    """Write the person's archive, a zip file, into `to`. It is never in memory as a whole."""
    record_event(user_id=user.pk, kind=SecurityEvent.Kind.EXPORTED, caller=caller, now=now)
    with Archive(to, now) as archive:
        lifecycle.export(user.pk, archive)
        archive.introduce(INTRODUCTION.format(day=f"{now:%d %B %Y}"))
