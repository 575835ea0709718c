"""Profile and journeys."""

from django import forms

from accounts.models import Stay, User
from timeflow.lib import bounds
from timeflow.lib.time import UnknownZone, zone

WEEKDAYS = [(0, "Monday"), (5, "Saturday"), (6, "Sunday")]


class SignUpForm(forms.Form):
    """Added to allauth's sign-up: the browser's zone, filled in by a script and never required."""

    time_zone = forms.CharField(required=False, max_length=bounds.ZONE_NAME, widget=forms.HiddenInput)

    def signup(self, _request, user):
        """Called by allauth once the account exists."""
        try:
            zone(self.cleaned_data["time_zone"])
        except UnknownZone:
            return
        user.time_zone = self.cleaned_data["time_zone"]
        user.save(update_fields=["time_zone"])


class ZoneField(forms.CharField):
    """An IANA zone name, typed or chosen from the page's list."""

    def __init__(self, **kwargs):
        attrs = {"list": "zones", "autocomplete": "off", "spellcheck": "false", "placeholder": "Europe/Lisbon"}
        super().__init__(max_length=bounds.ZONE_NAME, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value):
        name = super().clean(value)
        try:
            zone(name)
        except UnknownZone as error:
            raise forms.ValidationError("That is not a time zone. Pick one such as Europe/Berlin.") from error
        return name


class ProfileForm(forms.ModelForm):
    time_zone = ZoneField(label="Time zone", help_text="Where you live. For journeys there is Travel.")
    clock = forms.ChoiceField(choices=User.Clock.choices, widget=forms.RadioSelect)
    week_start = forms.TypedChoiceField(
        label="The week starts on", choices=WEEKDAYS, coerce=int, widget=forms.RadioSelect
    )

    class Meta:
        model = User
        fields = ["name", "time_zone", "clock", "week_start"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class StayForm(forms.ModelForm):
    time_zone = ZoneField(label="Time zone there")

    class Meta:
        model = Stay
        fields = ["starts_on", "time_zone"]
        widgets = {"starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
