"""What the page of working hours accepts: stretches of a day as pairs of times, in the order in which they stand."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from django import forms

from availability.domain.hour_rules import DAYS, Week, Window, day_faults, minute_of, week_faults
from timeflow.lib.time import MINUTES_PER_DAY

Typed = tuple[str, str]
WEEKDAYS_ONLY = DAYS[:5]


def typed(window: Window) -> Typed:
    """A window as time inputs show it; they know no 24:00."""
    return tuple(f"{minute // 60 % 24:02d}:{minute % 60:02d}" for minute in window)  # type: ignore[return-value]


class WindowsInput(forms.Widget):
    """Any number of pairs of inputs called `<name>-start` and `<name>-end`."""

    def value_from_datadict(self, posted: Any, _files: Any, name: str) -> list[Typed]:
        starts, ends = (posted.getlist(f"{name}-{edge}") for edge in ("start", "end"))
        return list(zip_longest(starts, ends, fillvalue=""))


class WindowsField(forms.Field):
    """Becomes windows in minutes after 0:00. A pair of empty inputs is no window."""

    widget = WindowsInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> list[Typed]:
        return [typed(pair) if isinstance(pair[0], int) else pair for pair in value or ()]

    def clean(self, value: Sequence[Typed]) -> list[Window]:
        windows = []
        for start, end in value:
            if not start and not end:
                continue
            first, last = minute_of(start[:5]), minute_of(end[:5])
            if first is None or last is None or first == MINUTES_PER_DAY:
                raise forms.ValidationError("Write when it starts and when it ends, such as 9:00 and 17:00.")
            windows.append((first, last))
        return windows


class WeekForm(forms.Form):
    """Seven days of windows. `clock` is the person's "12" or "24", in which faults are said."""

    monday = WindowsField()
    tuesday = WindowsField()
    wednesday = WindowsField()
    thursday = WindowsField()
    friday = WindowsField()
    saturday = WindowsField()
    sunday = WindowsField()

    def __init__(self, *args: Any, clock: str, **kwargs: Any) -> None:
        self.clock = clock
        super().__init__(*args, **kwargs)

    @classmethod
    def of(cls, week: Week, clock: str) -> "WeekForm":
        """The form filled with a week."""
        return cls(initial={DAYS[weekday]: windows for weekday, windows in week.items()}, clock=clock)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if len(cleaned) == len(DAYS):
            for weekday, reasons in week_faults(self.week(), self.clock).items():
                self.add_error(DAYS[weekday], reasons)
        return cleaned

    def week(self) -> Week:
        """The windows that could be read, by weekday."""
        return {weekday: self.cleaned_data.get(name, []) for weekday, name in enumerate(DAYS)}


class DatesForm(forms.Form):
    """Dates with hours of their own, or without any."""

    first = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    kind = forms.ChoiceField(
        choices=[("rest", "Away, or rest"), ("hours", "Other hours")], initial="rest", widget=forms.RadioSelect
    )
    windows = WindowsField()

    def __init__(self, *args: Any, clock: str, **kwargs: Any) -> None:
        self.clock = clock
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("kind") == "rest":
            cleaned["windows"] = []
        elif "windows" in cleaned and not cleaned["windows"]:
            self.add_error("windows", "Say which hours, or choose rest.")
        elif reasons := day_faults(cleaned.get("windows", ()), self.clock):
            self.add_error("windows", reasons)
        return cleaned

    def fields_for_service(self) -> dict[str, Any]:
        """Keyword arguments of `set_overrides`."""
        cleaned = self.cleaned_data
        return {
            "first": cleaned["first"],
            "last": cleaned["last"] or cleaned["first"],
            "windows": cleaned["windows"],
        }
