"""Passkeys."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms

from timeflow.lib import bounds


class AddPasskeyForm(AddWebAuthnForm):
    """Every key made here is a passkey, which opens the account by itself, named after the device that made it."""

    name = forms.CharField(
        required=False, max_length=bounds.PASSKEY_NAME, help_text="To tell it from others, such as “Work laptop”."
    )
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)
