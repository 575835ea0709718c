"""What happened to a person's account, for them to read."""

from django.db import models

from accounts.models.people import User
from timeflow.lib.ids import new_id


class SecurityEvent(models.Model):
    """One entry of the account's log. `facts` are a few words about it, never a secret, a title or an address book."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", "Signed in"
        SIGNED_OUT = "signed_out", "Signed out"
        SESSION_ENDED = "session_ended", "Signed out another device"
        SESSIONS_ENDED = "sessions_ended", "Signed out every other device"
        SESSION_STOLEN = "session_stolen", "A used sign-in was shown again, so that device was signed out"
        PASSWORD_CHANGED = "password_changed", "Password changed"
        EMAIL_CHANGED = "email_changed", "E-mail address changed"
        METHOD_ADDED = "method_added", "Way to sign in added"
        METHOD_REMOVED = "method_removed", "Way to sign in removed"
        TOKEN_CREATED = "token_created", "Personal API token made"
        TOKEN_REVOKED = "token_revoked", "Personal API token revoked"
        CONNECTION_ADDED = "connection_added", "Calendar connected"
        CONNECTION_REMOVED = "connection_removed", "Calendar disconnected"
        CONNECTION_BROKEN = "connection_broken", "Calendar must be connected again"
        PLAN_SHARED = "plan_shared", "Private address of the plan made"
        PLAN_UNSHARED = "plan_unshared", "Private address of the plan taken away"
        EXPORTED = "exported", "Everything exported"
        DELETION_ASKED = "deletion_asked", "Deletion asked for"
        DELETION_UNDONE = "deletion_undone", "Deletion undone"
        STAFF_VIEWED = "staff_viewed", "Viewed by staff"
        STAFF_CHANGED = "staff_changed", "Changed by staff"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="security_events")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField()
    device = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=64, blank=True, help_text="The network of the caller's address")
    facts = models.JSONField(default=dict)

    class Meta:
        # The person's log, newest first.
        indexes = [models.Index(fields=["user", "-at"], name="securityevent_of_person")]
