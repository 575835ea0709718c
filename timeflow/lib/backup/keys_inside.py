"""Field keys inside a backup, under a passphrase: for one whole copy of an installation in one file.

scrypt turns the passphrase into a key, AES-256-GCM seals the keys under it; what scrypt needs is authenticated too.
"""

import base64
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings

from timeflow.lib.backup.errors import BackupRefused, Damaged
from timeflow.lib.keys import KEY_BYTES, KeyFault, KeySet, parse_key_set

LEAST_CHARACTERS = 12
# 128 MiB and about half a second for each guess.
COST, BLOCK, LANES = 1 << 17, 8, 1
SALT_BYTES, NONCE_BYTES = 32, 12


def check_passphrase(passphrase: str) -> None:
    """Raises `BackupRefused` for one that is too short."""
    if len(passphrase) < LEAST_CHARACTERS:
        raise BackupRefused(f"The passphrase needs {LEAST_CHARACTERS} characters or more. No backup was made.")


def seal_keys(kids: list[str], passphrase: str) -> bytes:
    """The named keys of this installation as they lie in an archive; one that is not here is left out."""
    present = {kid: key for kid in kids if (key := settings.FIELD_KEYS.get(kid))}
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    plain = KeySet(present).written().encode()
    sealed = AESGCM(_stretched(passphrase, salt)).encrypt(nonce, plain, _context(salt))
    return json.dumps({"scrypt": [COST, BLOCK, LANES], **_as_text(salt=salt, nonce=nonce, sealed=sealed)}).encode()


def open_keys(written: bytes, passphrase: str) -> KeySet:
    """Raises `BackupRefused` if the passphrase does not fit, or the entry was tampered with."""
    try:
        fields = json.loads(written)
        costs = fields["scrypt"]
        salt, nonce, sealed = (base64.b64decode(fields[name], validate=True) for name in ("salt", "nonce", "sealed"))
    except (ValueError, KeyError, TypeError):
        raise Damaged("its keys cannot be read") from None
    if costs != [COST, BLOCK, LANES] or (len(salt), len(nonce)) != (SALT_BYTES, NONCE_BYTES):
        raise Damaged("its keys are sealed in a way that is not known here")
    try:
        plain = AESGCM(_stretched(passphrase, salt)).decrypt(nonce, sealed, _context(salt))
    except InvalidTag:
        raise BackupRefused("The passphrase does not open the keys in this backup.") from None
    return parse_key_set("FIELD_KEYS", plain.decode()) if plain else KeySet({})


def keys_for_here(written: bytes, passphrase: str) -> str:
    """`FIELD_KEYS` for an installation that plays the backup back: its own keys first, then those of the backup."""
    ours, theirs = settings.FIELD_KEYS, open_keys(written, passphrase)
    if not isinstance(ours, KeySet):
        return theirs.written()
    if other := [kid for kid in theirs.ids if ours.get(kid) not in (None, theirs.get(kid))]:
        raise BackupRefused(
            f"FIELD_KEYS has another key of the name {', '.join(other)}. Take it out or rename it first."
        )
    more = [entry for entry in theirs.written().split(",") if entry and ours.get(entry.partition("=")[0]) is None]
    try:
        return parse_key_set("FIELD_KEYS", ",".join([ours.written(), *more])).written()
    except KeyFault as fault:
        raise BackupRefused(str(fault)) from None


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=COST, r=BLOCK, p=LANES).derive(passphrase.encode())


def _context(salt: bytes) -> bytes:
    return b"timeflow backup keys" + salt


def _as_text(**parts: bytes) -> dict[str, str]:
    return {name: base64.b64encode(part).decode() for name, part in parts.items()}
