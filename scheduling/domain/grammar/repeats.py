"""Recognisers of recurrence: "every mon and wed at 9:00", "every 2 weeks on tue", "monthly", "on mondays"."""

import re
from collections.abc import Callable
from dataclasses import replace

from scheduling.domain.grammar.dates import WEEKDAYS, day_and_month, time_of_day, when, whole_number
from scheduling.domain.grammar.tokens import Match, Setting, Words
from scheduling.domain.recurrence import BadRecurrence, Rule, read
from scheduling.domain.recurrence import words as in_words
from timeflow.lib.words import minute_of_day

UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1,
}  # fmt: skip
NAMED = {
    "day": Rule("DAILY"),
    "weekday": Rule("WEEKLY", by_day=tuple((0, day) for day in range(5))),
    "workday": Rule("WEEKLY", by_day=tuple((0, day) for day in range(5))),
    "week": Rule("WEEKLY"),
    "fortnight": Rule("WEEKLY", interval=2),
    "weekend": Rule("WEEKLY", by_day=((0, 5), (0, 6))),
    "month": Rule("MONTHLY"),
    "quarter": Rule("MONTHLY", interval=3),
    "year": Rule("YEARLY"),
}
ADVERBS = {
    "daily": NAMED["day"], "weekly": NAMED["week"], "biweekly": NAMED["fortnight"],
    "fortnightly": NAMED["fortnight"], "monthly": NAMED["month"], "quarterly": NAMED["quarter"],
    "yearly": NAMED["year"], "annually": NAMED["year"],
}  # fmt: skip
PARTS = {"morning": "morning", "afternoon": "afternoon", "evening": "evening", "night": "evening"}

_NTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)\Z")
_OF_THE_MONTH = ("of the month", "of each month", "of every month", "of month")
_AND = frozenset({"and", "&", "+"})

Pattern = tuple[Rule, int]


def repeat(words: Words, index: int, setting: Setting) -> Match | None:
    """A recurrence with its time of day and its end ("until 24 dec", "5 times"), when they stand right behind it."""
    found = _pattern(words, index, setting)
    if not found:
        return None
    rule, end, fields, is_weak = found
    clock = time_of_day(words, end)
    if clock:
        fields["minute"], end = clock
    rule, end = _ending(words, end, rule, setting)
    try:
        said = in_words(str(read(str(rule))))
    except BadRecurrence:
        return None
    if clock:
        said += f", {minute_of_day(clock[0], setting.clock)}"
    if "preferred" in fields:
        said += f", in the {fields['preferred']}"
    fields["recurrence"] = str(rule)
    return Match("recurrence", index, end, fields, said, is_weak=is_weak and end == index + 1)


def _pattern(words: Words, index: int, setting: Setting) -> tuple[Rule, int, dict[str, object], bool] | None:
    word = words[index]
    if word in {"every", "each"}:
        if words[index + 1] in PARTS:
            return Rule("DAILY"), index + 2, {"preferred": PARTS[words[index + 1]]}, False
        for recognise in (_ordinal, _other, _days_of_month, _date_of_year, _weekdays, _unit):
            found = recognise(words, index + 1, setting)
            if found:
                return *found, {}, False
    if word in ADVERBS:
        return *_on(words, index + 1, ADVERBS[word], setting), {}, True
    place = index + 1 if word == "on" else index
    if words[place] == "weekdays":
        return NAMED["weekday"], place + 1, {}, place == index
    if words[place] not in WEEKDAYS and words[place].removesuffix("s") in WEEKDAYS:
        listed = _weekdays(words, place, setting)
        if listed:
            return *listed, {}, place == index
    return None


def _ordinal(words: Words, index: int, _setting: Setting) -> Pattern | None:
    """ "first monday", "last day of the month", "2nd tuesday of the month"; "second day" is every other one."""
    ordinal, weekday = ORDINALS.get(words[index]), WEEKDAYS.get(words[index + 1])
    if ordinal is None:
        return None
    end = _past(words, index + 2, _OF_THE_MONTH)
    if weekday is not None:
        if ordinal == 2 and end == index + 2:
            return Rule("WEEKLY", interval=2, by_day=((0, weekday),)), end
        return Rule("MONTHLY", by_day=((ordinal, weekday),)), end
    if words[index + 1] == "day" and (end > index + 2 or ordinal == -1):
        return Rule("MONTHLY", by_month_day=(ordinal,)), end
    frequency = UNITS.get(words[index + 1])
    return (Rule(frequency, interval=ordinal), index + 2) if frequency and ordinal > 1 else None


