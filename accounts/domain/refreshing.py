"""What becomes of a session whose refresh token is shown.

A session remembers two refresh tokens, the current one and the one before. Whoever shows an older one, or the one
before after its successor was used, has a copy: the thief or the owner, nobody can tell, so the session ends.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

# Two tabs that refresh at once both get an answer.
GRACE = timedelta(seconds=10)


class Verdict(Enum):
    CURRENT = "the current token"
    JUST_BEFORE = "the one before, seconds after it was replaced: another tab was faster"
    LOST_ANSWER = "the one before, and its successor never came back: the answer was lost on the way"
    COPIED = "anything else: somebody has a copy"


@dataclass(frozen=True)
class RefreshState:
    """What a session remembers. Digests are hexadecimal sha256; `previous` is "" before the first rotation."""

    current: str
    previous: str
    is_current_seen: bool
    rotated_at: datetime


def judge(shown: str, state: RefreshState, now: datetime) -> Verdict:
    """`shown` is the digest of the refresh token that came with a request."""
    if shown == state.current:
        return Verdict.CURRENT
    if not shown or shown != state.previous:
        return Verdict.COPIED
    if now - state.rotated_at <= GRACE:
        return Verdict.JUST_BEFORE
    return Verdict.COPIED if state.is_current_seen else Verdict.LOST_ANSWER
