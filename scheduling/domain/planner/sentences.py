"""Reasons and consequences as one plain sentence for people."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.domain.planner.problem import Consequences, Reason
from timeflow.lib.time import from_minutes, local_date

ZoneOn = Callable[[date], ZoneInfo]

INSTANTS = frozenset({"due", "limit", "horizon_end", "earliest_start"})
SPANS = frozenset({"block", "event", "other"})
MOST_NAMES = 3
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def reason_sentence(
    reason: Reason,
    *,
    titles: Mapping[str, str],
    zone_on: ZoneOn,
    hour24: bool = True,
    today: date | None = None,
) -> str:
    """One sentence. `titles` maps ids to titles (an id without one stands for itself); within a week of `today` a
    day is named by its weekday, otherwise by its date."""
    say = _Speech(titles, zone_on, hour24, today)
    return _SENTENCES[reason.code](say, reason.facts)


def duration(minutes: int) -> str:
    """45 min, 2 h, 2 h 15."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


class _Speech:
    """How this person reads names and times."""

    def __init__(self, titles: Mapping[str, str], zone_on: ZoneOn, hour24: bool, today: date | None) -> None:
        self.titles, self.zone_on, self.hour24, self.today = titles, zone_on, hour24, today

    def local(self, minute: int) -> datetime:
        instant = from_minutes(minute)
        return instant.astimezone(self.zone_on(local_date(instant, self.zone_on(instant.date()))))

    def clock(self, moment: datetime) -> str:
        if self.hour24:
            return f"{moment:%H:%M}"
        half = "am" if moment.hour < 12 else "pm"
        return f"{moment.hour % 12 or 12}:{moment:%M} {half}"

    def day(self, moment: datetime) -> str:
        weekday = WEEKDAYS[moment.weekday()]
        if self.today is not None and 0 <= (moment.date() - self.today).days < 7:
            return weekday
        return f"{weekday} {moment.day} {MONTHS[moment.month - 1]}"

    def at(self, minute: int) -> str:
        moment = self.local(minute)
        return f"{self.day(moment)} {self.clock(moment)}"

    def stretch(self, span: Sequence[int]) -> str:
        return f"{self.at(span[0])}–{self.clock(self.local(span[1]))}"

    def title(self, owner: str) -> str:
        return f"“{self.titles.get(owner, owner)}”"

    def names(self, owners: Sequence[str]) -> str:
        """Up to three titles, and how many more there are."""
        shown = [self.title(owner) for owner in owners[:MOST_NAMES]]
        more = len(owners) - len(shown)
        if more:
            return f"{', '.join(shown)} and {more} more"
        return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


Facts = Mapping[str, Any]


def _cycle(say: _Speech, facts: Facts) -> str:
    if len(facts["tasks"]) == 1:
        return "It waits for itself."
    return f"{say.names(facts['tasks'])} wait for each other."


def _unscheduled(say: _Speech, facts: Facts) -> str:
    verb = "is" if len(facts["tasks"]) == 1 else "are"
    return f"It waits for {say.names(facts['tasks'])}, which {verb} not wholly planned."


def _pin(say: _Speech, facts: Facts) -> str:
    block = say.stretch(facts["block"])
    if "event" in facts:
        return f"Its fixed block {block} overlaps an event at {say.stretch(facts['event'])}."
    if "predecessor" in facts:
        return f"Its fixed block {block} begins before {say.title(facts['predecessor'])} is done."
    return f"Its fixed block {block} overlaps a fixed block of {say.title(facts['task'])}."


def _not_chosen(_say: _Speech, _facts: Facts) -> str:
    return "It was not part of this plan."


def _overdue(say: _Speech, facts: Facts) -> str:
    return f"It was due {say.at(facts['due'])}, which is over."


def _start_after_due(say: _Speech, facts: Facts) -> str:
    return f"It may start {say.at(facts['earliest_start'])} at the earliest, but is due {say.at(facts['due'])}."


def _no_hours(say: _Speech, facts: Facts) -> str:
    return f"There are no working hours before {say.at(facts['horizon_end'])}."


def _hard(say: _Speech, facts: Facts) -> str:
    needs, due = duration(facts["needs_minutes"]), say.at(facts["due"])
    if facts["free_minutes"] < facts["needs_minutes"] or facts["splittable"]:
        return f"It needs {needs}, but only {duration(facts['free_minutes'])} are free before {due}."
    return f"It needs {needs} in one piece; the longest gap before {due} is {_gap(facts)}."