def _past(words: Words, index: int, phrases: tuple[str, ...]) -> int:
    """The index after one of `phrases`, or `index` itself."""
    return max(words.starts(index, phrase) for phrase in phrases) or index


def _other(words: Words, index: int, setting: Setting) -> Pattern | None:
    if words[index] != "other":
        return None
    found = _weekdays(words, index + 1, setting) or _unit(words, index + 1, setting)
    return (replace(found[0], interval=2), found[1]) if found and found[0].interval == 1 else None


def _days_of_month(words: Words, index: int, _setting: Setting) -> Pattern | None:
    """ "1st", "1st and 15th", "15th of the month"."""
    listed = _listed(words, index, _nth)
    if not listed:
        return None
    days, end = listed
    return Rule("MONTHLY", by_month_day=tuple(sorted(days))), _past(words, end, _OF_THE_MONTH)


def _nth(word: str) -> set[int]:
    match = _NTH.match(word)
    return {int(match[1])} if match else set()


def _date_of_year(words: Words, index: int, setting: Setting) -> Pattern | None:
    """ "24 dec"."""
    found = day_and_month(words, index, setting)
    if not found:
        return None
    return Rule("YEARLY", by_month=(found.first.month,), by_month_day=(found.first.day,)), found.end


def _weekdays(words: Words, index: int, _setting: Setting) -> Pattern | None:
    """ "mon", "mon,wed", "mon, wed and fri", "mon-fri", "mondays"."""
    listed = _listed(words, index, _weekday_names)
    if not listed:
        return None
    return Rule("WEEKLY", by_day=tuple((0, day) for day in sorted(listed[0]))), listed[1]


def _listed(words: Words, index: int, named: Callable[[str], set[int]]) -> tuple[set[int], int] | None:
    """What the words from `index` on name, joined by commas or "and", and the index after them."""
    found, end = named(words[index]), index + 1
    if not found:
        return None
    while end < len(words):
        place = end + 1 if words[end] in _AND else end
        is_joined = place > end or words.tokens[end - 1].text.endswith(",")
        more = named(words[place]) if is_joined else set()
        if not more:
            break
        found, end = found | more, place + 1
    return found, end


def _weekday_names(word: str) -> set[int]:
    first, dash, last = word.replace("–", "-").partition("-")
    if dash and first in WEEKDAYS and last in WEEKDAYS:
        start, length = WEEKDAYS[first], (WEEKDAYS[last] - WEEKDAYS[first]) % 7
        return {(start + step) % 7 for step in range(length + 1)}
    days = [WEEKDAYS.get(part, WEEKDAYS.get(part.removesuffix("s"))) for part in word.split(",")]
    return {day for day in days if day is not None} if None not in days else set()


def _unit(words: Words, index: int, setting: Setting) -> Pattern | None:
    """ "day", "2 weeks", "month on the 5th", "2 weeks on mon,wed"."""
    number = whole_number(words[index]) if words[index] not in {"a", "an"} else 0
    unit = words[index + 1].removesuffix("s") if number else words[index]
    rule = NAMED.get(unit)
    if rule is None:
        return None
    if not number:
        return _on(words, index + 1, rule, setting)
    if unit not in UNITS or number > 999:
        return None
    return _on(words, index + 2, replace(rule, interval=number), setting)


def _on(words: Words, index: int, rule: Rule, setting: Setting) -> Pattern:
    """The rule with the days that an "on …" behind it names, where there is one that fits."""
    if words[index] != "on" or rule.by_day:
        return rule, index
    place = index + 2 if words[index + 1] == "the" else index + 1
    found = None
    if rule.frequency == "WEEKLY":
        found = _weekdays(words, place, setting)
    elif rule.frequency == "MONTHLY":
        found = _ordinal(words, place, setting) or _days_of_month(words, place, setting)
    elif rule.frequency == "YEARLY":
        found = _date_of_year(words, place, setting)
    if not found or found[0].frequency != rule.frequency:
        return rule, index
    return replace(found[0], interval=rule.interval), found[1]


def _ending(words: Words, index: int, rule: Rule, setting: Setting) -> Pattern:
    if words[index] in {"until", "till"}:
        found = when(words, index + 1, setting, with_time_alone=False)
        if found and found.minute is None:
            return replace(rule, until=found.days.last), found.end
    place = index + 1 if words[index] == "for" else index
    times = whole_number(words[place])
    if times and words[place + 1] == "times":
        return replace(rule, count=times), place + 2
    return rule, index
