"""Partial answers: `fields=items(id,start/dateTime),nextPageToken` leaves out all else."""

import re
from collections.abc import Iterator
from typing import Any

from timeflow.fakes.google.exchange import invalid

# What is wanted of each name: all of it, or only what is named below it.
Wanted = dict[str, "Wanted"]
ALL = "*"


def part_of(answer: Any, written: str) -> Any:
    """What is named and is not there is left out silently. Raises `Refused` for what cannot be read."""
    words = iter(re.findall(r"[\w*]+|[(),/]", written))
    wanted = _read(words)
    is_whole = next(words, None) is None and written.count("(") == written.count(")")
    if not wanted or not is_whole or re.search(r"[^\w*(),/]", written):
        raise invalid("Invalid field selection", "parameter fields")
    return _cut(answer, wanted)


def _read(words: Iterator[str]) -> Wanted:
    """Up to the end or the bracket that closes."""
    found: Wanted = {}
    here, word = found, ""
    for word in words:
        if word == ")":
            break
        if word == ",":
            here = found
        elif word == "(":
            here.update(_read(words))
        elif word != "/":
            here = here.setdefault(word, {})
    return found


def _cut(answer: Any, wanted: Wanted) -> Any:
    if not wanted or ALL in wanted:
        return answer
    if isinstance(answer, list):
        return [_cut(one, wanted) for one in answer]
    if not isinstance(answer, dict):
        return answer
    return {name: _cut(answer[name], below) for name, below in wanted.items() if name in answer}
