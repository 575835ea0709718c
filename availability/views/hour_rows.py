"""The seven rows of the page of working hours, as they stand in a form: what is typed, said and drawn."""

from collections.abc import Iterator
from dataclasses import dataclass

from availability.domain.hour_rules import DAYS, Week, Window, minute_of, normal, rest_of, total, until
from availability.forms.hours import WeekForm
from timeflow.lib.time import MINUTES_PER_DAY
from timeflow.lib.words import H12, minute_of_day

SIX_HOURS = 360


@dataclass(frozen=True)
class WindowRow:
    """A pair of inputs; `span` is None while it cannot be read, else minutes after the day's 0:00 for the bar."""

    number: int
    start: str
    end: str
    span: tuple[int, int] | None
    said: str

    @property
    def length(self) -> int:
        return self.span[1] - self.span[0] if self.span else 0


@dataclass(frozen=True)
class DayRow:
    """`rest` is how far the day before reaches into this one, in minutes."""

    name: str
    windows: list[WindowRow]
    total: int
    rest: int
    errors: list[str]


@dataclass(frozen=True)
class WeekRows:
    """Days from the person's first weekday on. The bars show `axis` minutes, a quarter of a day between `ticks`."""

    days: list[DayRow]
    axis: int
    ticks: list[tuple[int, str]]
    total: int
    errors: int


def week_rows(form: WeekForm, week_start: int) -> WeekRows:
    """Reads `form`, bound or not."""
    days = [_day(form, DAYS[(week_start + number) % 7]) for number in range(7)]
    week = _readable(form)
    ends = [until(window) for windows in week.values() for window in windows]
    axis = -(-max([MINUTES_PER_DAY, *ends]) // SIX_HOURS) * SIX_HOURS
    ticks = [(at, _tick(at, form.clock)) for at in range(0, axis + 1, SIX_HOURS)]
    return WeekRows(
        days, axis, ticks, sum(total(windows) for windows in week.values()), sum(len(d.errors) for d in days)
    )


def _tick(at: int, clock: str) -> str:
    """ "18:00", "6 pm"."""
    words = minute_of_day(at if at <= MINUTES_PER_DAY else at - MINUTES_PER_DAY, clock)
    return words.replace(":00", "") if clock == H12 else words


def _readable(form: WeekForm) -> Week:
    return {weekday: [pair for pair in _pairs(form, name) if pair] for weekday, name in enumerate(DAYS)}


def _pairs(form: WeekForm, name: str) -> Iterator[Window | None]:
    for start, end in form[name].value():
        first, last = minute_of(start[:5]), minute_of(end[:5])
        if first is None or last is None or first == MINUTES_PER_DAY:
            yield None
        else:
            yield normal((first, last))


def _day(form: WeekForm, name: str) -> DayRow:
    typed, read = form[name].value(), list(_pairs(form, name))
    windows = [
        WindowRow(number, start, end, (pair[0], until(pair)) if pair else None, _said(pair, form.clock))
        for number, ((start, end), pair) in enumerate(zip(typed, read, strict=True))
    ]
    before = DAYS[DAYS.index(name) - 1]
    rest = rest_of([pair for pair in _pairs(form, before) if pair])
    return DayRow(
        name,
        windows,
        total([pair for pair in read if pair]),
        rest,
        [str(reason) for reason in form.errors.get(name, ())],
    )


def _said(window: Window | None, clock: str) -> str:
    """What the inputs do not show by themselves."""
    if window is None or until(window) < MINUTES_PER_DAY:
        return ""
    return "until midnight" if window[1] == MINUTES_PER_DAY else f"until {minute_of_day(window[1], clock)} the next day"