def _no_gap(say: _Speech, facts: Facts) -> str:
    if not facts["longest_gap_minutes"]:
        return f"There is no free gap before {say.at(facts['limit'])}; it needs {duration(facts['needs_minutes'])}."
    return f"Longest gap before {say.at(facts['limit'])} is {_gap(facts)}, it needs {duration(facts['needs_minutes'])}."


def _gap(facts: Facts) -> str:
    return duration(facts["longest_gap_minutes"])


def _free(say: _Speech, facts: Facts) -> str:
    return (
        f"It needs {duration(facts['needs_minutes'])}, "
        f"but only {duration(facts['free_minutes'])} can be used before {say.at(facts['due'])}."
    )


def _horizon(say: _Speech, facts: Facts) -> str:
    return (
        f"It needs {duration(facts['needs_minutes'])}, "
        f"but only {duration(facts['free_minutes'])} can be used before {say.at(facts['horizon_end'])}."
    )


def _daily(say: _Speech, facts: Facts) -> str:
    limits = [value for value in (facts["daily_max_minutes"], facts["max_per_day"]) if value is not None]
    return f"The daily maximum of {duration(min(limits))} leaves no room for it before {say.at(facts['limit'])}."


def _taken(say: _Speech, facts: Facts) -> str:
    if not facts["tasks"]:
        return f"Being on time by {say.at(facts['limit'])} would cost more than it gains."
    verb = "holds" if len(facts["tasks"]) == 1 else "hold"
    return (
        f"{say.names(facts['tasks'])} {verb} {duration(facts['minutes'])} before {say.at(facts['limit'])}, "
        f"and it needs {duration(facts['needs_minutes'])}."
    )


_SENTENCES: dict[str, Callable[[_Speech, Facts], str]] = {
    "DEPENDENCY_CYCLE": _cycle,
    "DEPENDENCY_UNSCHEDULED": _unscheduled,
    "PIN_CONFLICT": _pin,
    "NOT_CHOSEN": _not_chosen,
    "OVERDUE": _overdue,
    "START_AFTER_DUE": _start_after_due,
    "NO_WORKING_HOURS": _no_hours,
    "HARD_DUE_IMPOSSIBLE": _hard,
    "NO_GAP_LONG_ENOUGH": _no_gap,
    "NOT_ENOUGH_FREE_TIME": _free,
    "BEYOND_HORIZON": _horizon,
    "DAILY_MAXIMUM": _daily,
    "CAPACITY_TAKEN_BY": _taken,
}


def consequence_sentence(
    what_if: Consequences,
    *,
    titles: Mapping[str, str],
    zone_on: ZoneOn,
    hour24: bool = True,
    today: date | None = None,
    subject: str | None = None,
) -> str:
    """The price of a yes in one sentence: "“Report” slips to Friday; two blocks move." `subject` is the id that the
    person is editing: its own block is not counted as moved."""
    say = _Speech(titles, zone_on, hour24, today)
    parts = [_slip(say, slip.id, slip) for slip in what_if.slips[:2]]
    if len(what_if.slips) > 2:
        parts.append(f"{_count(len(what_if.slips) - 2, 'more task')} {'slips' if len(what_if.slips) == 3 else 'slip'}")
    moved = sum(block.task != subject for block in what_if.moved)
    if moved:
        parts.append(f"{_count(moved, 'block')} {'moves' if moved == 1 else 'move'}")
    if not parts:
        return "Nothing else moves."
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _slip(say: _Speech, owner: str, slip: Any) -> str:
    after = slip.after
    title = say.title(owner)
    if after.status == "unscheduled":
        return f"{title} no longer fits" if slip.before else f"{title} does not fit"
    if after.status == "partial":
        return f"{title} keeps {duration(after.placed_minutes)} of {duration(after.asked_minutes)}"
    end = say.local(after.last_end)
    was = say.local(slip.before.last_end) if slip.before and slip.before.last_end else None
    place = say.clock(end) if was and was.date() == end.date() else say.day(end)
    late = f", {duration(after.late_minutes)} late" if after.late_minutes else ""
    return f"{title} slips to {place}{late}"


def _count(number: int, noun: str) -> str:
    name = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{name} {noun}{'' if number == 1 else 's'}"
