"""What the page of calendars accepts."""

from django import forms

from availability.models import Calendar
from timeflow.lib import bounds
from timeflow.lib.tints import TINTS


class CalendarForm(forms.Form):
    """One of several on a page: `prefix` keeps them apart."""

    name = forms.CharField(max_length=bounds.CALENDAR_NAME, label="Name")
    tint = forms.TypedChoiceField(choices=TINTS, coerce=int, widget=forms.RadioSelect, label="Colour")
    is_shown = forms.BooleanField(required=False, label="Show it in the week")
    is_busy = forms.BooleanField(
        required=False, label="Its events block time", help_text="Without this, work may be planned over them."
    )

    @classmethod
    def of(cls, calendar: Calendar) -> "CalendarForm":
        """The form filled with a calendar."""
        initial = {name: getattr(calendar, name) for name in cls.base_fields}
        return cls(initial=initial, prefix=str(calendar.pk))
