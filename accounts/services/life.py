"""What accounts keep of a person, and how they are let out of it."""

import uuid
from datetime import datetime

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.admin.models import LogEntry

from accounts.errors import GoogleUnreachable
from accounts.gateways import google
from accounts.models import ApiToken, Connection, SecurityEvent, Session, Stay, User
from accounts.services.api_tokens import revoke_api_tokens
from accounts.services.connections import give_back
from accounts.services.sessions import end_sessions
from timeflow.lib.lifecycle import Part, Table
from timeflow.lib.sealed import sealed_fields

DIGEST = "proves a secret, and is of no use but to somebody who tries to guess it"
SEALED = "is sealed here, and its provider gives you a new one"
PROOF = "proves that it is you"


class AccountsPart(Part):
    tables = (
        Table(EmailConfirmation, "email_address__user", about="keys of links that confirm an address"),
        Table(EmailAddress, "user", "addresses", "your e-mail addresses"),
        Table(Stay, "user", "journeys", "when you live in another zone"),
        Table(
            Session,
            "user",
            "sessions",
            "where you are and were signed in",
            without={"current_digest": DIGEST, "previous_digest": DIGEST},
        ),
        Table(
            Connection,
            "user",
            "connections",
            "calendars elsewhere that you connected",
            without={field.attname: SEALED for field in sealed_fields(Connection)},
        ),
        Table(SocialAccount, "user", "google_accounts", "Google accounts by which you sign in"),
        Table(SocialToken, "account__user", about="is always empty: Google's tokens are not kept there"),
        Table(
            Authenticator,
            "user",
            "second_factors",
            "passkeys, authenticator app, recovery codes",
            without={"data": PROOF},
        ),
        Table(ApiToken, "user", "api_tokens", "keys that you gave to programs", without={"digest": DIGEST}),
        Table(SecurityEvent, "user", "activity", "what happened to your account"),
        Table(LogEntry, "user", about="what a member of the staff did in the back office"),
        Table(User.groups.through, "user", about="what a member of the staff may do in the back office"),
        Table(User.user_permissions.through, "user", about="what a member of the staff may do in the back office"),
        Table(User, "pk", "profile", "who you are", without={"password": "is only a proof of it"}),
    )

    def close(self, user_id: uuid.UUID, now: datetime) -> None:
        end_sessions(user_id=user_id, because=Session.Reason.CLOSED, now=now)
        revoke_api_tokens(user_id=user_id, now=now)

    def release(self, user_id: uuid.UUID, now: datetime) -> None:
        """Google takes its permissions back. Raises `GoogleUnreachable` when it does not, to be tried again."""
        for connection in Connection.objects.filter(user_id=user_id, provider=Connection.Provider.GOOGLE):
            if not give_back(connection=connection, revoke=google.revoke):
                raise GoogleUnreachable

    def erase(self, user_id: uuid.UUID) -> None:
        """Also what the back office noted about them: their address is in it."""
        LogEntry.objects.filter(object_id=str(user_id)).delete()
        super().erase(user_id)
