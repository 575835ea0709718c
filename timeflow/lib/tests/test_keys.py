"""Sets of keys: what is accepted, and that a refusal names the variable and shows nothing of it."""

import base64

import pytest

from timeflow.lib.keys import KeyFault, KeySet, fresh_key_set, parse_key_set, with_fresh_key


def encoded(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


ONE, TWO = bytes(range(32)), bytes(range(32, 64))
A, B = encoded(ONE), encoded(TWO)
# The last character holds four bits of the key: with other low bits it is another spelling of the same one.
LOOSE = A[:-1] + {"A": "B", "E": "F", "I": "J", "M": "N"}.get(A[-1], chr(ord(A[-1]) + 1))


def test_the_first_key_is_the_primary_one_and_all_are_there():
    keys = parse_key_set("FIELD_KEYS", f"k2026b={A}, k2026a={B}=\n")
    assert (keys.primary, keys.ids) == ("k2026b", ("k2026b", "k2026a"))
    assert (keys.get("k2026b"), keys.get("k2026a"), keys.get("k2025")) == (ONE, TWO, None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not written as"),
        (A, "not written as"),
        (f"={A}", "not written as"),
        (f"k 1={A}", "not written as"),
        (f"k1={A},", "not written as"),
        (f"{'k' * 33}={A}", "not written as"),
        (f"ké={A}", "not written as"),
        ("k1=", "does not hold a key"),
        (f"k1={A[:-2]}", "does not hold a key"),
        (f"k1={A}AA", "does not hold a key"),
        (f"k1={A}==", "does not hold a key"),
        (f"k1={A[:-1]}!", "does not hold a key"),
        (f"k1={LOOSE}", "does not hold a key"),
        (f"k1={encoded(bytes(32))}", "not random"),
        (f"k1={A},k1={B}", "id of an earlier entry"),
        (f"k1={A},k2={A}", "repeats the key"),
    ],
)
def test_anything_else_is_refused_in_one_sentence_that_shows_no_key(text, fault):
    with pytest.raises(KeyFault, match=fault) as refused:
        parse_key_set("FIELD_KEYS", text)
    words = str(refused.value)
    assert "FIELD_KEYS" in words
    assert A[:8] not in words
    assert B[:8] not in words
    assert ". " not in words


def test_a_set_shows_its_ids_only():
    keys = parse_key_set("JWT_KEYS", f"k1={A}")
    assert A not in f"{keys} {keys!r}"
    assert "k1" in repr(keys)


def test_a_fresh_key_comes_in_front_of_the_present_ones():
    present = parse_key_set("FIELD_KEYS", fresh_key_set())
    rotated = parse_key_set("FIELD_KEYS", with_fresh_key(present).written())
    assert rotated.ids[1:] == present.ids
    assert rotated.get(present.primary) == present.get(present.primary)
    assert rotated.primary != present.primary


def test_no_two_fresh_keys_share_their_id():
    assert len({with_fresh_key(KeySet({})).primary for _ in range(100)}) == 100
