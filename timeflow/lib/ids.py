"""Identifiers: UUIDs of version 7, whose order in an index follows the order of creation."""

import os
import time
import uuid


def new_id() -> uuid.UUID:
    """A fresh UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits."""
    stamp = time.time_ns() // 1_000_000
    value = (stamp & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def as_id(text: object) -> uuid.UUID | None:
    """The UUID written in `text`, or None if it is not one."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
