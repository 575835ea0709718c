"""API tokens."""

from django import forms

from accounts.models import ApiToken
from timeflow.lib import bounds

LIVES = [(30, "30 days"), (90, "90 days"), (365, "a year")]


class ApiTokenForm(forms.Form):
    name = forms.CharField(
        max_length=bounds.TOKEN_NAME,
        help_text="What will use it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label="It may", choices=ApiToken.Scope.choices, initial=ApiToken.Scope.READ, widget=forms.RadioSelect
    )
    days = forms.TypedChoiceField(label="It lives", choices=LIVES, coerce=int, initial=90, widget=forms.RadioSelect)
