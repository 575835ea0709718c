"""Identifiers: UUIDs of version 7, each greater than the one before."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from timeflow.lib.ids import as_id, new_id


def test_an_id_is_a_uuid_of_version_7_that_tells_when_it_was_made(time_machine):
    time_machine.move_to(1_800_000_000, tick=False)
    made = new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 >= 1_800_000_000_000


def test_ids_made_in_one_moment_are_in_the_order_of_their_making(time_machine):
    time_machine.move_to(4_000_000_000, tick=False)
    made = [new_id() for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == 2000


def test_a_clock_that_is_set_back_does_not_turn_the_order_round(time_machine):
    time_machine.move_to(5_000_000_000, tick=False)
    first = new_id()
    time_machine.move_to(1_800_000_000, tick=False)
    assert new_id() > first


def test_threads_never_get_the_same_id():
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id(), range(4000)))
    assert len(set(made)) == 4000


@pytest.mark.parametrize("text", ["", "x", None, 7, "01a211a5"])
def test_what_is_no_id_is_none(text):
    assert as_id(text) is None
