"""The file of a backup: a zip of the manifest, the database, and perhaps the keys that open what is sealed in it.

Written under a hidden name and moved to its own when it is whole and on the disk. Readable by its owner only.
"""

import errno
import hashlib
import os
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

from timeflow.lib.backup.errors import BackupRefused, Damaged
from timeflow.lib.backup.manifest import Manifest, read_manifest

MANIFEST, DATABASE, KEYS = "manifest.json", "database", "keys.json"
PIECE = 1 << 20
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class Pieces(Protocol):
    """What can be read in pieces of so many bytes; of none when it is over."""

    def read(self, size: int = ..., /) -> bytes: ...


class Sink:
    """Takes bytes for one entry of an archive; knows how many there were, and their digest."""

    def __init__(self, to: IO[bytes]) -> None:
        self._to = to
        self._digest = hashlib.sha256()
        self.size = 0

    def take(self, pieces: Pieces) -> None:
        """All of `pieces`, a megabyte at a time."""
        while piece := pieces.read(PIECE):
            self._to.write(piece)
            self._digest.update(piece)
            self.size += len(piece)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that is there under its name when the block ends well, and not at all otherwise.

    Raises `BackupRefused` if something has the name already, or the disk is full.
    """
    # Not by the process: in containers all of them are the first, and one that was killed left its draft.
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with open(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # Takes the name, or fails because somebody has it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        draft.replace(path)
        keep_names_of(path.parent)
    except FileExistsError:
        raise BackupRefused(f"{path} is there already. It was left as it is.") from None
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise BackupRefused(f"The disk of {path.parent} is full. Nothing was kept of this.") from error
    finally:
        draft.unlink(missing_ok=True)


def keep_names_of(folder: Path) -> None:
    """A new or changed name in `folder` outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def database_entry(archive: zipfile.ZipFile) -> Iterator[Sink]:
    """The database's place in an archive that is being written."""
    with archive.open(DATABASE, "w", force_zip64=True) as entry:
        yield Sink(entry)


class _Entry:
    """One entry of an archive. What is wrong with it is `Damaged`; what happens to who reads it is theirs."""

    def __init__(self, name: str, pieces: IO[bytes]) -> None:
        self._name, self._pieces = name, pieces

    def read(self, size: int = -1) -> bytes:
        try:
            return self._pieces.read(size)
        except UNREADABLE:
            raise Damaged(f"{self._name} in it cannot be read") from None


class Archive:
    """The file of a backup, opened to be read. Raises `Damaged`."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise BackupRefused(f"{path} cannot be read: {error.strerror}.") from error
        except zipfile.BadZipFile:
            raise Damaged("it is not a whole zip file") from None
        self.manifest: Manifest = read_manifest(self.read(MANIFEST))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    @property
    def has_keys(self) -> bool:
        return KEYS in self._zip.namelist()

    def read(self, name: str) -> bytes:
        with self.open(name) as entry:
            return entry.read()

    @contextmanager
    def open(self, name: str) -> Iterator[Pieces]:
        """Raises `Damaged`, and so does reading from it."""
        try:
            pieces = self._zip.open(name)
        except KeyError:
            raise Damaged(f"there is no {name} in it") from None
        except UNREADABLE:
            raise Damaged(f"{name} in it cannot be read") from None
        with pieces:
            yield _Entry(name, pieces)

    def verify(self) -> None:
        """Read all of the database. Raises `Damaged` unless it is, byte for byte, what was written."""
        with open(os.devnull, "wb") as nowhere, self.open(DATABASE) as entry:
            sink = Sink(nowhere)
            sink.take(entry)
        if (sink.size, sink.sha256) != (self.manifest.size, self.manifest.sha256):
            raise Damaged("the database in it is not what was written")
