"""Events that repeat and were made here, as a small model that is kept as iCalendar text.

A series happens on the wall clock of the zone in which it was made, or on dates. Its occurrences are known by stamps,
the RECURRENCE-ID that each has or would be given ("20260421T073000Z", or "20260421" for a date); a stamp stays when
its occurrence is moved. `availability.domain.ics` expands the text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from availability.domain.ics.words import plain
from timeflow.lib import bounds
from timeflow.lib.time import edge
from timeflow.lib.words import DAY_NAMES

ONE_DAY = timedelta(days=1)
# How often, and the longest that one occurrence may last.
EVERY: dict[str, tuple[dict[str, Any], timedelta]] = {
    "day": ({"FREQ": "DAILY"}, ONE_DAY),
    "weekday": ({"FREQ": "WEEKLY", "BYDAY": ["MO", "TU", "WE", "TH", "FR"]}, ONE_DAY),
    "week": ({"FREQ": "WEEKLY"}, 7 * ONE_DAY),
    "fortnight": ({"FREQ": "WEEKLY", "INTERVAL": 2}, 14 * ONE_DAY),
    "month": ({"FREQ": "MONTHLY"}, 28 * ONE_DAY),
}


@dataclass(frozen=True)
class Repeats:
    """`every` is a key of `EVERY`; `until` is the last local date, `times` the number of occurrences; neither: no end.

    Each month means the day of the month of the first one, or the last day of a month that has no such day.
    """

    every: str
    until: date | None = None
    times: int | None = None


@dataclass(frozen=True)
class Happening:
    """One time: naive wall-clock times of the series' zone, or dates with the end exclusive."""

    title: str
    start: date
    end: date
    location: str = ""
    notes: str = ""
    is_busy: bool = True

    @property
    def is_all_day(self) -> bool:
        return not isinstance(self.start, datetime)


@dataclass(frozen=True)
class OwnSeries:
    """`usual` is the first occurrence as it was meant; `zone` an IANA name that means nothing for dates."""

    uid: str
    zone: str
    usual: Happening
    repeats: Repeats
    left_out: frozenset[str] = frozenset()
    exceptions: Mapping[str, Happening] = field(default_factory=dict)

    def stamp(self, on: date) -> str:
        """The stamp of the occurrence that regularly starts on a date."""
        if not isinstance(self.usual.start, datetime):
            return f"{on:%Y%m%d}"
        wall = datetime.combine(on, self.usual.start.time(), ZoneInfo(self.zone))
        return f"{wall.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    def date_of(self, stamp: str) -> date:
        """The date on which the occurrence with this stamp regularly starts."""
        if not isinstance(self.usual.start, datetime):
            return date.fromisoformat(stamp)
        return datetime.fromisoformat(stamp).astimezone(ZoneInfo(self.zone)).date()

    def regular(self, stamp: str) -> Happening:
        """The occurrence with this stamp, had nobody changed it alone."""
        by = self.date_of(stamp) - date_part(self.usual.start)
        return replace(self.usual, start=self.usual.start + by, end=self.usual.end + by)

    def as_usual(self, stamp: str) -> "OwnSeries":
        """What was changed about this occurrence alone is forgotten."""
        others = {key: happening for key, happening in self.exceptions.items() if key != stamp}
        return replace(self, exceptions=others)

    def without(self, stamp: str) -> "OwnSeries":
        return replace(self.as_usual(stamp), left_out=self.left_out | {stamp})

    def with_exception(self, stamp: str, happening: Happening) -> "OwnSeries":
        return replace(self, exceptions={**self.exceptions, stamp: happening})

    def changed(self, stamp: str, happening: Happening, repeats: Repeats, zone: str) -> "OwnSeries":
        """All occurrences become as `happening`, which is what is wanted at `stamp`: another time, or other dates by
        as many days.

        What was left out stays so, and what was changed alone keeps what was changed about it; occurrences changed
        alone lose that when times become dates or the other way round.
        """
        by = date_part(happening.start) - self.date_of(stamp)
        first = date_part(self.usual.start) + by
        start = happening.start + (first - date_part(happening.start))
        usual = replace(happening, start=start, end=start + (happening.end - happening.start))
        fresh = replace(self, usual=usual, repeats=repeats, zone=zone, left_out=frozenset(), exceptions={})
        is_same_kind = usual.is_all_day == self.usual.is_all_day
        kept = self.exceptions if is_same_kind else {}
        return replace(
            fresh,
            left_out=frozenset(fresh.stamp(self.date_of(one) + by) for one in self.left_out),
            exceptions={fresh.stamp(self.date_of(one) + by): self._following(kept[one], usual) for one in kept},
        )

    def shift_from(self, before: "OwnSeries") -> timedelta:
        """By how many days `changed` moved the series."""
        return date_part(self.usual.start) - date_part(before.usual.start)

    def _following(self, alone: Happening, usual: Happening) -> Happening:
        """Words of an occurrence that was changed alone follow the series where they did before."""
        names = ("title", "location", "notes", "is_busy")
        same = [name for name in names if getattr(alone, name) == getattr(self.usual, name)]
        return replace(alone, **{name: getattr(usual, name) for name in same})


