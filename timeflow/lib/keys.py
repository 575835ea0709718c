"""Sets of keys with names: the first is used for what is new, all of them for what is old.

Written `k2026b=<base64url of exactly 32 random bytes>,k2026a=…`. Such a set can be rotated: put a fresh key in
front, and take an old one out when nothing needs it any more. `JWT_KEYS` holds Ed25519 seeds, `FIELD_KEYS` AES keys.
"""

import base64
import binascii
import re
import secrets
from typing import Protocol

KEY_BYTES = 32
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)


class KeyFault(ValueError):
    """What is wrong with a key set: one sentence that names the variable, never a value."""


class KeyProvider(Protocol):
    """Where keys come from. A key service brings a class of its own, named by `FIELD_KEY_PROVIDER`.

    `get` is called for each value that is opened, so a class that asks over the network keeps what it was told. A
    service that does not answer raises: None means that the key is gone, and what it sealed with it.
    """

    @property
    def primary(self) -> str:
        """The id of the key that seals what is new."""

    def get(self, kid: str) -> bytes | None:
        """The 32 bytes of a key, or None if it is not there."""


class KeySet:
    """Keys that were given as text. Never shows one."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._keys = dict(keys)
        self.ids = tuple(keys)

    @property
    def primary(self) -> str:
        return self.ids[0]

    def get(self, kid: str) -> bytes | None:
        return self._keys.get(kid)

    def written(self) -> str:
        """The set in the form in which it is configured."""
        return ",".join(f"{kid}={_encoded(key)}" for kid, key in self._keys.items())

    def __repr__(self) -> str:
        return f"<KeySet {', '.join(self.ids)}>"


def parse_key_set(name: str, text: str) -> KeySet:
    """The keys of the variable `name`. Raises `KeyFault` for anything but distinct ids and distinct whole keys."""
    keys: dict[str, bytes] = {}
    for number, entry in enumerate(text.split(","), 1):
        # The id is not shown either: where somebody forgot it, the key stands in its place.
        where = f"Entry {number} of {name}"
        kid, equals, encoded = entry.strip().partition("=")
        if not equals or not KEY_ID.fullmatch(kid):
            raise KeyFault(f"{where} is not written as <id>=<key>; the id is 1 to 32 letters, digits, - or _.")
        key = _decoded(encoded)
        if key is None:
            raise KeyFault(f"{where} does not hold a key: it must be exactly 32 random bytes in base64url.")
        if len(set(key)) < KEY_BYTES // 4:
            raise KeyFault(f"{where} holds a key that is not random; `manage.py make_keys` makes a good one.")
        if kid in keys:
            raise KeyFault(f"{where} has the id of an earlier entry; each key needs an id of its own.")
        if key in keys.values():
            raise KeyFault(f"{where} repeats the key of an earlier entry; each id needs a key of its own.")
        keys[kid] = key
    return KeySet(keys)


def fresh_key_set() -> str:
    """A set of one new key, as text."""
    return with_fresh_key(KeySet({})).written()


def with_fresh_key(keys: KeySet) -> KeySet:
    """The same set with a new key in front. Ids are random, so that no later key is taken for a forgotten one."""
    present = {kid: key for kid in keys.ids if (key := keys.get(kid))}
    return KeySet({f"k{secrets.token_hex(4)}": secrets.token_bytes(KEY_BYTES), **present})


def _encoded(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def _decoded(text: str) -> bytes | None:
    """The key written so, padded or not; None for every other spelling, so that one key has one."""
    bare = text.removesuffix("=")
    try:
        key = base64.b64decode(bare + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES and _encoded(key) == bare else None
