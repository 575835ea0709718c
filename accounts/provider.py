"""Google, as allauth's registry finds it here: what is asked of it, and how little of its answer is kept."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.http import HttpRequest

from accounts.gateways.google import addresses

# "Session age claims" of Google's project settings; without them it does not answer this part.
ASK_SINCE_WHEN = '{"id_token": {"auth_time": {"essential": true}}}'


@dataclass(frozen=True)
class Said:
    """What an ID token says of itself: the nonce that it answers, and when its person signed in to Google."""

    nonce: str
    signed_in_at: datetime | None


def said_by(identity: dict[str, Any]) -> Said:
    """Raises `OAuth2Error` for an `auth_time` that is no instant."""
    seconds = identity.get("auth_time")
    try:
        at = None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise OAuth2Error("The ID token names no instant.") from error
    return Said(str(identity.get("nonce", "")), at)


class GoogleAdapter(OAuth2Adapter):
    """The identity is what the ID token says; nothing else of Google is asked for when somebody signs in."""

    provider_id = "google"

    @property
    def authorize_url(self) -> str:
        return addresses().authorize

    @property
    def access_token_url(self) -> str:
        return addresses().token

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """The token came straight from Google over TLS, so its signature need not be checked (OIDC Core, 3.1.3.7)."""
        credential = kwargs["response"].get("id_token")
        if not credential:
            raise OAuth2Error("There is no ID token in the answer.")
        identity = jwtkit.verify_and_decode(
            credential=credential,
            keys_url="",
            issuer=addresses().issuer,
            audience=app.client_id,
            lookup_kid=None,
            verify_signature=False,
        )
        if not isinstance(identity.get("sub"), str) or not identity["sub"]:
            raise OAuth2Error("The ID token does not say whose it is.")
        login = self.get_provider().sociallogin_from_response(request, identity)
        login.said = said_by(identity)
        return login


class Google(GoogleProvider):
    oauth2_adapter_class = GoogleAdapter

    def get_scope(self) -> list[str]:
        return ["openid", "email", "profile"]

    def extract_uid(self, data: dict[str, Any]) -> str:
        return data["sub"]

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Kept with the account: enough to tell one Google account from another in Settings."""
        return {"email": data.get("email", "")}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"email": data.get("email"), "name": data.get("name")}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Verified only if Google itself says so, as a truth value and not as some text."""
        email = data.get("email")
        is_verified = data.get("email_verified") is True
        return [EmailAddress(email=email, verified=is_verified, primary=True)] if email else []


provider_classes = [Google]
