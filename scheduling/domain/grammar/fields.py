"""Recognisers of what is no date: minutes, priority, labels, part of the day, splitting."""

import re

from scheduling.domain.grammar.dates import whole_number
from scheduling.domain.grammar.tokens import Match, Setting, Words
from timeflow.lib import bounds
from timeflow.lib.words import duration

PRIORITIES = {1: "urgent", 2: "normal", 3: "low", 4: "some day"}
PARTS_OF_DAY = ("morning", "afternoon", "evening")

_HOURS = re.compile(r"([0-9]{1,9})h(?:([0-5]?[0-9])(?:m|min)?)?\Z")
_DECIMAL_HOURS = re.compile(r"([0-9]{1,9}[.,][0-9]{1,2})(?:h|hr|hrs|hour|hours)\Z")
_CLOCK_HOURS = re.compile(r"([0-9]{1,9}):([0-5][0-9])h\Z")
_MINUTES = re.compile(r"([0-9]{1,9})(?:m|min|mins|minute|minutes)\Z")
_NUMBER = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,2})?\Z")
_HOUR_UNITS = frozenset({"h", "hr", "hrs", "hour", "hours"})
_MINUTE_UNITS = frozenset({"min", "mins", "minute", "minutes"})
_PHRASES = {
    "half an hour": 30,
    "half hour": 30,
    "an hour and a half": 90,
    "quarter of an hour": 15,
    "an hour": 60,
}
_LABEL = re.compile(r"""#(?:["“](?P<quoted>[^"“”]*)["”]|(?P<plain>\w[\w\-/&.+]*))[,;:.!?)]*\Z""")


def minutes(words: Words, index: int, _setting: Setting) -> Match | None:
    """ "30m", "1h30", "1.5h", "90 min", "2 hours 15 min", "half an hour", "for" before it or not.

    "in 2 hours" and "every 2 hours" say when, not how long, and stay in the title.
    """
    start = index + 1 if words[index] == "for" else index
    if words[index - 1] in {"in", "within", "every"}:
        return None
    found = _length(words, start)
    if not found:
        return None
    total, end = found
    return Match("minutes", index, end, {"minutes": total}, duration(total))


def minutes_error(total: int | None) -> str | None:
    """Why a task cannot take that long."""
    if total == 0:
        return "A task takes at least 1 minute."
    most = bounds.TASK_MINUTES.most
    if total and total > most:
        return f"A task takes at most {most:,} minutes, which are {duration(most)}."
    return None


def _length(words: Words, index: int) -> tuple[int, int] | None:
    for phrase, total in _PHRASES.items():
        end = words.starts(index, phrase)
        if end:
            return total, end
    hours = _hours(words, index)
    if hours:
        total, end = hours
        more = _minutes(words, end + 1 if words[end] == "and" else end) if total % 60 == 0 else None
        return (total + more[0], more[1]) if more else hours
    return _minutes(words, index)


def _hours(words: Words, index: int) -> tuple[int, int] | None:
    word = words[index]
    for pattern in (_HOURS, _CLOCK_HOURS):
        match = pattern.match(word)
        if match:
            return int(match[1]) * 60 + int(match[2] or 0), index + 1
    decimal = _DECIMAL_HOURS.match(word)
    if decimal:
        return _sixty(decimal[1]), index + 1
    if words[index + 1] in _HOUR_UNITS:
        if _NUMBER.match(word):
            return _sixty(word), index + 2
        if whole_number(word):
            return whole_number(word) * 60, index + 2
    return None


def _sixty(hours: str) -> int:
    return round(float(hours.replace(",", ".")) * 60)


def _minutes(words: Words, index: int) -> tuple[int, int] | None:
    match = _MINUTES.match(words[index])
    if match:
        return int(match[1]), index + 1
    if words[index + 1] in _MINUTE_UNITS:
        match = _MINUTES.match(words[index] + words[index + 1])
        total = int(match[1]) if match else whole_number(words[index])
        return (total, index + 2) if match or total else None
    return None


def priority(words: Words, index: int, _setting: Setting) -> Match | None:
    """ "!1" to "!4" and "p1" to "p4"; 1 is urgent."""
    word = words[index]
    if len(word) == 2 and word[0] in "!p" and word[1] in "1234":
        level = int(word[1])
        return Match("priority", index, index + 1, {"priority": level}, PRIORITIES[level])
    return None


def label(words: Words, index: int, _setting: Setting) -> Match | None:
    """ "#thesis", "#tiefe-arbeit", '#"big thing"'. It has a letter, so "#1" stays in the title."""
    match = _LABEL.match(words.tokens[index].text)
    if not match:
        return None
    name = " ".join((match["quoted"] or match["plain"] or "").rstrip(".").split())
    if len(name) > bounds.LABEL_NAME or not any(character.isalpha() for character in name):
        return None
    return Match("label", index, index + 1, {"label": name}, f"#{name}")


def part_of_day(words: Words, index: int, _setting: Setting) -> Match | None:
    """ "@morning", "@afternoon", "@evening": when one likes to do it."""
    word = words[index]
    if word[:1] == "@" and word[1:] in PARTS_OF_DAY:
        return Match("preferred", index, index + 1, {"preferred": word[1:]}, f"in the {word[1:]}")
    return None


def splitting(words: Words, index: int, _setting: Setting) -> Match | None:
    """ "split", where no plain word follows ("split the bill" is a title); "in one go" asks for the opposite."""
    if words[index] in {"split", "splittable", "@split"}:
        is_weak = words[index] == "split"
        fields = {"is_splittable": True}
        return Match("splittable", index, index + 1, fields, "may be split", is_weak=is_weak)
    end = words.starts(index, "in one go")
    return Match("splittable", index, end, {"is_splittable": False}, "in one go") if end else None
