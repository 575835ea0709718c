"""Passkeys."""

from typing import Any

from allauth.mfa.adapter import get_adapter
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
    """What a browser says of a passkey. JSON that Python cannot hold is refused like any that cannot be read, and so is
    what has not the shape of a credential: those who read it later take that for granted.
    """

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        try:
            said = super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise self._invalid from error
        if said is not None and not _is_credential(said):
            raise self._invalid
        return said

    @property
    def _invalid(self) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages["invalid"], code="invalid")

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)


def _is_credential(said: Any) -> bool:
    """Whether it is built as WebAuthn's RegistrationResponseJSON and AuthenticationResponseJSON are."""
    if not isinstance(said, dict) or not all(isinstance(said.get(name), str) for name in ("id", "rawId", "type")):
        return False
    response, extensions = said.get("response"), said.get("clientExtensionResults", {})
    if not isinstance(response, dict) or not isinstance(extensions, dict):
        return False
    return isinstance(extensions.get("credProps", {}), dict)


class AddPasskeyForm(AddWebAuthnForm):
    """Every key made here is a passkey, which opens the account by itself, named after the device that made it."""

    name = forms.CharField(
        required=False, max_length=bounds.PASSKEY_NAME, help_text="To tell it from others, such as “Work laptop”."
    )
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)
    credential = CredentialField()

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        # What the reader of keys raises for bytes that are none.
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyForm(AuthenticateWebAuthnForm):
    """A passkey as the second step."""

    credential = CredentialField()


class PasskeySignInForm(LoginWebAuthnForm):
    credential = CredentialField()


class PasskeyConfirmationForm(ReauthenticateWebAuthnForm):
    credential = CredentialField()
