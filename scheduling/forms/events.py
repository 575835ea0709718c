"""Events of the person's own calendar, as the Week page's form says them."""

from typing import cast

from django import forms

from availability.domain.own_series import Repeats
from availability.models import Event
from availability.services.series import ALL, ONE
from scheduling.forms.week import SpanForm, WallTimeField
from scheduling.selectors.week import ONE_DAY, Wall
from timeflow.lib import bounds

REPEATS = {
    "day": "Every day",
    "weekday": "On weekdays",
    "week": "Every week",
    "fortnight": "Every two weeks",
    "month": "Every month",
}
ENDS = {"never": "Never", "until": "On a date", "times": "After some times"}
WORDS = ("title", "location", "notes", "is_busy")


class EventSpanForm(SpanForm):
    """The time of an event: half an hour if no end is given; all day it covers the dates of both, the last included."""

    end = WallTimeField(required=False, label="Ends")
    is_all_day = forms.BooleanField(required=False, label="All day")

    def clean(self):
        cleaned = self.cleaned_data
        if not cleaned.get("is_all_day") or cleaned.get("start") is None or "end" not in cleaned:
            return super().clean()
        first = cleaned["start"].date()
        last = cleaned["end"].date() if cleaned["end"] else first
        if last < first:
            self.add_error("end", "It ends before it starts.")
        cleaned |= {"starts_on": first, "ends_on": last + ONE_DAY}
        return cleaned | {"start": self.wall.day(first), "end": self.wall.day(last + ONE_DAY)}


class ScopeForm(forms.Form):
    """Of a series: this occurrence, or all."""

    scope = forms.ChoiceField(
        choices=[(ONE, "Only this one"), (ALL, "The whole series")],
        initial=ONE,
        widget=forms.RadioSelect,
        label="Save or delete",
    )


class EventForm(ScopeForm, EventSpanForm):
    """A new event, or a change of `event`, which has `repeats` by `with_repeats`."""

    title = forms.CharField(max_length=bounds.TITLE, label="What", error_messages={"required": "Write what it is."})
    is_busy = forms.BooleanField(required=False, initial=True, label="Blocks time")
    location = forms.CharField(required=False, max_length=bounds.LOCATION, label="Where")
    notes = forms.CharField(
        required=False, max_length=bounds.NOTES, widget=forms.Textarea(attrs={"rows": 3}), label="Notes"
    )
    repeats = forms.ChoiceField(required=False, choices=[("", "Does not repeat"), *REPEATS.items()], label="Repeats")
    ends = forms.ChoiceField(
        required=False, choices=list(ENDS.items()), initial="never", widget=forms.RadioSelect, label="Stops"
    )
    until = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), label="Last day"
    )
    times = forms.IntegerField(required=False, **bounds.OCCURRENCES.ends, label="How many times")

    def __init__(self, *args, wall: Wall, event: Event | None = None, **kwargs):
        self.event = event
        repeats: Repeats | None = event.repeats if event else None  # type: ignore[attr-defined]
        initial = _said(event, repeats, wall) if event else kwargs.pop("initial", {})
        was = (event.starts_at, event.ends_at) if event and not event.is_all_day else ()
        super().__init__(*args, wall=wall, was=was, initial=initial, **kwargs)
        if repeats is None:
            del self.fields["scope"]
        else:
            # How often a series comes can change, but a series it stays: it stops on a day.
            cast(forms.ChoiceField, self.fields["repeats"]).choices = list(REPEATS.items())
            self.fields["scope"].help_text = f"It comes {REPEATS[repeats.every].lower()}."

    def clean(self):
        cleaned = super().clean()
        cleaned["repeats"] = self._repeats(cleaned) if cleaned.get("repeats") else None
        return cleaned

    def _repeats(self, cleaned):
        limit = cleaned.get("ends")
        if limit not in ("until", "times"):
            return Repeats(cleaned["repeats"])
        if cleaned.get(limit) is None and limit not in self.errors:
            self.add_error(limit, "Say on which day." if limit == "until" else "Say how many times.")
        return Repeats(cleaned["repeats"], **{limit: cleaned.get(limit)})

    def fields_for_service(self):
        """Keyword arguments of `create_event`, or of `update_event` what is changed of the times and all else."""
        values = self.cleaned_data
        fields = {name: values[name] for name in (*WORDS, "repeats")}
        if "scope" in self.fields:
            fields["scope"] = values["scope"]
        names = ("starts_on", "ends_on") if values["is_all_day"] else ("starts_at", "ends_at")
        sources = names if values["is_all_day"] else ("start", "end")
        is_other_kind = self.event is None or "is_all_day" in self.changed_data
        for field, name, source in zip(("start", "end"), names, sources, strict=True):
            # A time that nobody touched is no wish for the whole series.
            if is_other_kind or field in self.changed_data:
                fields[name] = values[source]
        return fields | ({"is_all_day": values["is_all_day"]} if is_other_kind else {})


def _said(event: Event, repeats: Repeats | None, wall: Wall):
    """What the form says of an event."""
    fields = {name: getattr(event, name) for name in (*WORDS, "is_all_day")}
    ends = event.ends_at - ONE_DAY if event.is_all_day else event.ends_at
    fields |= {"start": wall.text(event.starts_at), "end": wall.text(ends)}
    if repeats:
        limit = "until" if repeats.until else "times" if repeats.times else "never"
        fields |= {"repeats": repeats.every, "ends": limit, "until": repeats.until, "times": repeats.times}
    return fields
