"""Passkeys."""

from typing import Any

from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.forms.fields import InvalidJSONInput

from timeflow.lib import bounds


class CredentialField(forms.JSONField):
    """What a browser says of a passkey. JSON that Python cannot hold is refused like any that cannot be read."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)


class AddPasskeyForm(AddWebAuthnForm):
    """Every key made here is a passkey, which opens the account by itself, named after the device that made it."""

    name = forms.CharField(
        required=False, max_length=bounds.PASSKEY_NAME, help_text="To tell it from others, such as “Work laptop”."
    )
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)
    credential = CredentialField()


class PasskeyForm(AuthenticateWebAuthnForm):
    """A passkey as the second step."""

    credential = CredentialField()


class PasskeySignInForm(LoginWebAuthnForm):
    credential = CredentialField()


class PasskeyConfirmationForm(ReauthenticateWebAuthnForm):
    credential = CredentialField()
