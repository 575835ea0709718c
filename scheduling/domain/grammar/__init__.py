"""The fast-entry grammar: one line such as "report 2h !1 fri #thesis" as a task.

What is understood (words in any case, in any order, a comma behind them goes with them):

- length: 30m · 1h30 · 1.5h · 90 min · 2 hours 15 min · half an hour, "for" before it or not
- priority: !1 (urgent) to !4 (some day), p1 to p4
- due: today · tonight · tomorrow · yesterday · fri · friday · this fri · next friday · in 3 days · in 2 weeks ·
  24 dec · dec 24 · 24th of december · 24.12. · 2026-12-24 · this week · next week · end of month, alone or after by,
  due, on, for, until, before; with a time ("fri 17:00", "5pm on fri", "fri noon") or a part of the day ("fri evening");
  "at 5pm" is today
- earliest start: from mon · after mon (Tuesday) · starting 24 dec · not before 9:00
- recurrence: every day · every weekday · every mon,wed · every mon-fri · every other tuesday · every 2 weeks on mon ·
  every month on the 5th · every 1st and 15th · every first monday · every 24 dec · daily · weekly · monthly · yearly ·
  on mondays; then perhaps a time, "until 24 dec" or "5 times". Without a due its first date is the due
- labels: #thesis · #"big thing"
- wishes: @morning · @afternoon · @evening · split · in one go

What stays in the title, untouched and in order:

- text in quotes; the quotes go only if something inside would have been understood
- a month without a day of the month ("may", "march of the penguins"), 24/12, 24.12, "2 of march", "at 5", #1
- "sat", "sun", "split", "weekly" and their like where a plain word follows ("sat on the fence", "split the bill",
  "weekly report"); a weekday after an article, "good", "black" or "last"
- whatever is said twice: of several dues, lengths or priorities "by", "due" and "until" win over a bare date, then the
  last one said

A weekday is the next one after today: on a Friday "fri" is in a week, "this fri" is today. "next fri" is the Friday of
next week, where weeks begin as the person has it. Dates without a time stay dates.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.domain.grammar import fields, repeats, times
from scheduling.domain.grammar.oddities import oddities
from scheduling.domain.grammar.tokens import Match, Recogniser, Setting, Token, Words, tokens
from scheduling.domain.recurrence import Rule, first_occurrence, read
from timeflow.lib import bounds
from timeflow.lib.time import local_date

NO_TITLE = "Say what is to be done; there is no title left."

# Tried in this order at every word; the first that understands something there is taken.
RECOGNISERS: tuple[Recogniser, ...] = (
    fields.label,
    fields.priority,
    fields.part_of_day,
    fields.splitting,
    repeats.repeat,
    times.start,
    times.due,
    fields.minutes,
)


@dataclass(frozen=True, slots=True)
class Chip:
    """Something understood: its kind, where it stands in the text [start, end), and how people say it.

    Kinds: minutes, priority, due, start, recurrence, label, preferred, splittable.
    """

    kind: str
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class QuickEntry:
    """What a line says. A due or earliest start is a local date, or an instant in UTC; what was not said is None.

    The title is the text without `removed` (the chips' spans and the quotes that protected something), its white space
    collapsed. With an `error` nothing may be made of the line; `warnings` are sentences about what looks wrong.
    """

    title: str
    minutes: int | None = None
    priority: int | None = None
    due: date | datetime | None = None
    earliest: date | datetime | None = None
    labels: tuple[str, ...] = ()
    recurrence: str | None = None
    is_splittable: bool | None = None
    preferred: str | None = None
    chips: tuple[Chip, ...] = ()
    removed: tuple[tuple[int, int], ...] = ()
    warnings: tuple[str, ...] = ()
    error: str | None = None


def parse(text: str, *, today: date, tz: ZoneInfo, week_start: int, clock: str) -> QuickEntry:
    """Read a line against the person's date, zone, first weekday (Monday 0) and clock ("12" or "24").

    Never raises; deterministic; linear in the length of the text, which counts up to `bounds.LINE` characters.
    """
    if len(text) > bounds.LINE:
        return QuickEntry(title="", error=f"A line has at most {bounds.LINE:,} characters.")
    setting = Setting(today, tz, week_start, clock)
    words = Words(tokens(text))
    all_matches = _matches(words, setting)
    matches = _chosen(all_matches)
    chips = tuple(_chip(match, words.tokens) for match in matches)
    removed = sorted([(chip.start, chip.end) for chip in chips] + _protecting_quotes(words.tokens, setting))
    title = _without(text, removed)
    found = _fields(matches, setting)
    return QuickEntry(
        title=title,
        chips=chips,
        removed=tuple(removed),
        warnings=(*_warnings(matches, found, setting), *oddities(words, all_matches, setting)),
        error=_title_error(title) or fields.minutes_error(found.get("minutes")),
        **found,
    )


def _matches(words: Words, setting: Setting) -> list[Match]:
    """Everything understood, without overlaps. Found from the end, so that a weak one knows what follows it."""
    best: list[Match | None] = [None] * (len(words) + 1)
    for index in range(len(words) - 1, -1, -1):
        for recognise in RECOGNISERS:
            match = recognise(words, index, setting)
            if match and not (match.is_weak and match.end < len(words) and best[match.end] is None):
                best[index] = match
                break
    found, index = [], 0
    while index < len(words):
        match = best[index]
        if match:
            found.append(match)
        index = match.end if match else index + 1
    return found


def _chosen(matches: list[Match]) -> list[Match]:
    """All labels, and of every other kind the match of highest rank, the last of those."""
    winner: dict[str, Match] = {}
    for match in matches:
        if match.kind not in winner or match.rank >= winner[match.kind].rank:
            winner[match.kind] = match
    return [match for match in matches if match.kind == "label" or winner[match.kind] is match]


def _chip(match: Match, all_tokens: list[Token]) -> Chip:
    return Chip(match.kind, all_tokens[match.start].start, all_tokens[match.end - 1].end, match.words)


def _protecting_quotes(all_tokens: list[Token], setting: Setting) -> list[tuple[int, int]]:
    """The quote marks around text that would have been understood without them."""
    marks = []
    for token in all_tokens:
        if token.is_quoted and _matches(Words(tokens(token.text[1:-1])), setting):
            marks += [(token.start, token.start + 1), (token.end - 1, token.end)]
    return marks


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    kept, place = [], 0
    for start, end in spans:
        kept.append(text[place:start])
        place = end
    return " ".join("".join([*kept, text[place:]]).split())


def _fields(matches: list[Match], setting: Setting) -> dict[str, Any]:
    """What the matches say, field by field. What was said on purpose wins over what a date phrase implies."""
    said: dict[str, Any] = {}
    for kind in ("due", "recurrence", "start", "preferred", "minutes", "priority", "splittable"):
        for match in matches:
            if match.kind == kind:
                said.update((name, value) for name, value in match.fields.items())
    names = [str(match.fields["label"]) for match in matches if match.kind == "label"]
    said["labels"] = tuple({name.casefold(): name for name in reversed(names)}.values())[::-1]
    minute, until = said.pop("minute", None), said.pop("until", None)
    if "recurrence" in said:
        rule = read(said["recurrence"])
        if until and not rule.count and not rule.until:
            rule = replace(rule, until=until)
            said.update(recurrence=str(rule), due=None)
        said["due"] = _first_due(said, rule, minute, setting)
    return said


def _first_due(said: dict[str, Any], rule: Rule, minute: int | None, setting: Setting) -> date | datetime | None:
    """The due that was said, else the recurrence's first date from today and the earliest start on."""
    due = said.get("due")
    if due is None:
        due = first_occurrence(rule, max(_day(said.get("earliest"), setting) or setting.today, setting.today))
    if due is None or isinstance(due, datetime):
        return due
    return times.moment(due, minute, setting)


def _warnings(matches: list[Match], found: dict[str, Any], setting: Setting) -> tuple[str, ...]:
    warnings = [match.warning for match in matches if match.warning]
    due, earliest = (_day(found.get(name), setting) for name in ("due", "earliest"))
    if due is None and found.get("recurrence"):
        warnings.append("It is over before it begins.")
    if due and due < setting.today:
        warnings.append("It is due on a day that has passed.")
    if due and earliest and due < earliest:
        warnings.append("It is due before it may start.")
    return tuple(warnings)


def _day(at: date | datetime | None, setting: Setting) -> date | None:
    return local_date(at, setting.tz) if isinstance(at, datetime) else at


def _title_error(title: str) -> str | None:
    if not title:
        return NO_TITLE
    return f"A title has at most {bounds.TITLE} characters." if len(title) > bounds.TITLE else None
