"""What the Habits page accepts."""

from typing import Any

from django import forms

from scheduling.models import Habit, PartOfDay, Priority
from timeflow.lib import bounds
from timeflow.lib.tints import TINTS
from timeflow.lib.words import DAY_NAMES


class HabitForm(forms.Form):
    title = forms.CharField(max_length=bounds.TITLE, label="What", widget=forms.TextInput(attrs={"placeholder": "Run"}))
    minutes = forms.IntegerField(**bounds.HABIT_MINUTES.ends, initial=30, label="Minutes")
    times_per_week = forms.IntegerField(**bounds.TIMES_A_WEEK.ends, initial=3, label="Times a week")
    weekdays = forms.MultipleChoiceField(
        choices=[(str(number), name[:3]) for number, name in enumerate(DAY_NAMES)],
        widget=forms.CheckboxSelectMultiple,
        initial=list("0123456"),
        label="On",
        error_messages={"required": "Choose at least one day."},
    )
    preferred = forms.ChoiceField(
        choices=[("", "Any time"), *PartOfDay.choices], required=False, widget=forms.RadioSelect, label="Best in the"
    )
    min_days_between = forms.IntegerField(
        **bounds.DAYS_BETWEEN.ends,
        initial=0,
        label="Free days between",
        help_text="0: it may come on two days in a row.",
    )
    priority = forms.TypedChoiceField(
        choices=Priority.choices, coerce=int, initial=Priority.LOW, widget=forms.RadioSelect, label="Priority"
    )
    tint = forms.TypedChoiceField(choices=TINTS, coerce=int, initial=1, widget=forms.RadioSelect, label="Colour")

    @classmethod
    def of(cls, habit: Habit, posted=None) -> "HabitForm":
        """The form filled with a habit."""
        initial = {name: getattr(habit, name) for name in cls.base_fields}
        return cls(posted, initial=initial | {"weekdays": list(habit.weekdays)})

    def values(self) -> dict[str, Any]:
        """Keyword arguments of `create_habit` and `update_habit`."""
        return self.cleaned_data | {"weekdays": "".join(sorted(self.cleaned_data["weekdays"]))}
