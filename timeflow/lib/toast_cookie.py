"""What the next page shall say travels in a signed cookie, so that no page needs a session for it."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class ToastCookie(CookieStorage):
    cookie_name = settings.TOAST_COOKIE_NAME
