"""The secrets of an installation: given by the environment, or made on first use on one's own machine.

What is made is kept in `var/secrets/`, outside git. A public installation makes none, unless it lives in one place and
was told so (SELF_CONTAINED): it must be given each of its secrets, each strong, and no value twice. docs/KEYS.md says
what each is for and how to change it.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from timeflow.lib.keys import KeyFault, KeySet, fresh_key_set, parse_key_set
from timeflow.lib.starting import StartRefused

TEXT_SECRETS = {"SECRET_KEY": 50, "GUEST_KEY": 32, "CACHE_KEY": 32}  # and the least number of characters
KEY_SETS = ("JWT_KEYS", "FIELD_KEYS")
SECRETS = ("SECRET_KEY", *KEY_SETS, "GUEST_KEY", "CACHE_KEY")


class SecretRefused(StartRefused):
    """TimeFlow does not start with this secret: one sentence that names the variable, never its value."""


class SecretMissing(SecretRefused):
    """A public installation was started without one of its secrets."""


class Vault:
    """The secrets by name. `environment` gives the value of `NAME`, or of the file that `NAME_FILE` names."""

    def __init__(
        self, environment: Mapping[str, str], folder: Path, *, is_public: bool, makes_own: bool | None = None
    ) -> None:
        self._environment = environment
        self._folder = folder
        self._is_public = is_public
        self._makes_own = not is_public if makes_own is None else makes_own
        self._owners: dict[str, str] = {}

    def text(self, name: str) -> str:
        """A secret that is one text. Raises `SecretRefused`."""
        text = self._given(name)
        if self._is_public and (len(text) < TEXT_SECRETS[name] or len(set(text)) < 5):
            words = f"{name} is too weak: it needs {TEXT_SECRETS[name]} random characters or more."
            raise SecretRefused(f"{words} `manage.py make_keys` makes good ones.")
        self._claim(name, text)
        return text

    def key_set(self, name: str) -> KeySet:
        """A secret that is a set of keys. Raises `SecretRefused`."""
        try:
            keys = parse_key_set(name, self._given(name))
        except KeyFault as fault:
            raise SecretRefused(str(fault)) from None
        for entry in keys.written().split(","):
            self._claim(name, entry.partition("=")[2])
        return keys

    def _given(self, name: str) -> str:
        try:
            text = self._environment.get(name, "").strip()
        except (OSError, UnicodeDecodeError):
            raise SecretRefused(f"The file that {name}_FILE names cannot be read.") from None
        make = fresh_key_set if name in KEY_SETS else fresh_text
        return text or local_secret(self._folder, name, allowed=self._makes_own, make=make)

    def _claim(self, name: str, value: str) -> None:
        """One leak must not open two doors."""
        owner = self._owners.setdefault(value, name)
        if owner != name and self._is_public:
            raise SecretRefused(f"{name} and {owner} share a value; each needs one of its own.")


def fresh_text(size: int = 64) -> str:
    """`size` random bytes as text."""
    return secrets.token_urlsafe(size)


def local_secret(folder: Path, name: str, *, allowed: bool, make: Callable[[], str] = fresh_text) -> str:
    """The secret `name` from `folder/secrets/`, made by `make` on first use, readable by its owner only.

    Raises `SecretMissing` unless `allowed`: a public installation must be given its secrets. Two processes that
    start together agree: the file is created exclusively, the loser reads what the winner wrote.
    """
    if not allowed:
        words = f"{name} is not set. Set it, or {name}_FILE, in the environment of every process;"
        raise SecretMissing(f"{words} `manage.py make_keys` prints new secrets.")
    path = folder / "secrets" / name
    try:
        return _kept(path, make)
    except OSError as error:
        words = f"{path.parent} cannot be used: {error.strerror}. Let this user write there, or set {name}."
        raise SecretRefused(words) from None


def _kept(path: Path, make: Callable[[], str]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
