"""Secrets for an installation on one's own machine: made on first use, kept in `var/`, outside git."""

import os
import secrets
from pathlib import Path


class SecretMissing(RuntimeError):
    """A public installation was started without one of its secrets."""


def local_secret(folder: Path, name: str, *, allowed: bool, size: int = 64) -> str:
    """The secret `name` from `folder/secrets/`, made of `size` random bytes on first use, readable by its owner only.

    Raises `SecretMissing` unless `allowed`: a public installation must be given its secrets. Two processes that
    start together agree: the file is created exclusively, the loser reads what the winner wrote.
    """
    if not allowed:
        raise SecretMissing(f"{name} is not set. Set it in the environment of every process.")
    path = folder / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        draft = path.with_name(f".{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(size))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
