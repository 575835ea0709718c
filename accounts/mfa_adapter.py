"""How `allauth.mfa` keeps its seeds: sealed. Imported only where that app is installed."""

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter

from accounts.services.second_factors import open_seed, seal_seed


class MFAAdapter(DefaultMFAAdapter):
    """Every seed is made by a signed-in person for themselves, so the request says whose it is."""

    def encrypt(self, text: str) -> str:
        return seal_seed(text, owner=context.request.user.pk)

    def decrypt(self, encrypted_text: str) -> str:
        return open_seed(encrypted_text)
