"""How `allauth.mfa` keeps its seeds, sealed, and what it calls things."""

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter

from accounts.models import User
from accounts.requests import caller_of
from accounts.services.second_factors import open_seed, seal_seed


class MFAAdapter(DefaultMFAAdapter):
    """Every seed is made by a signed-in person for themselves, so the request says whose it is."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code is not right, was used before, or is too old.",
        "cannot_generate_recovery_codes": "Recovery codes go with an authenticator app or a passkey. Add one first.",
    }

    def generate_authenticator_name(self, user: User, _kind: str) -> str:
        """A passkey is called after the device that makes it, until its owner says otherwise."""
        return caller_of(context.request).device

    def encrypt(self, text: str) -> str:
        return seal_seed(text, owner=context.request.user.pk)

    def decrypt(self, encrypted_text: str) -> str:
        return open_seed(encrypted_text)
