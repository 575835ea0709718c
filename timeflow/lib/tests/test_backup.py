"""The file of a backup: whole or not there, nobody else's to read, and found out if a bit of it changed."""

import os
import random
import shutil
import stat
import time
import tomllib
import zipfile

import pytest
from django.conf import settings
from django.core.management import CommandError

from timeflow.lib.backup.archive import DATABASE, Archive, new_file
from timeflow.lib.backup.errors import BackupRefused, Damaged
from timeflow.lib.backup.keys_inside import keys_for_here, seal_keys
from timeflow.lib.backup.making import add_to_list, drop_old
from timeflow.lib.keys import fresh_key_set, parse_key_set
from timeflow.lib.version import VERSION
from timeflow.tests.recovering import make, said

PASSPHRASE = "a passphrase of some length"


@pytest.fixture
def archive(transactional_db, tmp_path):
    return make(tmp_path)


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_its_owner_may_read_it_and_what_lies_beside_it(archive):
    assert mode(archive) == 0o600
    assert mode(archive.with_name("erased-accounts.txt")) == 0o600
    assert {path.name for path in archive.parent.iterdir()} == {archive.name, "erased-accounts.txt"}


def test_a_bit_that_changed_anywhere_is_found_or_changes_nothing(archive):
    whole = archive.read_bytes()
    with Archive(archive) as opened:
        manifest, database = opened.manifest, opened.read(DATABASE)
    pick = random.Random(7)
    found = 0
    for _ in range(60):
        place = pick.randrange(len(whole))
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << pick.randrange(8)]) + whole[place + 1 :])
        try:
            with Archive(archive) as opened:
                opened.verify()
                assert (opened.manifest, opened.read(DATABASE)) == (manifest, database)
        except BackupRefused:
            found += 1
    assert found > 50


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_file_that_ends_too_early_is_damaged(archive, share):
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(Damaged):
        Archive(archive)


def test_a_zip_of_something_else_is_no_backup(tmp_path):
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("letter.txt", "Dear Jonas")
    with pytest.raises(Damaged, match="no backup of TimeFlow"):
        Archive(other)
    with pytest.raises(BackupRefused, match="cannot be read: No such file"):
        Archive(tmp_path / "nothing.zip")


def test_a_file_that_could_not_be_finished_is_not_there(tmp_path):
    with pytest.raises(ZeroDivisionError), new_file(tmp_path / "made") as file:
        file.write(bytes(1 // 0))
    assert not list(tmp_path.iterdir())


def test_who_reads_a_backup_keeps_their_own_errors(archive):
    """A disk that is full while a backup is played back is no damage of the backup."""
    with pytest.raises(RuntimeError, match="mine"), Archive(archive) as opened, opened.open(DATABASE):
        raise RuntimeError("mine")


def test_what_a_backup_that_was_killed_left_goes_with_the_next_one(transactional_db, tmp_path):
    now = time.time()
    names = [".timeflow-20260423T030000Z.zip.77", ".copy.77", ".copy.77-journal", ".erased-accounts.txt.new.77"]
    for name in [*names, ".mine.77", "timeflow-20260423T030000Z.zip"]:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (now - 3700, now - 3700))
    written_now = tmp_path / ".timeflow-20260424T030000Z.zip.78"
    written_now.touch()
    made = make(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {".mine.77", "timeflow-20260423T030000Z.zip", written_now.name, "erased-accounts.txt", made.name}


def test_a_name_that_is_taken_keeps_what_it_has(tmp_path):
    (tmp_path / "made").write_text("former")
    with pytest.raises(BackupRefused, match="is there already"), new_file(tmp_path / "made") as file:
        file.write(b"new")
    assert (tmp_path / "made").read_text() == "former"
    assert len(list(tmp_path.iterdir())) == 1


def test_where_there_is_no_room_nothing_is_begun(transactional_db, tmp_path, monkeypatch):
    real = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: real._replace(free=1000))
    with pytest.raises(CommandError, match="has room for 1,000 bytes, and this needs up to"):
        make(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_not_made(db, tmp_path):
    with pytest.raises(CommandError, match="is not a folder"):
        said("backup", "--to", tmp_path / "mount")


def test_the_newest_backups_are_kept_and_nothing_else_is_touched(tmp_path):
    names = [f"timeflow-2026042{day}T081500Z.zip" for day in (1, 3, 2)]
    for name in [*names, "holiday.zip", "timeflow-old.zip", "erased-accounts.txt"]:
        (tmp_path / name).touch()
    assert [path.name for path in drop_old(tmp_path, 2)] == [names[0]]
    assert len(list(tmp_path.iterdir())) == 5


def test_keep_takes_at_least_the_backup_that_is_made(db, tmp_path):
    with pytest.raises(CommandError, match="--keep takes 1 or more"):
        said("backup", "--to", tmp_path, "--keep", 0)


def test_whoever_is_on_the_list_of_the_erased_stays_on_it(tmp_path):
    kept = tmp_path / "erased"
    kept.write_text("a 2026-04-20\nb\n")
    add_to_list(kept, ["b", "c"])
    assert kept.read_text() == "a 2026-04-20\nb\nc\n"


def test_a_short_passphrase_is_refused_before_anything_is_made(transactional_db, tmp_path, settings):
    settings.BACKUP_PASSPHRASE = "short"
    with pytest.raises(CommandError, match="12 characters or more"):
        make(tmp_path, "--with-keys")
    assert not list(tmp_path.iterdir())


def test_keys_come_back_behind_those_that_are_there(settings):
    theirs, ours = (parse_key_set("FIELD_KEYS", fresh_key_set()) for _ in range(2))
    settings.FIELD_KEYS = theirs
    sealed = seal_keys([theirs.primary, "gone"], PASSPHRASE)
    settings.FIELD_KEYS = ours
    assert keys_for_here(sealed, PASSPHRASE) == f"{ours.written()},{theirs.written()}"


def test_a_key_of_the_same_name_is_not_mixed_up(settings):
    settings.FIELD_KEYS = parse_key_set("FIELD_KEYS", "k1=" + fresh_key_set().partition("=")[2])
    sealed = seal_keys(["k1"], PASSPHRASE)
    settings.FIELD_KEYS = parse_key_set("FIELD_KEYS", "k1=" + fresh_key_set().partition("=")[2])
    with pytest.raises(BackupRefused, match="another key of the name k1"):
        keys_for_here(sealed, PASSPHRASE)


@pytest.mark.parametrize("broken", [b"", b"{}", b"[]", b'{"scrypt": [2, 8, 1], "salt": "", "nonce": "", "sealed": ""}'])
def test_keys_that_were_tampered_with_do_not_open(broken):
    with pytest.raises(Damaged):
        keys_for_here(broken, PASSPHRASE)


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
