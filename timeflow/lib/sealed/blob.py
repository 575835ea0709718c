"""Sealing bytes so that they open only under their key and only in the place they were sealed for.

A blob is `TF1 | length of kid | kid | salt | nonce | ciphertext and tag`: AES-256-GCM under a key of its own, which
HKDF-SHA256 derives from the named key and the salt, so that random nonces never meet under one key. What stands
before the ciphertext is authenticated with it, and so is the `Binding`.
"""

import logging
import os
from dataclasses import astuple, dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from timeflow.lib.errors import Refusal
from timeflow.lib.keys import KEY_BYTES, KEY_ID, KeyProvider

MAGIC = b"TF1"
SALT_BYTES, NONCE_BYTES = 32, 12
LONGEST_HEADER = len(MAGIC) + 1 + 32 + SALT_BYTES + NONCE_BYTES
log = logging.getLogger(__name__)


class Unreadable(Refusal):
    """A sealed value does not open: its key is gone, it was tampered with, or it was sealed for another place."""

    status = 409
    code = "unreadable"
    detail = "Something that was kept secret can no longer be opened. It must be given again."


@dataclass(frozen=True)
class Binding:
    """The place a value is sealed for. A blob that is moved to another row, column or owner does not open there."""

    model: str
    column: str
    row: str
    owner: str


def seal(plain: bytes, binding: Binding, keys: KeyProvider) -> bytes:
    """`plain` under the primary key. No two results are alike."""
    kid = keys.primary
    key = keys.get(kid)
    if key is None or len(key) != KEY_BYTES or not KEY_ID.fullmatch(kid):
        raise RuntimeError("The primary key of FIELD_KEYS is not there.")
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    header = _head(kid) + salt + nonce
    return header + AESGCM(_derived(key, salt)).encrypt(nonce, plain, _context(header, binding))


def open_sealed(blob: bytes, binding: Binding, keys: KeyProvider) -> bytes:
    """What was sealed. Raises `Unreadable`, and logs the key's id and the row: never anything of the value."""
    kid = key_id(blob)
    key = keys.get(kid) if kid else None
    if kid and key:
        end = len(_head(kid)) + SALT_BYTES + NONCE_BYTES
        header, nonce = blob[:end], blob[end - NONCE_BYTES : end]
        salt = header[-SALT_BYTES - NONCE_BYTES : -NONCE_BYTES]
        try:
            return AESGCM(_derived(key, salt)).decrypt(nonce, blob[end:], _context(header, binding))
        except InvalidTag:
            pass
    log.warning("A sealed value of %s %s (key %s) does not open.", binding.model, binding.row, kid or "unknown")
    raise Unreadable


def key_id(blob: bytes) -> str | None:
    """The id of the key that a blob names; its first `LONGEST_HEADER` bytes are enough. None for what is no blob."""
    if len(blob) < len(MAGIC) + 1 or not blob.startswith(MAGIC):
        return None
    start = len(MAGIC) + 1
    kid = blob[start : start + blob[len(MAGIC)]]
    rest = len(blob) - start - len(kid)
    text = kid.decode("latin-1")
    whole = len(kid) == blob[len(MAGIC)] and rest >= SALT_BYTES + NONCE_BYTES
    return text if whole and KEY_ID.fullmatch(text) else None


def _head(kid: str) -> bytes:
    return MAGIC + bytes([len(kid)]) + kid.encode()


def _derived(key: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"timeflow sealed value").derive(key)


def _context(header: bytes, binding: Binding) -> bytes:
    """Each part with its length in front, so that no two places read alike."""
    parts = [header, *(part.encode() for part in astuple(binding))]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
