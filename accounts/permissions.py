"""What a program may do once it is known whose it is."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.errors import NotForTokens, ScopeTooSmall
from accounts.models import ApiToken


class SignedIn(BasePermission):
    """The default: a person by their cookies, or their API token within its scope. Raises `ScopeTooSmall`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        is_reading = request.method in SAFE_METHODS
        if isinstance(request.auth, ApiToken) and request.auth.scope != ApiToken.Scope.WRITE and not is_reading:
            raise ScopeTooSmall
        return True


class BrowserOnly(BasePermission):
    """For what belongs to the account itself: no API token reaches it. Raises `NotForTokens`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, ApiToken):
            raise NotForTokens
        return bool(request.user.is_authenticated)
