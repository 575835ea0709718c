"""Signed-in browsers and devices."""

from datetime import datetime, timedelta

from django.db import models

from accounts.domain.refreshing import RefreshState
from accounts.models.people import User
from timeflow.lib.ids import new_id

# A session ends after a fortnight without a visit, and after thirty days in any case.
IDLE_LIFE = timedelta(days=14)
WHOLE_LIFE = timedelta(days=30)


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self, now: datetime) -> "SessionQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=now, rotated_at__gt=now - IDLE_LIFE)


class Session(models.Model):
    """One signed-in browser or device. Only digests (hexadecimal sha256) of its refresh tokens' ids are kept."""

    class Reason(models.TextChoices):
        SIGNED_OUT = "signed_out", "signed out"
        ENDED = "ended", "signed out from another device"
        COPIED = "copied", "its refresh token was copied"
        REPLACED = "replaced", "signed in again"
        CREDENTIAL = "credential", "a way to sign in changed"
        CLOSED = "closed", "the account was closed"
        SWITCHED_OFF = "switched_off", "the account was switched off"
        RESTORED = "restored", "a backup was played back"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    current_digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)
    is_current_seen = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    rotated_at = models.DateTimeField()
    authenticated_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    device = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=64, blank=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=12, choices=Reason.choices, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_at=None, revoked_because="")
                | (models.Q(revoked_at__isnull=False) & ~models.Q(revoked_because="")),
                name="session_ends_for_a_reason",
            ),
        ]
        indexes = [
            # The person's devices.
            models.Index(fields=["user"], name="session_live", condition=models.Q(revoked_at=None)),
            # What the sweeper throws away.
            models.Index(fields=["expires_at"], name="session_age"),
        ]

    def is_live(self, now: datetime) -> bool:
        """What `SessionQuerySet.live` asks the database, of a row that was read anyway."""
        return self.revoked_at is None and self.expires_at > now and self.rotated_at > now - IDLE_LIFE

    @property
    def refresh_state(self) -> RefreshState:
        return RefreshState(self.current_digest, self.previous_digest, self.is_current_seen, self.rotated_at)
