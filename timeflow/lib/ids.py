"""Identifiers: UUIDs of version 7, whose order in an index follows the order of creation."""

import secrets
import threading
import time
import uuid

TAIL_BITS = 74
_turn = threading.Lock()
_last = 0


def new_id() -> uuid.UUID:
    """A fresh UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits.

    Within a process each is greater than the one before, also in the same millisecond: lists ordered by id stay in the
    order in which their rows were made.
    """
    global _last  # noqa: PLW0603
    with _turn:
        stamp, tail = time.time_ns() // 1_000_000, secrets.randbits(TAIL_BITS)
        if stamp <= _last >> TAIL_BITS:
            stamp, tail = divmod(_last + 1 + secrets.randbits(32), 1 << TAIL_BITS)
        _last = stamp << TAIL_BITS | tail
    high, low = divmod(tail, 1 << 62)
    return uuid.UUID(int=(stamp & (1 << 48) - 1) << 80 | 0x7 << 76 | high << 64 | 0x2 << 62 | low)


def as_id(text: object) -> uuid.UUID | None:
    """The UUID written in `text`, or None if it is not one."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
