"""Recognisers of when a task is due and when it may start."""

from datetime import date, datetime, timedelta

from scheduling.domain.grammar.dates import Days, When, when
from scheduling.domain.grammar.fields import PARTS_OF_DAY
from scheduling.domain.grammar.tokens import Match, Setting, Words
from timeflow.lib.time import edge
from timeflow.lib.words import day, minute_of_day

DUE = ("due by", "due on", "due before", "due", "by", "before", "until", "till", "on", "for")
# After these a time of day alone is a due; "on 5pm" and "for 5pm" are nothing.
TAKE_A_TIME = frozenset({"due by", "due before", "due", "by", "before", "until", "till"})
UNTIL = frozenset({"until", "till"})
START = ("not before", "starting from", "starting on", "starting", "from", "after")


def due(words: Words, index: int, setting: Setting) -> Match | None:
    """ "fri", "by fri 17:00", "due tomorrow", "at 5pm", "next week", "tonight", "fri evening".

    Days alone mean by their end. A stretch without a word before it ("next week") is also when the task may start.
    "until" fills `until` too: to a recurrence it is the end and not a due.
    """
    evening = _today_at(words, index, setting)
    if evening:
        return evening
    phrase, start = _phrase(words, index, DUE)
    found = when(words, start, setting, with_time_alone=phrase in TAKE_A_TIME)
    if not found:
        return None
    fields = _due_fields(phrase, found, setting)
    end = found.end
    if found.minute is None and words[end] in PARTS_OF_DAY and found.days.first == found.days.last:
        fields["preferred"] = words[end]
        end += 1
    is_weak = found.days.is_weak and not phrase and end == found.days.end
    rank = 1 if phrase in TAKE_A_TIME else 0
    return Match("due", index, end, fields, _said(fields, setting), rank=rank, is_weak=is_weak)


def start(words: Words, index: int, setting: Setting) -> Match | None:
    """ "from mon", "after mon" (from Tuesday on), "not before 9 dec", "after 17:00"."""
    phrase, place = _phrase(words, index, START)
    found = when(words, place, setting, with_time_alone=True) if phrase else None
    if not found:
        return None
    first = found.days.last + timedelta(days=1) if phrase == "after" and found.minute is None else found.days.first
    earliest = moment(first, found.minute, setting)
    return Match("start", index, found.end, {"earliest": earliest}, f"from {_name(earliest, setting)}")


def _phrase(words: Words, index: int, phrases: tuple[str, ...]) -> tuple[str, int]:
    for phrase in phrases:
        if phrase.startswith(words[index].rstrip(":") or " "):
            end = words.starts(index, phrase) or words.starts(index, f"{phrase}:")
            if end:
                return phrase, end
    return "", index


def _today_at(words: Words, index: int, setting: Setting) -> Match | None:
    """ "tonight", "this evening": due today, in that part of the day."""
    part = "evening" if words[index] == "tonight" else words[index + 1] if words[index] == "this" else ""
    if part not in PARTS_OF_DAY:
        return None
    end = index + (1 if words[index] == "tonight" else 2)
    fields: dict[str, object] = {"due": setting.today, "preferred": part}
    return Match("due", index, end, fields, _said(fields, setting))


def _due_fields(phrase: str, found: When, setting: Setting) -> dict[str, object]:
    stretch = found.days
    if phrase in {"before", "due before"} and found.minute is None:
        return {"due": stretch.first - timedelta(days=1)}
    if phrase in UNTIL and found.minute is None:
        return {"due": stretch.last, "until": stretch.last}
    if phrase in TAKE_A_TIME and stretch.first > setting.today:
        return {"due": moment(stretch.first, found.minute, setting)}
    fields: dict[str, object] = {"due": moment(stretch.last, found.minute, setting)}
    if _is_stretch(stretch) and stretch.first > setting.today:
        fields["earliest"] = stretch.first
    return fields


def _is_stretch(days: Days) -> bool:
    return days.first != days.last


def moment(on: date, minute: int | None, setting: Setting) -> date | datetime:
    """The date itself, or with a minute of the day the instant in UTC."""
    return on if minute is None else edge(on, minute, setting.tz)


def _said(fields: dict[str, object], setting: Setting) -> str:
    said = f"{'until' if 'until' in fields else 'due'} {_name(fields['due'], setting)}"
    if "earliest" in fields:
        said += f", from {_name(fields['earliest'], setting)}"
    if "preferred" in fields:
        said += f", in the {fields['preferred']}"
    return said


def _name(at: object, setting: Setting) -> str:
    """ "today", "Fri 27 November", "Fri 27 November 17:00"."""
    if isinstance(at, datetime):
        local = at.astimezone(setting.tz)
        return f"{day(local.date(), setting.today)} {minute_of_day(local.hour * 60 + local.minute, setting.clock)}"
    return day(at, setting.today) if isinstance(at, date) else ""
