"""By which ways a person can sign in."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db.models.functions import Lower

from accounts.models import User

GOOGLE = "google"


@dataclass(frozen=True)
class WaysIn:
    """`keys` are the passkeys; `codes_left` is None without recovery codes."""

    has_password: bool
    google: list[SocialAccount]
    keys: list[Authenticator]
    app: Authenticator | None
    codes_left: int | None

    @property
    def count(self) -> int:
        """How many of them open the account by themselves, as this installation stands."""
        password = self.has_password and settings.PASSWORD_SIGN_IN
        google = len(self.google) if settings.GOOGLE_CLIENT_ID else 0
        return int(password) + google + sum(opens_alone(key) for key in self.keys)


def ways_in(user: User) -> WaysIn:
    """Two queries."""
    found = list(Authenticator.objects.filter(user=user).order_by("pk"))
    by_type: dict[str, list[Authenticator]] = {kind: [] for kind in Authenticator.Type}
    for authenticator in found:
        by_type[authenticator.type].append(authenticator)
    codes = next(iter(by_type[Authenticator.Type.RECOVERY_CODES]), None)
    return WaysIn(
        has_password=user.has_usable_password(),
        google=list(SocialAccount.objects.filter(user=user, provider=GOOGLE).order_by("pk")),
        keys=by_type[Authenticator.Type.WEBAUTHN],
        app=next(iter(by_type[Authenticator.Type.TOTP]), None),
        codes_left=_codes_left(codes) if codes else None,
    )


def opens_alone(key: Authenticator) -> bool:
    """Whether the key is a passkey, known to its device by itself, rather than a mere second step."""
    return bool(key.wrap().is_passwordless)


def _codes_left(codes: Authenticator) -> int:
    """Counted by those that were used, so that the seed need not be opened for it."""
    return app_settings.RECOVERY_CODE_COUNT - int(codes.data["used_mask"]).bit_count()


def holder_of(email: str) -> User | None:
    """Whose account that address belongs to, if anybody's."""
    address = EmailAddress.objects.filter(email=email.lower(), verified=True).select_related("user").first()
    if address:
        return address.user
    return User.objects.annotate(lower=Lower("email")).filter(lower=email.lower()).first()
