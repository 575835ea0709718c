"""What the next page shall say travels in a signed cookie, so that no page needs a session for it."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core import signing
from django.http import HttpRequest


class ToastCookie(CookieStorage):
    """Signed for the person whom it tells something: whoever uses the same browser next does not read it."""

    def __init__(self, request: HttpRequest) -> None:
        self.cookie_name = settings.TOAST_COOKIE_NAME
        super().__init__(request)

    @property
    def signer(self) -> signing.Signer:
        """Made when it is needed, since signing in and out changes who asks in the middle of a request."""
        return signing.get_cookie_signer(salt=f"{self.key_salt} {self.request.user.pk}")

    @signer.setter
    def signer(self, of_everybody: signing.Signer) -> None:
        """Django's own is not kept."""
