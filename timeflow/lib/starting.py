"""How a process says that it cannot start, and the environment that it starts in."""

import fcntl
from pathlib import Path
from typing import IO, Any

import environ

# The lock goes when its file is closed.
_held: list[IO[str]] = []


class StartRefused(SystemExit):
    """Ends the process that raises it, whichever it is: its one sentence on the standard error, exit code 1.

    The sentence says what is wrong and what to do. It names variables and never shows a secret.
    """


class Environment(environ.FileAwareEnv):
    """Variables by name. Each may be given as `NAME_FILE` too: a file that holds its value, as secrets are mounted.

    Raises `StartRefused` for a file that cannot be read and for a value of the wrong kind.
    """

    def get_value(self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **options: Any) -> Any:
        try:
            return super().get_value(var, cast=cast, default=default, **options)
        except (OSError, UnicodeDecodeError):
            raise StartRefused(f"The file that {var}_FILE names cannot be read.") from None
        except ValueError:
            raise StartRefused(f"{var} is not {'a whole number' if cast is int else 'what it should be'}.") from None


def alone_in(folder: Path) -> None:
    """Hold `folder` for as long as this process lives. Raises `StartRefused` if another one does.

    Two at once on one SQLite file and one queue of files would take each other's messages and wait for each other.
    """
    _held.append(held(folder))


def held(folder: Path) -> IO[str]:
    """Hold `folder` until what is returned is closed. Raises `StartRefused` if another process does."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = (folder / "running").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise StartRefused(f"TimeFlow is running already with the data in {folder}. Stop that one first.") from None
    return lock
