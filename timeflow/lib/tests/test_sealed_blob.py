"""A sealed value opens under its key and in its place, and in no other way."""

import dataclasses
import secrets

import pytest

from timeflow.lib.keys import KeySet
from timeflow.lib.sealed import Binding, Unreadable, key_id, open_sealed, seal

OLD, NEW = secrets.token_bytes(32), secrets.token_bytes(32)
KEYS = KeySet({"k2": NEW, "k1": OLD})
HERE = Binding("accounts.connection", "refresh_token", "row-1", "alice")
SECRET = b"1//refresh-token"


def test_what_is_sealed_opens_again_and_looks_different_each_time():
    blobs = {seal(SECRET, HERE, KEYS) for _ in range(50)}
    assert len(blobs) == 50
    assert {open_sealed(blob, HERE, KEYS) for blob in blobs} == {SECRET}
    assert all(SECRET not in blob and key_id(blob) == "k2" for blob in blobs)


@pytest.mark.parametrize("text", [b"", b"\0", "süß".encode(), bytes(range(256)) * 40])
def test_any_bytes_can_be_sealed(text):
    assert open_sealed(seal(text, HERE, KEYS), HERE, KEYS) == text


def test_an_older_key_of_the_set_still_opens():
    blob = seal(SECRET, HERE, KeySet({"k1": OLD}))
    assert open_sealed(blob, HERE, KEYS) == SECRET


def test_every_single_bit_counts():
    blob = seal(SECRET, HERE, KEYS)
    for bit in range(len(blob) * 8):
        flipped = bytearray(blob)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Unreadable):
            open_sealed(bytes(flipped), HERE, KEYS)


def test_a_value_that_is_cut_short_or_longer_does_not_open():
    blob = seal(SECRET, HERE, KEYS)
    for length in range(len(blob)):
        with pytest.raises(Unreadable):
            open_sealed(blob[:length], HERE, KEYS)
    with pytest.raises(Unreadable):
        open_sealed(blob + b"\0", HERE, KEYS)


@pytest.mark.parametrize("part", ["model", "column", "row", "owner"])
def test_a_value_does_not_open_in_another_place(part):
    blob = seal(SECRET, HERE, KEYS)
    with pytest.raises(Unreadable):
        open_sealed(blob, dataclasses.replace(HERE, **{part: "other"}), KEYS)


def test_places_that_read_alike_when_written_in_a_row_are_not_the_same():
    blob = seal(SECRET, Binding("a", "bc", "d", "e"), KEYS)
    with pytest.raises(Unreadable):
        open_sealed(blob, Binding("ab", "c", "d", "e"), KEYS)


def test_a_key_that_is_gone_or_another_of_the_same_name_does_not_open():
    blob = seal(SECRET, HERE, KEYS)
    for keys in (KeySet({"k1": OLD}), KeySet({"k2": OLD})):
        with pytest.raises(Unreadable):
            open_sealed(blob, HERE, keys)


def test_what_does_not_open_is_logged_by_key_and_row_only(caplog):
    blob = seal(SECRET, HERE, KeySet({"gone": OLD}))
    with pytest.raises(Unreadable):
        open_sealed(blob, HERE, KEYS)
    assert caplog.messages == ["A sealed value of accounts.connection row-1 (key gone) does not open."]


def test_nothing_is_sealed_without_the_primary_key():
    class Absent:
        primary = "k3"

        def get(self, kid):
            return None

    with pytest.raises(RuntimeError, match="not there"):
        seal(SECRET, HERE, Absent())
