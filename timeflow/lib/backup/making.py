"""Making a backup, and letting go of old ones."""

import re
import shutil
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from timeflow.lib.backup.archive import KEYS, MANIFEST, database_entry, new_file
from timeflow.lib.backup.errors import BackupRefused
from timeflow.lib.backup.keys_inside import check_passphrase, seal_keys
from timeflow.lib.backup.manifest import FORMAT, Manifest, erased_accounts
from timeflow.lib.backup.stores import present_store
from timeflow.lib.version import VERSION

FOLDER_NAME = "backups"
ERASED = "erased-accounts.txt"
NAME = re.compile(r"timeflow-\d{8}T\d{6}Z\.zip", re.ASCII)
# What is being written: a backup, the list of erased accounts, a copy of an SQLite database.
DRAFT = re.compile(rf"\.({NAME.pattern}|{re.escape(ERASED)}\.new|copy)\.[0-9a-f]+(-[a-z]+)?", re.ASCII)
ABANDONED = timedelta(hours=1)


@dataclass(frozen=True)
class Made:
    """A backup that was made; `lost_keys` are those that it needs and that this installation has not got either."""

    path: Path
    manifest: Manifest
    lost_keys: list[str]
    dropped: list[Path]


def stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def make_backup(*, folder: Path, now: datetime, passphrase: str | None = None, keep: int | None = None) -> Made:
    """Write a backup into `folder`, beside traffic, and the list of erased accounts next to it.

    With a `passphrase` the field keys that it needs go with it, sealed. With `keep` only so many of the newest backups
    are left in the folder, once this one is whole. Raises `BackupRefused`, and then leaves nothing.
    """
    if passphrase is not None:
        check_passphrase(passphrase)
    store = present_store()
    drop_drafts(folder, now)
    needed, free = store.space_for_copy(), shutil.disk_usage(folder).free
    if free < needed:
        raise BackupRefused(f"{folder} has room for {free:,} bytes, and this needs up to {needed:,}. Nothing was made.")
    path = folder / f"timeflow-{stamp(now)}.zip"
    with new_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with database_entry(archive) as sink:
            contents = store.copy(sink, folder)
        if passphrase is not None:
            archive.writestr(KEYS, seal_keys(contents.field_keys, passphrase))
        manifest = Manifest(
            format=FORMAT,
            timeflow=VERSION,
            made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
            database=connection.vendor,
            contents=contents,
            size=sink.size,
            sha256=sink.sha256,
        )
        archive.writestr(MANIFEST, manifest.written())
    add_to_list(folder / ERASED, erased_accounts())
    lost = [kid for kid in contents.field_keys if settings.FIELD_KEYS.get(kid) is None]
    return Made(path, manifest, lost, drop_old(folder, keep) if keep else [])


def add_to_list(path: Path, ids: Iterable[str]) -> None:
    """Add who is not on the list yet. Nobody ever leaves it: an older backup may know them."""
    lines = path.read_text().splitlines() if path.exists() else []
    listed = {line.split()[0] for line in lines if line.strip()}
    fresh = [user_id for user_id in ids if user_id not in listed]
    if fresh or not path.exists():
        draft = path.with_name(f"{path.name}.new")
        draft.unlink(missing_ok=True)
        with new_file(draft) as file:
            file.write("".join(f"{line}\n" for line in [*lines, *fresh]).encode())
        draft.replace(path)


def drop_drafts(folder: Path, now: datetime) -> None:
    """Delete what somebody began, who was killed: nothing was written there for `ABANDONED`."""
    for path in folder.iterdir():
        # Another backup may end meanwhile.
        with suppress(FileNotFoundError):
            if DRAFT.fullmatch(path.name) and path.stat().st_mtime < (now - ABANDONED).timestamp():
                path.unlink()


def drop_old(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups of the folder; their names tell how old they are."""
    found = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    old = found[:-keep]
    for path in old:
        path.unlink()
    return old
