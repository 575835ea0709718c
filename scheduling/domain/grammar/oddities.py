"""Words that stay in the title although they look like a length, a time or a date: most likely a slip of the hand."""

import re
from collections.abc import Iterator, Sequence

from scheduling.domain.grammar.dates import MONTHS, time_of_day
from scheduling.domain.grammar.tokens import Match, Setting, Words

MOST_SAID = 2

_CLOCK = re.compile(r"@?[0-9]{1,3}(?::[0-9]{1,3}(?:am|pm)?|am|pm)\Z")
_LENGTH = re.compile(r"[-+]?[0-9]+(?:[.,:][0-9]+)?(?:m|mn|min|mins|minutes?|h|hrs?|hours?)[0-9]*\Z")
_ISO = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\Z")
_DAY = re.compile(r"[0-9]{1,2}(?:st|nd|rd|th)?\Z")
# "call in 2h" says when, and "every 2h" how often.
NOT_BEFORE_A_LENGTH = frozenset({"in", "within", "every"})


def oddities(words: Words, matches: Sequence[Match], setting: Setting) -> tuple[str, ...]:
    """A sentence for each such word that no match covers, the first two of them."""
    covered = {index for match in matches for index in range(match.start, match.end)}
    said = _said(words, [index for index in range(len(words)) if index not in covered], setting)
    return tuple(sentence for sentence, _ in zip(said, range(MOST_SAID), strict=False))


def _said(words: Words, places: Sequence[int], setting: Setting) -> Iterator[str]:
    for index in places:
        word = words[index]
        if _CLOCK.match(word):
            yield _of_clock(words, index)
        elif _LENGTH.match(word) and words[index - 1] not in NOT_BEFORE_A_LENGTH:
            yield f"“{word}” is no length, so it stays in the title. Write 45m or 1h30."
        elif _ISO.match(word):
            yield f"“{word}” is no date, so it stays in the title."
        elif _DAY.match(word) and words[index + 1] in MONTHS and words[index + 1] != "may":
            yield f"“{word} {words[index + 1]}” is no date, so it stays in the title."


def _of_clock(words: Words, index: int) -> str:
    word = words[index].removeprefix("@")
    if time_of_day(words, index):
        return f"“{word}” stays in the title. If it is due today at that time, write “at {word}”."
    return f"“{word}” is no time of day, so it stays in the title."
