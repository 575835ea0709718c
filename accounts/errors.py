"""What accounts refuse."""

from timeflow.lib import bounds
from timeflow.lib.errors import Conflict, Invalid, Refusal


class UnknownTimeZone(Invalid):
    code = "unknown_time_zone"
    detail = "That is not a time zone. Pick one such as Europe/Berlin."


class SignedOut(Refusal):
    """There is no session, or none any more."""

    status = 401
    code = "signed_out"
    detail = "You are signed out. Sign in again."


class FreshSignInNeeded(Refusal):
    """The session is good, but for this one must have shown within the last minutes who one is."""

    status = 403
    code = "fresh_sign_in_needed"
    detail = "Confirm that it is you first: this needs a sign-in of the last 10 minutes."


class NotForTokens(Refusal):
    """A personal API token plans the week; it never touches the account itself."""

    status = 403
    code = "not_for_tokens"
    detail = "An API token cannot do this. Sign in with a browser."


class ScopeTooSmall(Refusal):
    status = 403
    code = "scope_too_small"
    detail = "This API token may only read."


class NeedsReconnect(Refusal):
    """What the person gave TimeFlow for a calendar no longer works, or no longer opens."""

    status = 409
    code = "needs_reconnect"
    detail = "TimeFlow can no longer reach this calendar. Connect it again in Settings."


class LastWayIn(Conflict):
    code = "last_way_in"
    detail = "This is the only way into your account. Add another one first."


class LinkedAlready(Conflict):
    code = "linked_already"
    detail = "That Google account is linked to yours already."


class LinkedElsewhere(Conflict):
    code = "linked_elsewhere"
    detail = "That Google account is linked to another account here. Sign in with it to reach that one."


class CalendarNotGranted(Refusal):
    code = "calendar_not_granted"
    detail = "Not every box was ticked at Google, so nothing was connected or kept. Connect again and tick them all."


class TooManyAccounts(Conflict):
    code = "too_many_accounts"
    detail = f"At most {bounds.CONNECTIONS} calendar accounts can be connected. Disconnect another one first."


class GoogleUnreachable(Refusal):
    status = 502
    code = "google_unreachable"
    detail = "Google did not answer as it should. Nothing was kept; try again in a moment."
