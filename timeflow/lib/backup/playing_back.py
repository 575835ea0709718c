"""Playing a backup back: everything is looked at before anything is touched, and the former database goes last."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from timeflow.lib.backup.archive import DATABASE, KEYS, Archive
from timeflow.lib.backup.errors import BackupRefused, Damaged
from timeflow.lib.backup.keys_inside import keys_for_here
from timeflow.lib.backup.making import ERASED, stamp
from timeflow.lib.backup.manifest import Manifest, erased_accounts, look_into_database
from timeflow.lib.backup.pointing import pointed_at
from timeflow.lib.backup.stores import Store, present_store
from timeflow.lib.ids import as_id
from timeflow.lib.restore import Restored, put_right
from timeflow.lib.version import VERSION

# Their tables are gone, but databases that once had them still list their migrations.
FORMER_APPS = {"sessions"}
KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Wish:
    """What is asked for. `erased` is the list of erased accounts; the one beside the backup if it is None."""

    path: Path
    erased: Path | None = None
    replace: bool = False
    # Go on although keys are gone that sealed something in it.
    without_keys: bool = False


def play_back(wish: Wish, *, now: datetime) -> Iterator[str]:
    """Say in sentences what happens, as it happens. Raises `BackupRefused`; then the former database is as it was."""
    store = present_store()
    with Archive(wish.path) as archive:
        manifest = archive.manifest
        _refuse_other_kind(manifest)
        _refuse_newer(manifest)
        if not wish.without_keys:
            _refuse_without_keys(archive)
        erased = _listed(wish.erased or wish.path.with_name(ERASED), is_wanted=wish.erased is not None)
        is_empty = store.is_empty()
        if not (is_empty or wish.replace):
            raise BackupRefused("There is a database already. Say --replace to put the backup in its place.")
        store.refuse_company()
        archive.verify()
        rows = sum(manifest.contents.rows.values())
        yield f"The backup of {manifest.made_at} is whole: {rows:,} rows, {manifest.size:,} bytes."
        if not is_empty:
            erased |= _erased_here()
        try:
            yield from _fill_fresh(store, archive)
            with pointed_at(NAME=store.fresh):
                yield from _bring_up_to_date()
                yield from put_right(Restored(now=now, erased=frozenset(erased)))
            words = store.switch(stamp(now))
        except BaseException:
            store.discard()
            raise
        yield words or "It is in its place."


def keys_in_backup(path: Path, ask: Callable[[], str]) -> str:
    """`FIELD_KEYS` for this installation with the keys of a backup added; `ask` gives the passphrase."""
    with Archive(path) as archive:
        if not archive.has_keys:
            raise BackupRefused("There are no keys in this backup: it was made without --with-keys.")
        return keys_for_here(archive.read(KEYS), ask())


def _fill_fresh(store: Store, archive: Archive) -> Iterator[str]:
    with archive.open(DATABASE) as pieces:
        store.load(pieces, archive.manifest.size)
    with pointed_at(NAME=store.fresh):
        found = look_into_database().rows
    expected = archive.manifest.contents.rows
    if found != expected:
        differ = sorted(table for table in found | expected if found.get(table) != expected.get(table))
        raise Damaged(f"other rows came back than were kept, in {', '.join(differ)}")
    yield f"All rows of its {len(found)} tables are back."


def _bring_up_to_date() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    behind = [str(step) for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if behind:
        # Its checks would ask for keys that are known to be gone.
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        yield f"It was older than this TimeFlow and is migrated: {', '.join(behind)}."


def _refuse_other_kind(manifest: Manifest) -> None:
    if manifest.database != connection.vendor:
        ours, its = KINDS[connection.vendor], KINDS.get(manifest.database, manifest.database)
        words = f"This is a backup of {its}, and DATABASE_URL leads to {ours}"
        raise BackupRefused(f"{words}; one cannot be played back into the other. Nothing was changed.")


def _refuse_newer(manifest: Manifest) -> None:
    on_disk = MigrationLoader(None).disk_migrations or {}
    replaced = (step for migration in on_disk.values() for step in migration.replaces)
    known = {f"{app}.{name}" for app, name in [*on_disk, *replaced]}
    applied = {name for name in manifest.contents.migrations if name.partition(".")[0] not in FORMER_APPS}
    if unknown := sorted(applied - known):
        words = f"This backup was made by a later TimeFlow ({manifest.timeflow}; this is {VERSION})"
        raise BackupRefused(
            f"{words}: {', '.join(unknown)} is not known here. Install that one first. Nothing was changed."
        )


def _refuse_without_keys(archive: Archive) -> None:
    lost = [kid for kid in archive.manifest.contents.field_keys if settings.FIELD_KEYS.get(kid) is None]
    if not lost:
        return
    words = f"FIELD_KEYS has no {', '.join(lost)}, and this backup holds values that open with nothing else. "
    if archive.has_keys:
        words += "The keys are in it: --show-keys prints FIELD_KEYS with them. Put that into the environment first."
    else:
        words += "Put the keys back, or say --without-keys if they are lost: then `manage.py forget_field_key` is next."
    raise BackupRefused(f"{words} Nothing was changed.")


def _listed(path: Path, *, is_wanted: bool) -> set[uuid.UUID]:
    """The ids that the lines of a list begin with. Raises `BackupRefused` for a list that is not there or is none."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        if is_wanted:
            raise BackupRefused(f"{path} cannot be read. Nothing was changed.") from None
        words = (
            f"There is no list of erased accounts beside the backup ({path.name}), so people would come back who were"
        )
        how = "Name it by --erased FILE; --erased /dev/null says that nobody was."
        raise BackupRefused(f"{words} erased since. {how} Nothing was changed.") from None
    written = {line.split()[0] for line in lines if line.strip()}
    ids = {text: as_id(text) for text in written}
    if unknown := sorted(text for text, found in ids.items() if found is None):
        raise BackupRefused(f"{path} holds what is no id of an account: {unknown[0]}. Nothing was changed.")
    return {found for found in ids.values() if found}


def _erased_here() -> set[uuid.UUID]:
    """Who was erased according to the database that is about to be replaced, if it can still be read."""
    try:
        return {found for text in erased_accounts() if (found := as_id(text))}
    except DatabaseError:
        return set()
    finally:
        connection.close()
