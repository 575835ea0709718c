"""Times on the person's wall clock, as pages send them."""

from datetime import datetime, timedelta

from django import forms

from scheduling.selectors.week import Wall

ONE_DAY = timedelta(days=1)


class WallTimeField(forms.CharField):
    """A wall-clock time such as 2026-04-21T09:00, without a zone; becomes an instant through `SpanForm`'s wall."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "300"})

    def clean(self, value):
        text = super().clean(value)
        try:
            wall = datetime.fromisoformat(text) if text else None
        except ValueError as error:
            raise forms.ValidationError("Write a date and a time.") from error
        if wall is not None and (wall.tzinfo or not 1970 < wall.year < 2200):
            raise forms.ValidationError("Write a date and a time.")
        return wall


class SpanForm(forms.Form):
    """Half-open [start, end) on the person's wall clock; cleaned values are instants."""

    start = WallTimeField(label="Starts")
    end = WallTimeField(label="Ends")

    def __init__(self, *args, wall: Wall, **kwargs):
        self.wall = wall
        super().__init__(*args, **kwargs)

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start is None or end is None:
            return cleaned
        cleaned["start"], cleaned["end"] = self.wall.instant(start), self.wall.instant(end)
        if cleaned["end"] <= cleaned["start"]:
            self.add_error("end", "It ends before it starts.")
        return cleaned


class EventForm(SpanForm):
    """An event of the person's own calendar. An all-day event covers the dates of both times, the last included."""

    title = forms.CharField(max_length=200, label="What")
    is_all_day = forms.BooleanField(required=False, label="All day")
    is_busy = forms.BooleanField(required=False, initial=True, label="Blocks time")
    location = forms.CharField(required=False, max_length=500, label="Where")
    notes = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}), label="Notes")

    def clean(self):
        dates = {name: self._date(name) for name in ("start", "end")}
        if self.cleaned_data.get("is_all_day") and all(dates.values()):
            if dates["end"] < dates["start"]:
                self.add_error("end", "It ends before it starts.")
            self.cleaned_data |= {"starts_on": dates["start"], "ends_on": dates["end"]}
            return self.cleaned_data
        return super().clean()

    def _date(self, name):
        wall = self.cleaned_data.get(name)
        return wall.date() if wall else None

    def fields_for_service(self):
        """Keyword arguments of `create_event` and `update_event`."""
        values = self.cleaned_data
        shared = {name: values[name] for name in ("title", "location", "notes", "is_all_day", "is_busy")}
        if values["is_all_day"]:
            return shared | {"starts_on": values["starts_on"], "ends_on": values["ends_on"] + ONE_DAY}
        return shared | {"starts_at": values["start"], "ends_at": values["end"]}
