"""Times on the person's wall clock, as pages send them."""

from datetime import datetime, timedelta

from django import forms

from scheduling.selectors.week import Wall

HALF_HOUR = timedelta(minutes=30)


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
    """Half-open [start, end) on the person's wall clock; cleaned values are instants.

    `was` are the instants between which it is now: a time left as it was stays, since a clock that reads 1:30 twice in
    one night cannot say which.
    """

    start = WallTimeField(label="Starts")
    end = WallTimeField(label="Ends")

    def __init__(self, *args, wall: Wall, was: tuple[datetime, ...] = (), **kwargs):
        self.wall, self.was = wall, was
        super().__init__(*args, **kwargs)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("start") is None or "end" not in cleaned:
            return cleaned
        start, end = cleaned["start"], cleaned["end"]
        cleaned["start"] = self._instant(start)
        cleaned["end"] = self._instant(end) if end else cleaned["start"] + HALF_HOUR
        if end and cleaned["end"] == cleaned["start"] and end > start:
            # Both lie in the hour that the clocks skip in spring.
            cleaned["end"] = cleaned["start"] + (end - start)
        if cleaned["end"] <= cleaned["start"]:
            self.add_error("end", "It ends before it starts.")
        return cleaned

    def _instant(self, time: datetime) -> datetime:
        text = time.isoformat(timespec="minutes")
        kept = (instant for instant in self.was if self.wall.text(instant) == text)
        return next(kept, None) or self.wall.instant(time)
