"""Reasons as one plain sentence for people."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from scheduling.domain.planner.problem import Reason
from timeflow.lib.time import from_minutes
from timeflow.lib.words import PersonClock, duration, joined

INSTANTS = frozenset({"due", "limit", "horizon_end", "earliest_start"})
SPANS = frozenset({"block", "event", "other"})
MOST_NAMES = 3
ONE_MINUTE = timedelta(minutes=1)


def reason_sentence(reason: Reason, *, titles: Mapping[str, str], words: PersonClock) -> str:
    """One sentence. `titles` maps ids to titles (an id without one stands for itself)."""
    return _SENTENCES[reason.code](_Speech(titles, words), reason.facts)


class _Speech:
    """How this person reads names and times."""

    def __init__(self, titles: Mapping[str, str], words: PersonClock) -> None:
        self.titles, self.words = titles, words

    def at(self, minute: int) -> str:
        return self.words.moment(from_minutes(minute))

    def due(self, minute: int) -> str:
        """A due without a time ends with its date and goes by that: "Mon", else "Mon 17:00"."""
        return self.words.deadline(from_minutes(minute))

    def before(self, minute: int) -> str:
        """ "before Mon 17:00", "before the end of Mon"."""
        day = self._ends_with_day(minute)
        return f"before the end of {day}" if day else f"before {self.at(minute)}"

    def _ends_with_day(self, minute: int) -> str:
        instant = from_minutes(minute)
        last = instant - ONE_MINUTE
        date_of = self.words.date_of
        return self.words.short_day(date_of(last)) if date_of(last) != date_of(instant) else ""

    def stretch(self, span: Sequence[int]) -> str:
        return self.words.when(from_minutes(span[0]), from_minutes(span[1]))

    def title(self, owner: str) -> str:
        return f"“{self.titles.get(owner, owner)}”"

    def names(self, owners: Sequence[str], unnamed: int = 0) -> str:
        """Up to three titles, and how many more there are, `unnamed` ones included."""
        shown = [self.title(owner) for owner in owners[:MOST_NAMES]]
        more = len(owners) - len(shown) + unnamed
        return joined([*shown, f"{more} more"] if more else shown)


Facts = Mapping[str, Any]


def _cycle(say: _Speech, facts: Facts) -> str:
    if len(facts["tasks"]) == 1:
        return "It waits for itself."
    return f"{say.names(facts['tasks'])} wait for each other."


def _unscheduled(say: _Speech, facts: Facts) -> str:
    verb = "is" if len(facts["tasks"]) == 1 else "are"
    return f"It waits for {say.names(facts['tasks'])}, which {verb} not fully planned."


def _pin(say: _Speech, facts: Facts) -> str:
    block = say.stretch(facts["block"])
    if "event" in facts:
        return f"Its fixed block {block} overlaps an event, {say.stretch(facts['event'])}."
    if "predecessor" in facts:
        return f"Its fixed block {block} begins before {say.title(facts['predecessor'])} is done."
    return f"Its fixed block {block} overlaps a fixed block of {say.title(facts['task'])}."


def _not_chosen(_say: _Speech, _facts: Facts) -> str:
    return "It was not part of this plan."


def _overdue(say: _Speech, facts: Facts) -> str:
    return f"It was due {say.due(facts['due'])}."


def _start_after_due(say: _Speech, facts: Facts) -> str:
    return f"It may start {say.at(facts['earliest_start'])} at the earliest, but is due {say.due(facts['due'])}."


def _no_hours(say: _Speech, facts: Facts) -> str:
    return f"There are no working hours {say.before(facts['horizon_end'])}."


def _hard(say: _Speech, facts: Facts) -> str:
    needs, before = duration(facts["needs_minutes"]), say.before(facts["due"])
    if facts["free_minutes"] < facts["needs_minutes"]:
        return _short_of(say, facts, facts["due"])
    if facts["splittable"]:
        return f"It needs {needs}, but not enough of the gaps {before} are as long as its shortest block."
    return f"It needs {needs} in one piece, but the longest gap {before} is {_gap(facts)}."


def _no_gap(say: _Speech, facts: Facts) -> str:
    needs, before = duration(facts["needs_minutes"]), say.before(facts["limit"])
    if not facts["longest_gap_minutes"]:
        return f"There is no free time {before}, but it needs {needs}."
    return f"The longest gap {before} is {_gap(facts)}, but it needs {needs}."


def _gap(facts: Facts) -> str:
    return duration(facts["longest_gap_minutes"])


def _free(say: _Speech, facts: Facts) -> str:
    return _short_of(say, facts, facts["due"])


def _horizon(say: _Speech, facts: Facts) -> str:
    return _short_of(say, facts, facts["horizon_end"])


def _short_of(say: _Speech, facts: Facts, limit: int) -> str:
    """What it needs against what it could have; gaps too short for it are no time for it."""
    needs, free = duration(facts["needs_minutes"]), facts["free_minutes"]
    there_is = f"only {duration(free)} can be used" if free else "there is no free time for it"
    return f"It needs {needs}, but {there_is} {say.before(limit)}."


def _daily(say: _Speech, facts: Facts) -> str:
    limits = [value for value in (facts["daily_max_minutes"], facts["max_per_day"]) if value is not None]
    return f"The daily maximum of {duration(min(limits))} leaves no room for it {say.before(facts['limit'])}."


def _taken(say: _Speech, facts: Facts) -> str:
    if not facts["tasks"]:
        return f"Being on time by {say.due(facts['limit'])} would cost more than it gains."
    verb = "holds" if len(facts["tasks"]) == 1 else "hold"
    holders = say.names(facts["tasks"], facts["more"])
    return (
        f"It needs {duration(facts['needs_minutes'])}, "
        f"but {holders} {verb} {duration(facts['minutes'])} {say.before(facts['limit'])}."
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
