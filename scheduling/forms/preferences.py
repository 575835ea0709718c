"""What Settings, Planning accepts."""

from typing import cast

from django import forms

from scheduling.models import Preferences
from timeflow.lib import bounds

FREEZE = [(0, "Nothing"), (15, "15 minutes"), (30, "30 minutes"), (60, "1 hour"), (120, "2 hours"), (240, "4 hours")]


class PreferencesForm(forms.ModelForm):
    auto_repair = forms.TypedChoiceField(
        choices=[("ask", "Ask me"), ("repair", "Repair it")],
        coerce=lambda said: said == "repair",
        widget=forms.RadioSelect,
        label="When my day changes",
    )
    horizon_days = forms.IntegerField(**bounds.HORIZON_DAYS.ends, label="Plan this many days ahead")
    default_minutes = forms.IntegerField(**bounds.DEFAULT_MINUTES.ends, label="A task without a length takes (minutes)")
    buffer_minutes = forms.IntegerField(**bounds.BUFFER_MINUTES.ends, label="Pause around meetings and work (minutes)")
    daily_max_minutes = forms.IntegerField(
        **bounds.DAILY_MAX_MINUTES.ends, required=False, label="At most this much planned work a day (minutes)"
    )

    freeze_minutes = forms.TypedChoiceField(choices=FREEZE, coerce=int, label="Leave alone what begins within")

    class Meta:
        model = Preferences
        fields = [
            "auto_repair",
            "horizon_days",
            "default_minutes",
            "buffer_minutes",
            "daily_max_minutes",
            "freeze_minutes",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["auto_repair"] = "repair" if self.instance.auto_repair else "ask"
        now = self.instance.freeze_minutes
        if now not in dict(FREEZE):
            freeze = cast(forms.ChoiceField, self.fields["freeze_minutes"])
            freeze.choices = [*FREEZE, (now, f"{now} minutes")]