def date_part(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at


def faults(series: OwnSeries) -> dict[str, str]:
    """Field to the reason why a series cannot be; empty if it can."""
    repeats, usual = series.repeats, series.usual
    if repeats.every not in EVERY:
        return {"repeats.every": f"Choose one of {', '.join(EVERY)}."}
    first = date_part(usual.start)
    is_late = repeats.until is not None and not first <= repeats.until <= first + bounds.LONGEST_SERIES
    is_often = repeats.times is not None and repeats.times not in bounds.OCCURRENCES
    weekday = DAY_NAMES[first.weekday()]
    rules = [
        (repeats.until and repeats.times, "times", "Give either the last day or how many times, not both."),
        (is_late, "until", "The last day lies between the first one and ten years later."),
        (is_often, "times", f"It repeats 1 to {bounds.OCCURRENCES.most:,} times."),
        (
            repeats.every == "weekday" and first.weekday() > 4,
            "every",
            f"Every weekday has to begin on one; {weekday} is none.",
        ),
        (
            usual.end - usual.start > EVERY[repeats.every][1],
            "every",
            "It lasts longer than the time until the next one.",
        ),
    ]
    return next(({f"repeats.{name}": reason} for is_broken, name, reason in rules if is_broken), {})


def to_text(series: OwnSeries) -> str:
    """The series as a calendar of its own; `from_text` reads it."""
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//TimeFlow//EN")
    usual = _component(series, series.usual)
    usual.add("rrule", _rule(series))
    for stamp in sorted(series.left_out):
        usual.add("exdate", _instant(stamp))
    calendar.add_component(usual)
    for stamp, happening in sorted(series.exceptions.items()):
        alone = _component(series, happening)
        alone.add("recurrence-id", _instant(stamp))
        calendar.add_component(alone)
    return calendar.to_ical().decode()


def _component(series: OwnSeries, happening: Happening) -> Any:
    event = icalendar.Event()
    event.add("uid", series.uid)
    event.add("summary", plain(happening.title, bounds.TITLE))
    event.add("location", plain(happening.location, bounds.LOCATION))
    event.add("description", plain(happening.notes, bounds.NOTES, has_lines=True))
    event.add("transp", "OPAQUE" if happening.is_busy else "TRANSPARENT")
    for name, at in (("dtstart", happening.start), ("dtend", happening.end)):
        event.add(name, at.replace(tzinfo=ZoneInfo(series.zone)) if isinstance(at, datetime) else at)
    return event


def _rule(series: OwnSeries) -> dict[str, Any]:
    repeats, first = series.repeats, series.usual.start
    rule = dict(EVERY[repeats.every][0])
    if repeats.every == "month":
        rule["BYMONTHDAY"] = list(range(min(28, first.day), first.day + 1))
        if first.day > 28:
            rule["BYSETPOS"] = -1
    if repeats.times:
        rule["COUNT"] = repeats.times
    if repeats.until and series.usual.is_all_day:
        rule["UNTIL"] = repeats.until
    elif repeats.until:
        rule["UNTIL"] = edge(repeats.until + ONE_DAY, 0, ZoneInfo(series.zone)) - timedelta(seconds=1)
    return rule


def _instant(stamp: str) -> date:
    if "T" not in stamp:
        return date.fromisoformat(stamp)
    return datetime.fromisoformat(stamp)


def from_text(text: str) -> OwnSeries:
    """What `to_text` wrote."""
    events: list[Any] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    usual = next(event for event in events if "RECURRENCE-ID" not in event)
    start = usual["DTSTART"]
    zone = start.params.get("TZID", "UTC")
    return OwnSeries(
        uid=str(usual["UID"]),
        zone=zone,
        usual=_happening(usual),
        repeats=_repeats(usual["RRULE"], ZoneInfo(zone)),
        left_out=frozenset(map(_stamp, _left_out(usual))),
        exceptions={
            _stamp(event["RECURRENCE-ID"].dt): _happening(event) for event in events if "RECURRENCE-ID" in event
        },
    )


def _happening(event: Any) -> Happening:
    start, end = (at.replace(tzinfo=None) if isinstance(at, datetime) else at for at in (event.start, event.end))
    return Happening(
        title=str(event["SUMMARY"]),
        start=start,
        end=end,
        location=str(event["LOCATION"]),
        notes=str(event["DESCRIPTION"]),
        is_busy=str(event["TRANSP"]) == "OPAQUE",
    )


def _repeats(rule: Any, tz: ZoneInfo) -> Repeats:
    said = (rule["FREQ"][0], "BYDAY" in rule, int(rule.get("INTERVAL", [1])[0]))
    every = {
        (shape["FREQ"], "BYDAY" in shape, shape.get("INTERVAL", 1)): name for name, (shape, _longest) in EVERY.items()
    }[said]
    until = rule.get("UNTIL", [None])[0]
    times = rule.get("COUNT", [None])[0]
    return Repeats(every, until.astimezone(tz).date() if isinstance(until, datetime) else until, times)


def _left_out(event: Any) -> Iterator[date]:
    found = event.get("EXDATE", [])
    for one in found if isinstance(found, list) else [found]:
        yield from (at.dt for at in one.dts)


def _stamp(at: date) -> str:
    if isinstance(at, datetime):
        return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{at:%Y%m%d}"
