"""What the page of labels accepts."""

from django import forms

from scheduling.services.labels import TINTS
from timeflow.lib import bounds


class LabelForm(forms.Form):
    name = forms.CharField(max_length=bounds.LABEL_NAME)
    tint = forms.TypedChoiceField(
        choices=[(tint, tint) for tint in TINTS], coerce=int, empty_value=None, required=False
    )
