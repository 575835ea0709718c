"""What Settings, Planning accepts."""

from django import forms

from scheduling.models import Preferences

FREEZE = [(0, "Nothing"), (15, "15 minutes"), (30, "30 minutes"), (60, "1 hour"), (120, "2 hours"), (240, "4 hours")]


class PreferencesForm(forms.ModelForm):
    auto_repair = forms.TypedChoiceField(
        choices=[("ask", "Ask me"), ("repair", "Repair it")],
        coerce=lambda said: said == "repair",
        widget=forms.RadioSelect,
        label="When my day changes",
    )
    horizon_days = forms.IntegerField(min_value=1, max_value=182, label="Plan this many days ahead")
    default_minutes = forms.IntegerField(min_value=5, max_value=480, label="A task without a length takes (minutes)")
    buffer_minutes = forms.IntegerField(min_value=0, max_value=120, label="Pause around meetings and work (minutes)")
    daily_max_minutes = forms.IntegerField(
        min_value=15, max_value=1440, required=False, label="At most this much planned work a day (minutes)"
    )

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
        others = [] if now in dict(FREEZE) else [(now, f"{now} minutes")]
        self.fields["freeze_minutes"] = forms.TypedChoiceField(
            choices=[*FREEZE, *others], coerce=int, label="Leave alone what begins within"
        )
